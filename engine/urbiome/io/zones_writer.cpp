#include "urbiome/io/zones_writer.h"

#include <cpl_conv.h>
#include <ogr_geometry.h>
#include <ogrsf_frmts.h>

#include <cmath>
#include <memory>
#include <optional>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/io/zones_style.h"

namespace urbiome {
namespace {

constexpr const char* kFixedTime = "2000-01-01T00:00:00.000Z";

// Sets a GDAL option for this thread while it lives.
class ThreadOption {
 public:
  ThreadOption(const char* key, const char* value) : key_(key) {
    if (const char* before = CPLGetThreadLocalConfigOption(key, nullptr)) before_ = before;
    CPLSetThreadLocalConfigOption(key, value);
  }
  ~ThreadOption() { CPLSetThreadLocalConfigOption(key_, before_ ? before_->c_str() : nullptr); }
  ThreadOption(const ThreadOption&) = delete;
  ThreadOption& operator=(const ThreadOption&) = delete;

 private:
  const char* key_;
  std::optional<std::string> before_;
};

class GeoPackage {
 public:
  explicit GeoPackage(const std::string& path) : path_(path) {
    open_gdal();
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GPKG");
    if (driver == nullptr) throw Error(ErrorCode::unwritable, "this GDAL has no GeoPackage driver");
    VSIUnlink(path.c_str());
    dataset_.reset(driver->Create(path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    check(dataset_ != nullptr);
  }

  OGRLayer& add_layer(const char* name, OGRSpatialReference* crs, OGRwkbGeometryType type, const char* fid = "fid") {
    CPLStringList options;
    options.SetNameValue("FID", fid);
    OGRLayer* layer = dataset_->CreateLayer(name, crs, type, options.List());
    check(layer != nullptr);
    return *layer;
  }

  void add_field(OGRLayer& layer, const std::string& name, OGRFieldType type, OGRFieldSubType subtype = OFSTNone) {
    OGRFieldDefn field(name.c_str(), type);
    field.SetSubType(subtype);
    check(layer.CreateField(&field) == OGRERR_NONE);
  }

  void add_feature(OGRLayer& layer, OGRFeature& feature) {
    stop_if_cancelled();
    check(layer.CreateFeature(&feature) == OGRERR_NONE);
  }

  void run(const std::string& sql) {
    dataset_->ReleaseResultSet(dataset_->ExecuteSQL(sql.c_str(), nullptr, nullptr));
    check(true);
  }

  void begin() { check(dataset_->StartTransaction() == OGRERR_NONE); }
  void commit() { check(dataset_->CommitTransaction() == OGRERR_NONE); }

  void close() {
    check(true);
    close_written(std::move(dataset_), path_);
  }

 private:
  void check(bool good) {
    if (good && !errors_.failed()) return;
    throw Error(ErrorCode::unwritable, path_ + " cannot be written: " + errors_.text(), {},
                "check free space and permissions, or choose another output");
  }

  std::string path_;
  const ThreadOption time_{"OGR_CURRENT_DATE", kFixedTime};
  GdalErrors errors_;
  GdalDataset dataset_;
};

std::unique_ptr<OGRLinearRing> ring_of(const Ring& ring) {
  auto out = std::make_unique<OGRLinearRing>();
  out->setNumPoints(static_cast<int>(ring.size()), FALSE);
  for (std::size_t i = 0; i < ring.size(); ++i) out->setPoint(static_cast<int>(i), ring[i].x, ring[i].y);
  out->closeRings();
  return out;
}

std::unique_ptr<OGRMultiPolygon> shape_of(const MultiPolygon& shape) {
  auto out = std::make_unique<OGRMultiPolygon>();
  for (const Polygon& polygon : shape.polygons) {
    auto part = std::make_unique<OGRPolygon>();
    part->addRingDirectly(ring_of(polygon.shell).release());
    for (const Ring& hole : polygon.holes) part->addRingDirectly(ring_of(hole).release());
    out->addGeometryDirectly(part.release());
  }
  return out;
}

void set_cell(OGRFeature& feature, int field, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    feature.SetField(field, utf8_of(text->c_str()).c_str());
  } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    feature.SetField(field, static_cast<GIntBig>(*integer));
  } else if (const auto* number = std::get_if<double>(&cell); number != nullptr && std::isfinite(*number)) {
    feature.SetField(field, *number);
  } else {
    feature.SetFieldNull(field);
  }
}

void add_zones(GeoPackage& file, const ZoneFeatureTable& zones) {
  OGRSpatialReference crs;
  crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  if (!zones.crs.empty() && crs.SetFromUserInput(zones.crs.c_str()) != OGRERR_NONE) {
    throw Error(ErrorCode::contradiction, "the zones' reference system is not understood: " + zones.crs);
  }
  OGRLayer& layer = file.add_layer("zones", zones.crs.empty() ? nullptr : &crs, wkbMultiPolygon);
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
    if (!row.shape.empty()) feature.SetGeometryDirectly(shape_of(row.shape).release());
    file.add_feature(layer, feature);
  }
  file.commit();
}

OGRFieldType field_type(const Table& table, std::size_t column) {
  bool any_text = false, any_real = false, any = false;
  for (const std::vector<Cell>& row : table.rows) {
    any_text = any_text || std::holds_alternative<std::string>(row[column]);
    any_real = any_real || std::holds_alternative<double>(row[column]);
    any = any || !std::holds_alternative<std::monostate>(row[column]);
  }
  if (any_text || !any) return OFTString;
  return any_real ? OFTReal : OFTInteger64;
}

void add_results(GeoPackage& file, const Table& results) {
  OGRLayer& layer = file.add_layer("results", nullptr, wkbNone);
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
  OGRLayer& layer = file.add_layer("layer_styles", nullptr, wkbNone, "id");
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
