// Land cover from polygons with a class column: rasterised once, by cell centre, into memory.
#include <fmt/format.h>
#include <gdal_alg.h>
#include <ogrsf_frmts.h>

#include <charconv>
#include <cmath>
#include <map>

#include "urbiome/io/land_cover_sources.h"
#include "urbiome/io/legends.h"
#include "urbiome/io/raster_band.h"
#include "urbiome/io/vector_reader.h"

namespace urbiome {
namespace {

// Cell width and height in units of the CRS, for square cells of `resolution_m` at the latitude of `y`.
std::pair<double, double> cell_size(const std::string& wkt, double resolution_m, double y) {
  OGRSpatialReference crs;
  if (wkt.empty() || crs.SetFromUserInput(wkt.c_str()) != OGRERR_NONE) return {resolution_m, resolution_m};
  if (!crs.IsGeographic()) {
    const double metres = crs.GetLinearUnits();
    return {resolution_m / metres, resolution_m / metres};
  }
  constexpr double kRadians = 3.14159265358979323846 / 180;
  const double a = crs.GetSemiMajor(), b = crs.GetSemiMinor(), e2 = 1 - (b * b) / (a * a);
  const double phi = std::clamp(y, -89.0, 89.0) * kRadians, w = std::sqrt(1 - e2 * std::sin(phi) * std::sin(phi));
  const double along_parallel = a * std::cos(phi) / w, along_meridian = a * (1 - e2) / (w * w * w);  // m per radian
  return {resolution_m / along_parallel / kRadians, resolution_m / along_meridian / kRadians};
}

// The class of each value of the column: by code, by class name, or, without a legend, a class of its own.
class ColumnClasses {
 public:
  ColumnClasses(const LandCoverInput& input, bool water_is_natural) : input_(input) {
    if (!input.legend.empty()) {
      legend_ = load_legend(input.legend);
      if (water_is_natural) make_water_natural(legend_);
    }
  }

  void add(const Cell& cell) {
    const std::string text = text_of(cell);
    if (place_.count(text)) return;
    if (text.empty()) {
      place_[text] = -1;  // a polygon without class: unknown
      return;
    }
    std::int64_t code = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), code);
    const bool whole_number = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    if (input_.legend.empty()) {
      LegendClass entry;
      entry.code = entry.name = text;
      entry.first = entry.last = whole_number ? code : 0;
      if (!whole_number) entry.last = -1;
      legend_.classes.push_back(entry);
      place_[text] = static_cast<int>(legend_.classes.size()) - 1;
      return;
    }
    for (std::size_t i = 0; i < legend_.classes.size(); ++i) {
      const LegendClass& entry = legend_.classes[i];
      if (whole_number ? code >= entry.first && code <= entry.last : entry.name == text)
        place_[text] = static_cast<int>(i);
    }
    if (place_.count(text)) return;
    if (!input_.unlisted_is_unknown) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{}: the column {} holds '{}', which the legend {} lacks", input_.path,
                              input_.class_column, text, input_.legend),
                  "codes or class names of the legend", "add it to the legend, or say unlisted = \"unknown\"");
    }
    place_[text] = -1;
  }

  CompletedLegend completed() const { return complete(legend_, true); }
  int place(const Cell& cell) const { return place_.at(text_of(cell)); }

 private:
  const LandCoverInput& input_;
  Legend legend_;
  std::map<std::string, int> place_;
};

void append_ring(OGRPolygon& polygon, const Ring& points) {
  auto* ring = new OGRLinearRing();
  ring->setNumPoints(static_cast<int>(points.size()));
  for (std::size_t i = 0; i < points.size(); ++i) ring->setPoint(static_cast<int>(i), points[i].x, points[i].y);
  polygon.addRingDirectly(ring);
}

OGRMultiPolygon ogr_shape(const MultiPolygon& shape) {
  OGRMultiPolygon result;
  for (const Polygon& part : shape.polygons) {
    OGRPolygon polygon;
    append_ring(polygon, part.shell);
    for (const Ring& hole : part.holes) append_ring(polygon, hole);
    result.addGeometry(&polygon);
  }
  return result;
}

