#include "urbiome/io/geopackage.h"

#include <cpl_conv.h>
#include <ogr_geometry.h>

#include <cmath>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"

namespace urbiome {

ThreadOption::ThreadOption(const char* key, const char* value) : key_(key) {
  if (const char* before = CPLGetThreadLocalConfigOption(key, nullptr)) before_ = before;
  CPLSetThreadLocalConfigOption(key, value);
}

ThreadOption::~ThreadOption() { CPLSetThreadLocalConfigOption(key_, before_ ? before_->c_str() : nullptr); }

GeoPackage::GeoPackage(const std::string& path) : path_(path) {
  open_gdal();
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GPKG");
  if (driver == nullptr) throw Error(ErrorCode::unwritable, "this GDAL has no GeoPackage driver");
  VSIUnlink(path.c_str());
  dataset_.reset(driver->Create(path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
  check(dataset_ != nullptr);
}

OGRLayer& GeoPackage::add_layer(const std::string& name, const std::string& crs, OGRwkbGeometryType type,
                                const char* fid) {
  OGRSpatialReference system;
  system.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  if (!crs.empty() && system.SetFromUserInput(crs.c_str()) != OGRERR_NONE)
    throw Error(ErrorCode::contradiction, "the reference system of " + name + " is not understood: " + crs);
  CPLStringList options;
  options.SetNameValue("FID", fid);
  OGRLayer* layer = dataset_->CreateLayer(name.c_str(), crs.empty() ? nullptr : &system, type, options.List());
  check(layer != nullptr);
  return *layer;
}

void GeoPackage::add_field(OGRLayer& layer, const std::string& name, OGRFieldType type, OGRFieldSubType subtype) {
  OGRFieldDefn field(name.c_str(), type);
  field.SetSubType(subtype);
  check(layer.CreateField(&field) == OGRERR_NONE);
}

void GeoPackage::add_feature(OGRLayer& layer, OGRFeature& feature) {
  stop_if_cancelled();
  check(layer.CreateFeature(&feature) == OGRERR_NONE);
}

void GeoPackage::run(const std::string& sql) {
  dataset_->ReleaseResultSet(dataset_->ExecuteSQL(sql.c_str(), nullptr, nullptr));
  check(true);
}

void GeoPackage::begin() { check(dataset_->StartTransaction() == OGRERR_NONE); }
void GeoPackage::commit() { check(dataset_->CommitTransaction() == OGRERR_NONE); }

void GeoPackage::close() {
  check(true);
  close_written(std::move(dataset_), path_);
}

void GeoPackage::check(bool good) {
  if (good && !errors_.failed()) return;
  throw Error(ErrorCode::unwritable, path_ + " cannot be written: " + errors_.text(), {},
              "check free space and permissions, or choose another output");
}

namespace {

template <class Line>
std::unique_ptr<Line> ogr_line_of(const Ring& line) {
  auto out = std::make_unique<Line>();
  out->setNumPoints(static_cast<int>(line.size()), FALSE);
  for (std::size_t i = 0; i < line.size(); ++i) out->setPoint(static_cast<int>(i), line[i].x, line[i].y);
  return out;
}

std::unique_ptr<OGRLinearRing> ring_of(const Ring& ring) {
  auto out = ogr_line_of<OGRLinearRing>(ring);
  out->closeRings();
  return out;
}

}  // namespace

std::unique_ptr<OGRLineString> ogr_shape_of(const Ring& line) { return ogr_line_of<OGRLineString>(line); }

std::unique_ptr<OGRMultiPolygon> ogr_shape_of(const MultiPolygon& shape) {
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

}  // namespace urbiome
