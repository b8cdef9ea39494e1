// Features as a GeoPackage, the same bytes for the same features.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Each row of the table with a shape: polygons, or lines. The layer has the table's name.
struct FeatureLayer {
  Table table;
  std::string crs;                     // WKT
  std::vector<MultiPolygon> polygons;  // one for each row, an empty one is left out; or
  std::vector<Ring> lines;             // one for each row
};

// `path` is written anew. Error{unwritable}.
void write_geopackage(const std::string& path, std::span<const FeatureLayer> layers);

}  // namespace urbiome