Grid grid_for(const VectorLayer& layer, const std::string& crs, double resolution_m) {
  Box box;
  for (const Feature& feature : layer.features) box.include(bounds(feature.polygons));
  if (box.empty()) {
    throw Error(ErrorCode::contradiction, layer.path + " holds no polygon", "polygons of land cover",
                "give another file or layer");
  }
  const auto [dx, dy] = cell_size(crs, resolution_m, (box.ymin + box.ymax) / 2);
  // Lines of the grid lie on whole multiples of the cell size, so that two dates of one city share a grid.
  Grid grid;
  grid.dx = dx, grid.dy = dy;
  grid.x0 = std::floor(box.xmin / dx) * dx;
  grid.y0 = std::ceil(box.ymax / dy) * dy;
  const double width = std::max(1.0, std::ceil((box.xmax - grid.x0) / dx)),
               height = std::max(1.0, std::ceil((grid.y0 - box.ymin) / dy));
  if (!(width * height <= 4e9)) {
    throw Error(ErrorCode::memory,
                fmt::format("{} at {} m makes {:.0f} x {:.0f} cells", layer.path, resolution_m, width, height),
                "at most 4 000 000 000", "raise resolution_m, or check the reference system");
  }
  grid.width = static_cast<std::int64_t>(width), grid.height = static_cast<std::int64_t>(height);
  return grid;
}

// Burns the polygons in the order of the file, so that a later one lies on top.
std::vector<ClassIndex> burn(const VectorLayer& layer, const Grid& grid, const ColumnClasses& column,
                             const CompletedLegend& completed) {
  std::vector<ClassIndex> cells(static_cast<std::size_t>(grid.cells()), completed.nodata);
  const GdalErrors errors;
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("MEM");
  const GdalDataset memory(
      driver->Create("", static_cast<int>(grid.width), static_cast<int>(grid.height), 0, GDT_Byte, nullptr));
  double affine[6] = {grid.x0, grid.dx, 0, grid.y0, 0, -grid.dy};
  memory->SetGeoTransform(affine);
  const std::string pointer = fmt::format("DATAPOINTER={}", fmt::ptr(cells.data()));
  const char* const options[] = {pointer.c_str(), nullptr};
  memory->AddBand(GDT_Byte, const_cast<char**>(options));
  for (const Feature& feature : layer.features) {
    if (feature.polygons.empty()) continue;
    const int place = column.place(feature.attributes.front());
    double value = place < 0 ? completed.unknown : place;
    if (place >= 0 && completed.legend.classes[static_cast<std::size_t>(place)].missing == Missing::nodata)
      value = completed.nodata;
    OGRMultiPolygon shape = ogr_shape(feature.polygons);
    OGRGeometryH handle = OGRGeometry::ToHandle(&shape);
    int band = 1;
    GDALRasterizeGeometries(GDALDataset::ToHandle(memory.get()), 1, &band, 1, &handle, nullptr, nullptr, &value,
                            nullptr, nullptr, nullptr);
  }
  memory->FlushCache();
  errors.throw_if_failed(ErrorCode::contradiction, layer.path + " cannot be rasterised");
  return cells;
}

}  // namespace

LandCoverRaster open_class_polygons(const LandCoverInput& input, bool water_is_natural) {
  if (!(input.resolution_m > 0)) {
    throw Error(ErrorCode::contradiction, fmt::format("{}: resolution_m is {}", input.path, input.resolution_m),
                "a positive number");
  }
  const VectorLayer layer = read_vector({input.path, "", {input.class_column}, "", "", ""});
  LandCoverRaster result;
  result.info.path = input.path;
  result.info.driver = "polygons";
  result.info.data_type = "Byte";
  result.info.bands = 1;
  result.info.crs = input.provenance.crs.empty() ? layer.crs : wkt_of_text(input.provenance.crs, input.path);
  result.info.grid = grid_for(layer, result.info.crs, input.resolution_m);
  result.info.warnings = layer.warnings;

  ColumnClasses column(input, water_is_natural);
  for (const Feature& feature : layer.features) column.add(feature.attributes.front());
  CompletedLegend completed = column.completed();
  result.source = memory_source(result.info.grid, completed.legend.classes, completed.nodata,
                                burn(layer, result.info.grid, column, completed));
  result.legend = std::move(completed.legend);
  return result;
}

}  // namespace urbiome
