#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "urbiome/run/distances.h"
#include "urbiome/run/income_layer.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/space_layer.h"
#include "urbiome/vector/cell_area.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kToleranceCells = 1e-3;  // densified edges stay this close to the true line, in cells

double tolerance_of(const Grid& grid) { return kToleranceCells * std::min(grid.dx, grid.dy); }

MultiPolygon on_grid(const MultiPolygon& shape, const Crs& from, const Crs& to, const Grid& grid) {
  return on_grid(shape, Transformer(from, to), to, grid);
}

std::string in_words(const Box& b) {
  return fmt::format("x {:.6g}..{:.6g}, y {:.6g}..{:.6g}", b.xmin, b.xmax, b.ymin, b.ymax);
}

// Cells to add on one side, in whole blocks where the file has blocks, so that tiles stay aligned to them.
std::int64_t padding(double cells, std::int64_t block, std::int64_t extent) {
  const auto need = static_cast<std::int64_t>(std::ceil(std::max(cells, 0.0)));
  if (need == 0 || block >= extent) return need;
  return (need + block - 1) / block * block;
}

// The window of the land cover's lattice that covers file and shapes.
Window window_for(const TileSource& source, const Box& shapes, bool geographic) {
  const Grid& grid = source.grid();
  double top = grid.row_of(shapes.ymax), bottom = grid.row_of(shapes.ymin);
  if (geographic) {  // never beyond a pole
    top = std::max(top, std::ceil(grid.row_of(90.0) - 1e-9));
    bottom = std::min(bottom, std::floor(grid.row_of(-90.0) + 1e-9));
  }
  const std::int64_t up = padding(-top - 1e-9, source.block_rows(), grid.height);
  const std::int64_t left = padding(-grid.col_of(shapes.xmin) - 1e-9, source.block_cols(), grid.width);
  const auto down =
      static_cast<std::int64_t>(std::ceil(std::max(bottom - static_cast<double>(grid.height) - 1e-9, 0.0)));
  const auto right = static_cast<std::int64_t>(
      std::ceil(std::max(grid.col_of(shapes.xmax) - static_cast<double>(grid.width) - 1e-9, 0.0)));
  std::int64_t first = -up;
  if (geographic) first = std::max(first, static_cast<std::int64_t>(std::ceil(grid.row_of(90.0) - 1e-9)));
  return {first, -left, grid.height + down - first, grid.width + left + right};
}

Coverage cover(const MultiPolygon& shape, const Grid& grid, CellRule rule, bool& fell_back) {
  if (rule == CellRule::exact) return cover_exactly(shape, grid);
  Coverage centres = cover_centres(shape, grid);
  if (!centres.empty() || shape.empty()) return centres;
  fell_back = true;
  return cover_exactly(shape, grid);
}

// `to_degrees` leads to the geographic base of `crs`: the same datum, so the same ellipsoid.
double true_area_m2(const Polygon& polygon, const Crs& crs, const Transformer& to_degrees) {
  MultiPolygon one{{polygon}};
  if (!to_degrees.identity()) one = to_degrees.transform(one, 1e-7);
  double area = 0;
  for (const Polygon& part : one.polygons) {
    area += std::abs(geodesic_polygon_area_m2(crs.ellipsoid(), part.shell));
    for (const Ring& hole : part.holes) area -= std::abs(geodesic_polygon_area_m2(crs.ellipsoid(), hole));
  }
  return area;
}

bool counts_in(const ListedSpace& space, SpaceSet set) {
  using Access = ListedSpace::Access;
  return set == SpaceSet::public_only         ? space.access == Access::open
         : set == SpaceSet::public_or_unknown ? space.access != Access::closed
         : set == SpaceSet::all_green         ? space.role == Role::green
                                              : true;
}

// What of each zone lies under the shapes.
std::vector<Coverage> parts_of_zones(const MultiPolygon& shapes, const Landscape& landscape, bool by_centre,
                                     Executor& executor) {
  const Grid& grid = landscape.grid();
  const Coverage everywhere = by_centre ? cover_exactly(shapes, grid) : Coverage{};
  std::vector<Coverage> parts(landscape.zones.size());
  const std::vector<Box> boxes = boxes_of(shapes);
  executor.items(static_cast<std::int64_t>(parts.size()), "green spaces in zones", [&](std::int64_t i) {
    const Zone& zone = landscape.zones[static_cast<std::size_t>(i)];
    parts[static_cast<std::size_t>(i)] =
        by_centre ? product(zone.coverage, everywhere)
                  : cover_exactly(intersection_of(zone.shape, polygons_near(shapes, boxes, bounds(zone.shape))), grid);
  });
  return parts;
}

