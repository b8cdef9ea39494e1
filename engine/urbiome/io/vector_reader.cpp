#include "urbiome/io/vector_reader.h"

#include <fmt/format.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <unordered_set>

#include "urbiome/base/cancel.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/io/number_cells.h"

namespace urbiome {
namespace {

// --- geometry -------------------------------------------------------------------------------------------------

Ring points_of(const OGRSimpleCurve& curve, bool closed, bool swap) {
  Ring points;
  points.reserve(static_cast<std::size_t>(curve.getNumPoints()) + 1);
  for (int i = 0; i < curve.getNumPoints(); ++i) {
    Point p{curve.getX(i), curve.getY(i)};
    if (swap) std::swap(p.x, p.y);
    points.push_back(p);
  }
  if (closed && !points.empty() && !(points.front() == points.back())) points.push_back(points.front());
  return points;
}

void add_polygon(const OGRPolygon& polygon, bool swap, Feature& feature) {
  const OGRLinearRing* shell = polygon.getExteriorRing();
  if (shell == nullptr || shell->IsEmpty()) return;
  Polygon result;
  result.shell = points_of(*shell, true, swap);
  for (int i = 0; i < polygon.getNumInteriorRings(); ++i) {
    const OGRLinearRing* hole = polygon.getInteriorRing(i);
    if (hole != nullptr && !hole->IsEmpty()) result.holes.push_back(points_of(*hole, true, swap));
  }
  feature.polygons.polygons.push_back(std::move(result));
}

// Puts every member of a linear geometry where it belongs, collections of collections too.
void add_geometry(const OGRGeometry& geometry, bool swap, Feature& feature) {
  if (geometry.IsEmpty()) return;
  switch (wkbFlatten(geometry.getGeometryType())) {
    case wkbPoint: {
      const OGRPoint* point = geometry.toPoint();
      Point p{point->getX(), point->getY()};
      if (swap) std::swap(p.x, p.y);
      feature.points.push_back(p);
      return;
    }
    case wkbLineString:
      feature.lines.push_back(points_of(*geometry.toLineString(), false, swap));
      return;
    case wkbPolygon:
    case wkbTriangle:
      add_polygon(*geometry.toPolygon(), swap, feature);
      return;
    case wkbPolyhedralSurface:
    case wkbTIN: {
      const OGRPolyhedralSurface* surface = geometry.toPolyhedralSurface();
      for (int i = 0; i < surface->getNumGeometries(); ++i) add_geometry(*surface->getGeometryRef(i), swap, feature);
      return;
    }
    default:
      break;
  }
  if (OGR_GT_IsSubClassOf(wkbFlatten(geometry.getGeometryType()), wkbGeometryCollection)) {
    const OGRGeometryCollection* collection = geometry.toGeometryCollection();
    for (int i = 0; i < collection->getNumGeometries(); ++i)
      add_geometry(*collection->getGeometryRef(i), swap, feature);
  }
}

// True when the file hands out latitude first.
bool latitude_first(const OGRSpatialReference* crs) {
  if (crs == nullptr || !(crs->EPSGTreatsAsLatLong() || crs->EPSGTreatsAsNorthingEasting())) return false;
  const std::vector<int>& mapping = crs->GetDataAxisToSRSAxisMapping();
  return !mapping.empty() && mapping[0] == 1;
}

// --- layers and columns ---------------------------------------------------------------------------------------

std::string name_of(const char* text) { return utf8_of(text); }

std::vector<std::string> layer_names(GDALDataset& dataset) {
  std::vector<std::string> names;
  for (int i = 0; i < dataset.GetLayerCount(); ++i) names.push_back(name_of(dataset.GetLayer(i)->GetName()));
  return names;
}

OGRLayer& layer_of(GDALDataset& dataset, const VectorRequest& request, std::vector<std::string>& warnings) {
  const std::vector<std::string> names = layer_names(dataset);
  if (!request.layer.empty()) {
    OGRLayer* layer = dataset.GetLayerByName(request.layer.c_str());
    if (layer != nullptr) return *layer;
    throw Error(ErrorCode::contradiction, fmt::format("{} has no layer '{}'", request.path, request.layer),
                names.empty() ? "a layer" : "one of " + listed(names), did_you_mean(request.layer, names));
  }
  if (names.empty()) throw Error(ErrorCode::contradiction, request.path + " holds no layer", "one layer at least");
  if (names.size() > 1) {
    warnings.push_back(fmt::format("{} holds {} layers ({}) and none is named: the first is read", request.path,
                                   names.size(), listed(names)));
  }
  return *dataset.GetLayer(0);
}

std::vector<std::string> column_names(const OGRFeatureDefn& definition) {
  std::vector<std::string> names;
  for (int i = 0; i < definition.GetFieldCount(); ++i)
    names.push_back(name_of(definition.GetFieldDefn(i)->GetNameRef()));
  return names;
}

constexpr int kFeatureId = -1, kAbsent = -2;

// Index of a column: its exact name, else the only one that differs in case, else the feature id's name.
int find_column(OGRLayer& layer, const std::vector<std::string>& names, const std::string& wanted) {
  const auto exact = std::find(names.begin(), names.end(), wanted);
  if (exact != names.end()) return static_cast<int>(exact - names.begin());
  int found = kAbsent, others = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!EQUAL(names[i].c_str(), wanted.c_str())) continue;
    found = static_cast<int>(i);
    ++others;
  }
  if (others == 1) return found;
  const std::string id = name_of(layer.GetFIDColumn());
  return EQUAL(wanted.c_str(), id.empty() ? "fid" : id.c_str()) ? kFeatureId : kAbsent;
}

