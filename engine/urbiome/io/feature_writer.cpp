#include "urbiome/io/feature_writer.h"

#include "urbiome/io/geopackage.h"

namespace urbiome {
namespace {

void add_layer(GeoPackage& file, const FeatureLayer& features) {
  const Table& table = features.table;
  const bool lines = !features.lines.empty();
  OGRLayer& layer = file.add_layer(table.name, features.crs, lines ? wkbLineString : wkbMultiPolygon);
  for (std::size_t i = 0; i < table.columns.size(); ++i) file.add_field(layer, table.columns[i], field_type(table, i));
  file.begin();
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    OGRFeature feature(layer.GetLayerDefn());
    for (std::size_t i = 0; i < table.columns.size(); ++i) set_cell(feature, static_cast<int>(i), table.rows[row][i]);
    if (lines)
      feature.SetGeometryDirectly(ogr_shape_of(features.lines[row]).release());
    else if (!features.polygons[row].empty())
      feature.SetGeometryDirectly(ogr_shape_of(features.polygons[row]).release());
    file.add_feature(layer, feature);
  }
  file.commit();
}

}  // namespace

void write_geopackage(const std::string& path, std::span<const FeatureLayer> layers) {
  GeoPackage file(path);
  for (const FeatureLayer& layer : layers) add_layer(file, layer);
  file.close();
}

}  // namespace urbiome
