// Vector layers of any format OGR opens, as plain geometry and attribute cells.
//
// Curves are linearised, Z and M dropped. Null, empty and non-polygon members are counted, never lost in silence.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

struct VectorRequest {
  std::string path, layer;           // empty layer: the only one, or the first with a warning
  std::vector<std::string> columns;  // attributes to read; an absent one is Error{contradiction} listing what is there
  std::string where;                 // OGR SQL condition; a broken one is Error{usage}
  std::string x, y;                  // csv: columns of point coordinates
  bool columns_may_lack = false;     // absent columns are read as missing cells
  // Features are left out for which it says no, by their attributes and before their shape is taken; empty: none.
  std::function<bool(const std::vector<Cell>& attributes)> keep = {};
};

struct Feature {
  std::int64_t fid = 0;
  MultiPolygon polygons;         // all polygonal members
  std::vector<Point> points;     // all point members
  std::vector<Ring> lines;       // all line members
  std::vector<Cell> attributes;  // as request.columns
};

struct VectorLayer {
  std::string path, layer, crs;      // crs: WKT, empty when the file has none
  std::vector<std::string> columns;  // all columns of the layer
  std::vector<Feature> features;     // of all that pass `where` and `keep`, geometry or not
  std::int64_t left_out = 0;         // features that pass `where` but not `keep`
  std::int64_t null_geometries = 0, empty_geometries = 0;
  std::map<std::string, std::int64_t> geometry_types;  // OGR names with counts, "Multi Polygon": 29
  std::vector<std::string> warnings;
};

VectorLayer read_vector(const VectorRequest& request);

struct LayerDescription {
  std::string name, geometry_type, crs;
  std::int64_t features = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // name, OGR type
};
std::vector<LayerDescription> describe_vector(const std::string& path);  // Error{unreadable} when OGR cannot open it
bool is_vector(const std::string& path);
std::vector<std::string> vector_layers(const std::string& path);  // their names; nothing is counted

// WKT of what a raster, or a vector layer (the first when not named), says of its CRS; empty when it says nothing.
std::string crs_wkt_of_file(const std::string& path, const std::string& layer);

// What the columns of a layer hold; geometry is not read.
struct ColumnContent {
  std::string name;
  std::int64_t filled = 0, distinct = 0;  // rows with a value; different values
};
std::vector<ColumnContent> column_contents(const std::string& path, const std::string& layer);

}  // namespace urbiome