int require_column(OGRLayer& layer, const std::vector<std::string>& names, const std::string& wanted,
                   const std::string& path) {
  const int found = find_column(layer, names, wanted);
  if (found != kAbsent) return found;
  throw Error(ErrorCode::contradiction, fmt::format("{} has no column '{}'", path, wanted),
              names.empty() ? "a column, but the layer has none" : "one of " + listed(names),
              did_you_mean(wanted, names));
}

Cell cell_of(const OGRFeature& feature, int column, bool& recoded) {
  if (column == kAbsent) return {};
  if (column == kFeatureId) return std::int64_t{feature.GetFID()};
  if (!feature.IsFieldSetAndNotNull(column)) return {};
  switch (feature.GetDefnRef()->GetFieldDefn(column)->GetType()) {
    case OFTInteger:
    case OFTInteger64:
      return std::int64_t{feature.GetFieldAsInteger64(column)};
    case OFTReal:
      return feature.GetFieldAsDouble(column);
    default:
      return utf8_of(feature.GetFieldAsString(column), &recoded);
  }
}

// A csv column all of whose texts are numbers holds numbers: integers when all are, else doubles.
void type_column(std::vector<Feature>& features, std::size_t column) {
  bool all_whole = true;
  for (const Feature& feature : features) {
    Cell number;
    const auto* text = std::get_if<std::string>(&feature.attributes[column]);
    if (text == nullptr) continue;
    if (!parse_number(*text, number)) return;
    all_whole = all_whole && std::holds_alternative<std::int64_t>(number);
  }
  for (Feature& feature : features) {
    Cell& cell = feature.attributes[column];
    if (!std::holds_alternative<std::string>(cell)) continue;
    const std::string text = std::get<std::string>(cell);
    parse_number(text, cell);
    if (!all_whole && std::holds_alternative<std::int64_t>(cell))
      cell = static_cast<double>(std::get<std::int64_t>(cell));
  }
}

// --- the request ----------------------------------------------------------------------------------------------

bool is_csv(const std::string& path) {
  const auto dot = path.find_last_of('.');
  return dot != std::string::npos && (EQUAL(path.c_str() + dot, ".csv") || EQUAL(path.c_str() + dot, ".tsv"));
}

std::vector<std::string> open_options(const VectorRequest& request) {
  std::vector<std::string> options;
  if (is_csv(request.path) || !request.x.empty()) options = {"KEEP_GEOM_COLUMNS=YES", "EMPTY_STRING_AS_NULL=YES"};
  // Only conditions need OGR's guess of types: it looks at the first lines alone, and 007 loses its zeros.
  if (!options.empty() && !request.where.empty()) options.push_back("AUTODETECT_TYPE=YES");
  if (!request.x.empty()) {
    options.push_back("X_POSSIBLE_NAMES=" + request.x);
    options.push_back("Y_POSSIBLE_NAMES=" + request.y);
  }
  return options;
}

GdalDataset open_request(const VectorRequest& request) {
  if (request.x.empty() != request.y.empty()) {
    throw Error(ErrorCode::contradiction, request.path + ": only one of x and y is given", "both",
                "name the two columns of coordinates");
  }
  // Point tables may have any file name; the driver needs the prefix to take them.
  const bool points = !request.x.empty() && !is_csv(request.path);
  return open_dataset(points ? "CSV:" + request.path : request.path, GDAL_OF_VECTOR, "vector layer",
                      open_options(request),
                      request.x.empty() ? std::vector<std::string>{} : std::vector<std::string>{"CSV"});
}

