#include "urbiome/run/blank_grid.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/raster/uniform_source.h"
#include "urbiome/run/distances.h"
#include "urbiome/run/population_sources.h"
#include "urbiome/run/without_grid.h"
#include "urbiome/vector/local_plane.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kCell_m = 10;
constexpr double kMostCells = std::int64_t{1} << 24;
constexpr double kTrueToScale = 1e-3;  // UTM is off by 0.04 % in its middle

// Where the map is good enough for distances, nothing needs to move.
Crs crs_for(const ZoneShape& city) {
  if (city.crs.is_projected() && worst_distortion(city.crs, bounds(city.shape)) <= kTrueToScale) return city.crs;
  Crs base = city.crs.geographic();
  if (base.wkt().starts_with("BOUNDCRS")) base = Crs::parse("EPSG:4326");  // with a datum shift of its own
  const Transformer to_degrees(city.crs, base);
  std::vector<Point> corners;
  for (const Polygon& polygon : city.shape.polygons) {
    const Box box = bounds({{polygon}});
    for (const double x : {box.xmin, box.xmax}) {
      for (const double y : {box.ymin, box.ymax}) corners.push_back(to_degrees({x, y}));
    }
  }
  const Point middle = middle_of(corners);
  const auto hundredths = [](double degrees) { return std::round(degrees * 100) / 100; };
  return Crs::equal_area_about(base, {hundredths(middle.x), hundredths(middle.y)});
}

Box box_of_city(const Places& places, const Crs& crs) {
  const Grid cells{.dx = kCell_m / crs.unit_to_metre(), .dy = kCell_m / crs.unit_to_metre()};  // for the tolerance
  Box box = bounds(on_grid(places.boundary->shape, Transformer(places.boundary->crs, crs), crs, cells));
  std::optional<Transformer> transformer;
  const ZoneShape* previous = nullptr;
  for (const ZoneShape& zone : places.zones) {
    if (zone.shape.empty()) continue;
    if (previous == nullptr || previous->crs.wkt() != zone.crs.wkt()) transformer.emplace(zone.crs, crs);
    previous = &zone;
    box.include(bounds(on_grid(zone.shape, *transformer, crs, cells)));
  }
  return box;
}

Grid grid_with(double cell, const Box& box) {
  const double left = std::floor(box.xmin / cell), bottom = std::floor(box.ymin / cell);
  const double width = std::max(std::ceil(box.xmax / cell) - left, 1.0);
  const double height = std::max(std::ceil(box.ymax / cell) - bottom, 1.0);
  return {left * cell, (bottom + height) * cell,         cell,
          cell,        static_cast<std::int64_t>(width), static_cast<std::int64_t>(height)};
}

Grid grid_over(const Box& box, double unit_to_metre) {
  const auto cells = [&](double cell) {
    return ((box.xmax - box.xmin) / cell + 1) * ((box.ymax - box.ymin) / cell + 1);
  };
  double metres = kCell_m;
  for (int step = 1; cells(metres / unit_to_metre) > kMostCells; ++step) metres *= step % 3 == 2 ? 2.5 : 2;
  return grid_with(metres / unit_to_metre, box);
}

LandCoverLayer blank_layer(const Places& places) {
  LandCoverLayer layer;
  layer.blank = true;
  layer.crs = crs_for(*places.boundary);
  const Grid grid = grid_over(box_of_city(places, layer.crs), layer.crs.unit_to_metre());
  layer.info.path = "the grid of the city";
  layer.info.grid = grid;
  layer.info.crs = layer.crs.wkt();
  LegendClass nodata, unknown;
  nodata.name = "nodata", nodata.missing = Missing::nodata;
  unknown.name = "unknown", unknown.missing = Missing::unknown;
  layer.legend.classes = {nodata, unknown};
  for (int i = 0; i < kRoleCount; ++i) layer.legend.unknowable.set(static_cast<Role>(i));
  layer.source = uniform_source(grid, layer.legend.classes, 0, 1);
  return layer;
}

}  // namespace

std::vector<LandCoverLayer> open_land_cover_layers(const Recipe& recipe, Places& places, AuditLog& audit) {
  std::vector<LandCoverLayer> layers;
  for (const LandCoverInput& input : recipe.land_cover)
    layers.push_back(open_land_cover_layer(input, recipe.parameters, audit));
  if (!layers.empty()) return layers;
  if (!places.boundary) {
    std::vector<PopulationSource> sources;
    AuditLog told;  // what there is to say of people is said when they are placed
    for (std::size_t i = 0; places.zones.empty() && i < recipe.population.size(); ++i)
      sources.push_back(read_population(recipe.population[i], group_names(recipe), told));
    places.boundary = city_outline(recipe, places.zones, {}, sources, audit);
    if (!sources.empty()) {  // a box of people on the grid: one that was turned might leave those on its rim outside
      places.boundary->crs = crs_for(*places.boundary);
      places.boundary->shape = box_of_people(sources, places.boundary->crs);
    }
  }
  layers.push_back(blank_layer(places));
  return layers;
}

}  // namespace urbiome
