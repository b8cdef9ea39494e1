// zones.gpkg: zones with one column per indicator, ready styled for QGIS, and the long results table.
//
// The same input gives the same bytes: the dates inside the container are fixed (2000-01-01), run.json holds the real
// one.
#pragma once

#include <string>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

struct ZoneColumn {
  std::string name;   // "green_share", "public_green_blue_share__gb_public/admin"
  std::string alias;  // in words, with the unit: shown by QGIS instead of the name
};

struct ZoneFeatureTable {
  std::string crs;  // WKT
  std::vector<ZoneColumn> columns;
  struct Row {
    std::string zone_level, zone_id, zone_name;
    MultiPolygon shape;
    std::vector<Cell> values;  // as columns; doubles or missing
  };
  std::vector<Row> rows;
  std::string styled_column;  // the default style colours zones by this column
};

// Layer `zones` (zone_level, zone_id, zone_name, columns), aliases, `layer_styles` with a graduated colour-blind-safe
// style for each column, and layer `results` without geometry. A zone without a shape gets none. `path` is written
// anew. Error{unwritable}.
void write_zones_geopackage(const std::string& path, const ZoneFeatureTable& zones, const Table& results);

}  // namespace urbiome