void add_spaces(const Recipe& recipe, const Crs& crs, Landscape& landscape, Executor& executor, AuditLog& audit) {
  if (recipe.green_spaces.empty()) return;
  const Grid& grid = landscape.grid();
  for (std::size_t i = 0; i < recipe.green_spaces.size(); ++i)
    append_spaces(recipe.green_spaces[i], i, crs, grid, executor, audit, landscape.spaces);
  std::vector<MultiPolygon> sets;
  for (int set = 0; set < kSpaceSetCount; ++set) {
    const auto counts = [&](const ListedSpace& space) { return counts_in(space, static_cast<SpaceSet>(set)); };
    sets.push_back(union_of_spaces(landscape.spaces, counts, executor));
  }
  landscape.has_green_spaces = true;
  landscape.green_spaces = sets[static_cast<std::size_t>(SpaceSet::all_green)];
  landscape.green_space_areas_m2 = true_areas_m2(landscape.green_spaces, crs);

  const bool by_centre = recipe.parameters.cells == CellRule::centre;
  for (const MultiPolygon& set : sets)
    landscape.spaces_in_zone.push_back(parts_of_zones(set, landscape, by_centre, executor));
  const auto is_public_green = [&](const ListedSpace& space) {
    return space.role == Role::green && space.is_public(recipe.parameters.unknown_is_public);
  };
  const MultiPolygon public_green = union_of_spaces(landscape.spaces, is_public_green, executor);
  for (const Coverage& part : parts_of_zones(public_green, landscape, by_centre, executor))
    landscape.public_green_m2.push_back(landscape.areas.to_m2(PeopleField::weight(part, false, landscape.areas)));
}

}  // namespace

MultiPolygon on_grid(const MultiPolygon& shape, const Transformer& transformer, const Crs& to, const Grid& grid) {
  MultiPolygon moved = transformer.identity() ? shape : transformer.transform(shape, tolerance_of(grid));
  if (!transformer.identity()) moved = repaired(moved).shape;
  if (to.is_geographic()) moved = beside_antimeridian(std::move(moved), grid);
  return moved;
}

MultiPolygon union_of_spaces(const std::vector<ListedSpace>& spaces,
                             const std::function<bool(const ListedSpace&)>& counts, Executor& executor) {
  std::vector<MultiPolygon> wanted;
  for (const ListedSpace& space : spaces) {
    if (counts(space)) wanted.push_back(space.shape);
  }
  return union_of(wanted, on_threads(executor));
}

MultiPolygon polygons_near(const MultiPolygon& shapes, const std::vector<Box>& boxes, const Box& box) {
  MultiPolygon found;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (boxes[i].intersects(box)) found.polygons.push_back(shapes.polygons[i]);
  }
  return found;
}

std::vector<Box> boxes_of(const MultiPolygon& shapes) {
  std::vector<Box> boxes;
  for (const Polygon& polygon : shapes.polygons) boxes.push_back(bounds({{polygon}}));
  return boxes;
}

std::vector<double> true_areas_m2(const MultiPolygon& shapes, const Crs& crs) {
  const Transformer to_degrees(crs, crs.geographic());
  std::vector<double> areas;
  for (const Polygon& polygon : shapes.polygons) areas.push_back(true_area_m2(polygon, crs, to_degrees));
  return areas;
}

MultiPolygon beside_antimeridian(MultiPolygon shape, const Grid& grid) {
  const Box raster = box_of(grid);
  for (Polygon& polygon : shape.polygons) {
    const Box box = bounds(MultiPolygon{{polygon}});
    for (const double shift : {0.0, 360.0, -360.0}) {
      if (!Box{box.xmin + shift, box.ymin, box.xmax + shift, box.ymax}.intersects(raster)) continue;
      if (shift == 0) break;
      for (Point& p : polygon.shell) p.x += shift;
      for (Ring& hole : polygon.holes) {
        for (Point& p : hole) p.x += shift;
      }
      break;
    }
  }
  return shape;
}