// Some drivers take a condition on an unknown column for a comparison of texts, so it is parsed here first.
void set_condition(OGRLayer& layer, const VectorRequest& request, const std::vector<std::string>& names) {
  if (request.where.empty()) return;
  const std::string where = fmt::format("{}: the condition \"{}\"", request.path, request.where);
  const GdalErrors errors;
  OGRFeatureQuery query;
  const bool parsed = query.Compile(&layer, request.where.c_str()) == OGRERR_NONE;
  const bool unknown_column = errors.text().find("not recognised as an available field") != std::string::npos;
  if (!parsed && unknown_column) {
    throw Error(ErrorCode::contradiction, where + " names a column that is not there: " + errors.text(),
                "one of " + listed(names));
  }
  if (layer.SetAttributeFilter(request.where.c_str()) != OGRERR_NONE) {
    throw Error(ErrorCode::contradiction, where + " cannot be understood: " + errors.text(),
                "an OGR SQL condition such as \"access = 'yes'\"");
  }
}

// Attributes that nobody asked for are left in the file; some layers carry hundreds.
void ignore_other_columns(OGRLayer& layer, const std::vector<std::string>& names, const std::vector<int>& wanted) {
  std::vector<const char*> ignored;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(wanted.begin(), wanted.end(), static_cast<int>(i)) == wanted.end())
      ignored.push_back(names[i].c_str());
  }
  ignored.push_back(nullptr);
  if (!layer.TestCapability(OLCIgnoreFields)) return;
  const GdalErrors quiet;
  layer.SetIgnoredFields(const_cast<const char**>(ignored.data()));
}

void take_geometry(const OGRGeometry* geometry, bool has_geometry, bool swap, VectorLayer& layer, Feature& feature) {
  if (geometry == nullptr) {
    layer.null_geometries += has_geometry ? 1 : 0;
    return;
  }
  ++layer.geometry_types[OGRGeometryTypeToName(wkbFlatten(geometry->getGeometryType()))];
  if (geometry->IsEmpty()) {
    ++layer.empty_geometries;
    return;
  }
  if (geometry->hasCurveGeometry(TRUE)) {
    const std::unique_ptr<OGRGeometry> linear(geometry->getLinearGeometry());
    if (linear) add_geometry(*linear, swap, feature);
    return;
  }
  add_geometry(*geometry, swap, feature);
}

void read_features(OGRLayer& layer, const VectorRequest& request, VectorLayer& result) {
  std::vector<int> columns;
  for (const std::string& column : request.columns) {
    columns.push_back(request.columns_may_lack ? find_column(layer, result.columns, column)
                                               : require_column(layer, result.columns, column, request.path));
  }
  set_condition(layer, request, result.columns);
  if (request.where.empty()) ignore_other_columns(layer, result.columns, columns);
  const bool has_geometry = layer.GetGeomType() != wkbNone;
  const bool swap = latitude_first(layer.GetSpatialRef());
  bool recoded = false;
  const GdalErrors errors;
  layer.ResetReading();
  while (const OGRFeatureUniquePtr feature{layer.GetNextFeature()}) {
    stop_if_cancelled();
    Feature taken;
    taken.fid = feature->GetFID();
    for (const int column : columns) taken.attributes.push_back(cell_of(*feature, column, recoded));
    if (request.keep && !request.keep(taken.attributes)) {
      ++result.left_out;
      continue;
    }
    take_geometry(feature->GetGeometryRef(), has_geometry, swap, result, taken);
    result.features.push_back(std::move(taken));
  }
  if (is_csv(request.path) || !request.x.empty()) {
    for (std::size_t column = 0; column < columns.size(); ++column) type_column(result.features, column);
  }
  if (errors.failed() && !request.where.empty() && result.features.empty()) {
    throw Error(
        ErrorCode::contradiction,
        fmt::format("{}: the condition \"{}\" cannot be understood: {}", request.path, request.where, errors.text()),
        "an OGR SQL condition such as \"access = 'yes'\"");
  }
  errors.throw_if_failed(ErrorCode::unreadable, request.path + " breaks off while it is read");
  if (recoded) result.warnings.push_back(request.path + ": texts are not valid UTF-8 and are taken for Latin-1");
  for (const std::string& warning : errors.warnings()) result.warnings.push_back(request.path + ": " + warning);
}

}  // namespace

