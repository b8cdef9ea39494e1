#include "urbiome/io/zones_writer.h"

#include "urbiome/io/geopackage.h"
#include "urbiome/io/zones_style.h"

namespace urbiome {
namespace {

void add_zones(GeoPackage& file, const ZoneFeatureTable& zones) {
  OGRLayer& layer = file.add_layer("zones", zones.crs, wkbMultiPolygon);
  for (const char* name : {"zone_level", "zone_id", "zone_name"}) file.add_field(layer, name, OFTString);
  for (const ZoneColumn& column : zones.columns) file.add_field(layer, utf8_of(column.name.c_str()), OFTReal);
  file.begin();
  for (const ZoneFeatureTable::Row& row : zones.rows) {
    OGRFeature feature(layer.GetLayerDefn());
    set_cell(feature, 0, row.zone_level);
    set_cell(feature, 1, row.zone_id);
    set_cell(feature, 2, row.zone_name);
    for (std::size_t i = 0; i < zones.columns.size() && i < row.values.size(); ++i) {
      set_cell(feature, static_cast<int>(i) + 3, row.values[i]);
    }
    if (!row.shape.empty()) feature.SetGeometryDirectly(ogr_shape_of(row.shape).release());
    file.add_feature(layer, feature);
  }
  file.commit();
}

void add_results(GeoPackage& file, const Table& results) {
  OGRLayer& layer = file.add_layer("results", {}, wkbNone);
  for (std::size_t i = 0; i < results.columns.size(); ++i) {
    file.add_field(layer, utf8_of(results.columns[i].c_str()), field_type(results, i));
  }
  file.begin();
  for (const std::vector<Cell>& row : results.rows) {
    OGRFeature feature(layer.GetLayerDefn());
    for (std::size_t i = 0; i < row.size(); ++i) set_cell(feature, static_cast<int>(i), row[i]);
    file.add_feature(layer, feature);
  }
  file.commit();
}

// The table in which QGIS looks for styles, column by column as QGIS itself makes it.
void add_styles(GeoPackage& file, const ZoneFeatureTable& zones) {
  OGRLayer& layer = file.add_layer("layer_styles", {}, wkbNone, "id");
  for (const char* name : {"f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName",
                           "styleQML", "styleSLD"}) {
    file.add_field(layer, name, OFTString);
  }
  file.add_field(layer, "useAsDefault", OFTInteger, OFSTBoolean);
  for (const char* name : {"description", "owner", "ui"}) file.add_field(layer, name, OFTString);
  file.add_field(layer, "update_time", OFTDateTime);
  file.begin();
  for (std::size_t i = 0; i < zones.columns.size(); ++i) {
    const ZoneColumn& column = zones.columns[i];
    const std::string words = column.alias.empty() ? column.name : column.alias;
    OGRFeature feature(layer.GetLayerDefn());
    const auto set = [&feature](const char* name, const std::string& text) { feature.SetField(name, text.c_str()); };
    for (const char* name : {"f_table_catalog", "f_table_schema", "styleSLD", "owner"}) set(name, "");
    set("f_table_name", "zones");
    set("f_geometry_column", "geom");
    set("styleName", utf8_of(column.name.c_str()));
    set("styleQML", zones_style_qml(zones, i));
    feature.SetField("useAsDefault", column.name == zones.styled_column ? 1 : 0);
    set("description", utf8_of(words.c_str()));
    set("update_time", "2000/01/01 00:00:00+00");
    file.add_feature(layer, feature);
  }
  file.commit();
}

std::string sql_text(const std::string& text) {
  std::string out = "'";
  for (const char c : utf8_of(text.c_str())) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

// Aliases by the GeoPackage schema extension, where GDAL 3.7 and later and thus QGIS look; older ones take them from
// the style.
void add_aliases(GeoPackage& file, const ZoneFeatureTable& zones) {
  file.run(
      "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, "
      "title TEXT, "
      "description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, "
      "column_name), "
      "CONSTRAINT gdc_tn UNIQUE (table_name, name))");
  file.run(
      "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
      "definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, "
      "extension_name))");
  file.run(
      "INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', "
      "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')");
  for (const ZoneColumn& column : zones.columns) {
    if (column.alias.empty()) continue;
    file.run("INSERT INTO gpkg_data_columns (table_name, column_name, title) VALUES ('zones', " +
             sql_text(column.name) + ", " + sql_text(column.alias) + ")");
  }
}

}  // namespace

void write_zones_geopackage(const std::string& path, const ZoneFeatureTable& zones, const Table& results) {
  GeoPackage file(path);
  add_zones(file, zones);
  add_results(file, results);
  if (!zones.columns.empty()) {
    add_styles(file, zones);
    add_aliases(file, zones);
  }
  file.close();
}

}  // namespace urbiome