Landscape make_landscape(const Recipe& recipe, const LandCoverLayer& land_cover, const std::vector<ZoneShape>& zones,
                         const std::optional<ZoneShape>& boundary, Executor& executor, AuditLog& audit) {
  const Grid& file_grid = land_cover.source->grid();
  const Box file_box = box_of(file_grid);
  Landscape landscape;
  landscape.date = land_cover.input.provenance.date;

  Zone city{"city", recipe.city_name, recipe.city_name, {}, {}};
  city.shape = boundary ? on_grid(boundary->shape, boundary->crs, land_cover.crs, file_grid) : rectangle(file_box);
  if (!bounds(city.shape).intersects(file_box)) {
    throw Error(
        ErrorCode::contradiction,
        fmt::format("the city boundary ({}) does not overlap the land cover {} ({}), both in {}",
                    in_words(bounds(city.shape)), land_cover.info.path, in_words(file_box), land_cover.crs.name()),
        "layers of the same place", "check the crs of both layers (urbiome audit)");
  }
  landscape.zones.push_back(std::move(city));
  Box box = bounds(landscape.zones[0].shape);
  if (boundary) note_transformation(boundary->path, boundary->crs, land_cover.crs, audit);
  std::optional<Transformer>
      transformer;  // one for the zones of a layer: PROJ may search long for the way between two CRSs
  const ZoneShape* previous = nullptr;
  for (const ZoneShape& zone : zones) {
    if (previous == nullptr || previous->path != zone.path || previous->crs.wkt() != zone.crs.wkt()) {
      note_transformation(zone.path, zone.crs, land_cover.crs, audit);
      transformer.emplace(zone.crs, land_cover.crs);
    }
    previous = &zone;
    Zone moved{zone.level, zone.id, zone.name, on_grid(zone.shape, *transformer, land_cover.crs, file_grid), {}};
    if (bounds(moved.shape).intersects(file_box)) {
      box.include(bounds(moved.shape));
    } else {
      if (!moved.shape.empty()) audit.warn("zone " + zone.id, "lies outside the land cover " + land_cover.info.path);
      moved.shape = {};
    }
    landscape.zones.push_back(std::move(moved));
    std::vector<std::string>& levels = landscape.overlapping_levels;
    if (zone.overlaps && std::find(levels.begin(), levels.end(), zone.level) == levels.end())
      levels.push_back(zone.level);
  }
  const bool none_inside = std::all_of(landscape.zones.begin() + 1, landscape.zones.end(),
                                       [](const Zone& zone) { return zone.shape.empty(); });
  if (!zones.empty() && none_inside) {
    throw Error(ErrorCode::contradiction,
                fmt::format("no zone of {} lies on the land cover {}", zones.front().path, land_cover.info.path),
                "layers of the same place", "check the crs of both layers (urbiome audit)");
  }
  check_scale(land_cover.crs, box, land_cover.info.path);

  const Window place = window_for(*land_cover.source, box, land_cover.crs.is_geographic());
  landscape.source = place == whole(file_grid) ? land_cover.source
                                               : std::shared_ptr<const TileSource>(padded(land_cover.source, place));
  landscape.mapped = {-place.row, -place.col, file_grid.height, file_grid.width};
  const Grid& grid = landscape.grid();
  if (grid.width > std::numeric_limits<std::int32_t>::max() || grid.height > std::numeric_limits<std::int32_t>::max()) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} has {} x {} cells", land_cover.info.path, grid.width, grid.height),
                "fewer than 2^31 rows and columns");
  }
  landscape.areas = make_cell_areas(grid, land_cover.crs);
  landscape.metric = metric_on(grid, land_cover.crs);
  for (int i = 0; i < kRoleCount; ++i)
    landscape.knowable.set(static_cast<Role>(i), !land_cover.legend.unknowable.has(static_cast<Role>(i)));

  std::vector<char> fell_back(landscape.zones.size(), 0);
  executor.items(static_cast<std::int64_t>(landscape.zones.size()), "laying zones on the grid", [&](std::int64_t i) {
    bool fallback = false;
    Zone& zone = landscape.zones[static_cast<std::size_t>(i)];
    zone.coverage = cover(zone.shape, grid, recipe.parameters.cells, fallback);
    fell_back[static_cast<std::size_t>(i)] = fallback ? 1 : 0;
  });
  for (std::size_t i = 0; i < fell_back.size(); ++i) {
    if (fell_back[i] != 0)
      audit.note("zone " + landscape.zones[i].id, "holds no cell centre, so it counts by exact overlap");
  }
  add_spaces(recipe, land_cover.crs, landscape, executor, audit);
  if (recipe.layers.contains("income"))
    landscape.zone_income = zone_incomes(recipe.layers.at("income"), landscape, land_cover.crs, executor, audit);
  return landscape;
}

LandCoverLayer open_land_cover_layer(const LandCoverInput& input, const Parameters& parameters, AuditLog& audit) {
  LandCoverRaster raster = open_land_cover(input, parameters.water_is_natural);
  for (const std::string& warning : raster.info.warnings) audit.warn(raster.info.path, warning);
  const Crs crs = crs_of(raster.info.path, raster.info.crs, input.provenance.crs, "land cover");
  if (!crs.is_geographic() && !crs.is_projected()) {
    throw Error(ErrorCode::contradiction, fmt::format("land cover {} is in {}", raster.info.path, crs.name()),
                "a projected or lat/lon CRS", "warp it with gdalwarp");
  }
  return {input, raster.info, raster.legend, raster.source, crs};
}

}  // namespace urbiome