VectorLayer read_vector(const VectorRequest& request) {
  VectorLayer result;
  result.path = request.path;
  const GdalDataset dataset = open_request(request);
  const GdalErrors quiet;  // a damaged .prj is only read, and complained of, when the CRS is asked for
  OGRLayer& layer = layer_of(*dataset, request, result.warnings);
  result.layer = name_of(layer.GetName());
  result.crs = wkt_of(layer.GetSpatialRef());
  result.columns = column_names(*layer.GetLayerDefn());
  if (!request.x.empty()) {
    require_column(layer, result.columns, request.x, request.path);
    require_column(layer, result.columns, request.y, request.path);
  }
  read_features(layer, request, result);
  return result;
}

std::vector<LayerDescription> describe_vector(const std::string& path) {
  const GdalDataset dataset = open_dataset(path, GDAL_OF_VECTOR, "vector layer");
  const GdalErrors quiet;
  std::vector<LayerDescription> layers;
  for (int i = 0; i < dataset->GetLayerCount(); ++i) {
    OGRLayer& layer = *dataset->GetLayer(i);
    LayerDescription description;
    description.name = name_of(layer.GetName());
    description.geometry_type = OGRGeometryTypeToName(wkbFlatten(layer.GetGeomType()));
    description.crs = wkt_of(layer.GetSpatialRef());
    description.features = layer.GetFeatureCount();
    const OGRFeatureDefn& definition = *layer.GetLayerDefn();
    for (int f = 0; f < definition.GetFieldCount(); ++f) {
      const OGRFieldDefn& field = *definition.GetFieldDefn(f);
      description.fields.emplace_back(name_of(field.GetNameRef()), OGRFieldDefn::GetFieldTypeName(field.GetType()));
    }
    layers.push_back(std::move(description));
  }
  return layers;
}

std::string crs_wkt_of_file(const std::string& path, const std::string& layer_name) {
  const GdalDataset dataset = try_open_dataset(path, GDAL_OF_RASTER | GDAL_OF_VECTOR);
  if (dataset == nullptr) return {};
  const GdalErrors quiet;
  if (dataset->GetRasterCount() > 0) return wkt_of(dataset->GetSpatialRef());
  OGRLayer* layer = layer_name.empty() ? dataset->GetLayer(0) : dataset->GetLayerByName(layer_name.c_str());
  return layer == nullptr ? std::string() : wkt_of(layer->GetSpatialRef());
}

std::vector<ColumnContent> column_contents(const std::string& path, const std::string& layer_name) {
  const GdalDataset dataset = open_dataset(path, GDAL_OF_VECTOR, "vector layer");
  const GdalErrors quiet;
  OGRLayer* layer = dataset->GetLayerByName(layer_name.c_str());
  if (layer == nullptr) throw Error(ErrorCode::unreadable, path + " has no layer " + layer_name, "an existing layer");
  const char* geometry[] = {"OGR_GEOMETRY", nullptr};
  if (layer->TestCapability(OLCIgnoreFields)) layer->SetIgnoredFields(geometry);
  const OGRFeatureDefn& definition = *layer->GetLayerDefn();
  std::vector<ColumnContent> columns(static_cast<std::size_t>(definition.GetFieldCount()));
  std::vector<std::unordered_set<std::string>> values(columns.size());
  while (const OGRFeatureUniquePtr feature{layer->GetNextFeature()}) {
    stop_if_cancelled();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const int field = static_cast<int>(i);
      if (!feature->IsFieldSetAndNotNull(field)) continue;
      const std::string text = feature->GetFieldAsString(field);
      if (text.empty()) continue;
      ++columns[i].filled;
      values[i].insert(text);
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].name = name_of(definition.GetFieldDefn(static_cast<int>(i))->GetNameRef());
    columns[i].distinct = static_cast<std::int64_t>(values[i].size());
  }
  return columns;
}

std::vector<std::string> vector_layers(const std::string& path) {
  const GdalDataset dataset = open_dataset(path, GDAL_OF_VECTOR, "vector layer");
  const GdalErrors quiet;
  return layer_names(*dataset);
}

bool is_vector(const std::string& path) {
  const GdalDataset dataset = try_open_dataset(path, GDAL_OF_VECTOR);
  return dataset != nullptr && dataset->GetLayerCount() > 0;
}

}  // namespace urbiome
