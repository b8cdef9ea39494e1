// A city small enough to draw: land cover, zones, green spaces and people held in memory, and the rows that the engine
// makes of it.
//
//   SmallCity city = ...;                              // by hand, from a case file or at random
//   std::vector<ResultRow> rows = rows_for(city);      // every listed indicator, city first, then zones
//
// The grid is planar in metres. Nothing is read from files; the engine is entered at compute_facts().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/indicators/catalogue.h"
#include "urbiome/run/assess.h"
#include "urbiome/vector/cell_area.h"
#include "urbiome/vector/overlay.h"

namespace urbiome::small {

struct NamedShape {
  std::string level, id;
  MultiPolygon shape;
  std::optional<double> income = {};
};

enum class Access { open, closed, unknown };

struct Space {
  MultiPolygon shape;
  Role role = Role::green;
  Access access = Access::unknown;
};

struct Household {
  Point at;
  double people = 0;
};

struct Tract {
  MultiPolygon shape;
  double people = 0;
};

struct SmallCity {
  Grid grid;
  std::vector<LegendClass> classes;
  ClassIndex nodata = 0;
  std::vector<ClassIndex> cells;  // row-major
  std::int64_t margin = 0;        // cells of nodata that the analysis grid adds on every side
  Roles knowable = all_roles();
  std::vector<NamedShape> zones;  // the first is the city
  bool has_income = false;
  bool zones_by_centre = false;
  bool has_spaces = false;
  std::vector<Space> spaces;
  bool has_people = false;
  std::vector<Household> households;  // people at points
  std::vector<Tract> tracts;          // people spread over a shape
  FactParameters parameters;
  bool unknown_is_public = false;

  static Roles all_roles() {
    Roles roles;
    for (int i = 0; i < kRoleCount; ++i) roles.set(static_cast<Role>(i));
    return roles;
  }
};

inline MultiPolygon box_shape(double xmin, double ymin, double xmax, double ymax) {
  return {{Polygon{{{xmin, ymin}, {xmax, ymin}, {xmax, ymax}, {xmin, ymax}, {xmin, ymin}}, {}}}};
}

// The rectangle between columns and rows of the grid, which may be fractions.
inline MultiPolygon cells_shape(const Grid& grid, double col, double col_end, double row, double row_end) {
  return box_shape(grid.x_of(col), grid.y_of(row_end), grid.x_of(col_end), grid.y_of(row));
}

inline MultiPolygon union_of_spaces(const SmallCity& city, bool open, bool unknown, bool closed, bool green_only) {
  std::vector<MultiPolygon> wanted;
  for (const Space& space : city.spaces) {
    const bool listed = (space.access == Access::open && open) || (space.access == Access::unknown && unknown) ||
                        (space.access == Access::closed && closed);
    if (listed && (!green_only || space.role == Role::green)) wanted.push_back(space.shape);
  }
  return union_of(wanted);
}

inline MultiPolygon public_green_of(const SmallCity& city) {
  std::vector<MultiPolygon> wanted;
  for (const Space& space : city.spaces) {
    const bool open = space.access == Access::open || (space.access == Access::unknown && city.unknown_is_public);
    if (open && space.role == Role::green) wanted.push_back(space.shape);
  }
  return union_of(wanted);
}

inline Landscape landscape_of(const SmallCity& city) {
  Landscape landscape;
  landscape.date = "2020";
  std::shared_ptr<const TileSource> source = memory_source(city.grid, city.classes, city.nodata, city.cells);
  const std::int64_t m = city.margin;
  landscape.mapped = {m, m, city.grid.height, city.grid.width};
  if (m > 0) source = padded(source, {-m, -m, city.grid.height + 2 * m, city.grid.width + 2 * m});
  landscape.source = source;
  const Grid& grid = source->grid();
  landscape.areas = planar_cell_areas(grid);
  landscape.metric = GridMetric::planar(grid, 1);
  landscape.knowable = city.knowable;
  for (const NamedShape& zone : city.zones) {
    const Coverage coverage = city.zones_by_centre ? cover_centres(zone.shape, grid) : cover_exactly(zone.shape, grid);
    landscape.zones.push_back({zone.level, zone.id, zone.id, zone.shape, coverage});
  }
  for (const NamedShape& zone : city.zones) {
    if (city.has_income) landscape.zone_income.push_back(zone.income);
  }
  for (const std::string& level : levels_of(landscape)) {
    std::vector<MultiPolygon> shapes;
    for (const Zone& zone : landscape.zones) {
      if (zone.level == level) shapes.push_back(zone.shape);
    }
    if (overlapping_area(shapes) > 1e-3 * planar_area(union_of(shapes))) landscape.overlapping_levels.push_back(level);
  }
  if (!city.has_spaces) return landscape;
  landscape.has_green_spaces = true;
  const std::vector<MultiPolygon> sets = {
      union_of_spaces(city, true, false, false, false), union_of_spaces(city, true, true, false, false),
      union_of_spaces(city, true, true, true, false), union_of_spaces(city, true, true, true, true)};
  landscape.green_spaces = sets[static_cast<std::size_t>(SpaceSet::all_green)];
  for (const Polygon& polygon : landscape.green_spaces.polygons) {
    landscape.green_space_areas_m2.push_back(planar_area({{polygon}}));
  }
  for (const MultiPolygon& set : sets) {
    std::vector<Coverage> parts;
    for (const Zone& zone : landscape.zones) {
      parts.push_back(city.zones_by_centre ? product(zone.coverage, cover_exactly(set, grid))
                                           : cover_exactly(intersection_of(zone.shape, set), grid));
    }
    landscape.spaces_in_zone.push_back(std::move(parts));
  }
  const MultiPolygon open = public_green_of(city);
  for (const Zone& zone : landscape.zones) {
    const Coverage part = city.zones_by_centre ? product(zone.coverage, cover_exactly(open, grid))
                                               : cover_exactly(intersection_of(zone.shape, open), grid);
    landscape.public_green_m2.push_back(landscape.areas.to_m2(PeopleField::weight(part, false, landscape.areas)));
  }
  return landscape;
}

inline PeopleField people_of(const SmallCity& city, const Landscape& landscape) {
  PeopleField field(landscape.grid());
  for (const Tract& tract : city.tracts) {
    field.add(cover_exactly(tract.shape, landscape.grid()), to_fixed(tract.people), true, landscape.areas);
  }
  for (const Household& household : city.households) field.add(household.at, to_fixed(household.people));
  field.finish();
  return field;
}

// The facts whose data the city has.
inline std::vector<FactId> facts_of(const SmallCity& city) {
  const FactParameters& p = city.parameters;
  const bool green = city.knowable.has(Role::green);
  const bool near = (p.near_from_land_cover && green) || (p.near_from_spaces && city.has_spaces);
  std::vector<FactId> facts = {FactId::class_areas, FactId::role_runs};
  if (city.has_people && near) facts.push_back(FactId::green_places);
  if (city.knowable.has(p.patch_role)) facts.push_back(FactId::zone_patches);
  if (city.knowable.has(p.connect_role)) facts.push_back(FactId::mesh);
  if (city.has_people) facts.push_back(FactId::people);
  if (city.has_people && near) facts.push_back(FactId::near_green);
  if (city.has_people && green) facts.push_back(FactId::green_around);
  return facts;
}

inline std::vector<ResultRow> rows_for(const SmallCity& city, const ExecutionSettings& settings = {.threads = 1}) {
  const Landscape landscape = landscape_of(city);
  Executor executor(settings);
  const auto people = [&](LandscapeFlow&) {
    PeopleSources sources;
    sources.push_back(std::make_unique<PlacedPeople>(people_of(city, landscape), landscape));
    std::vector<Population> all(1);
    all[0].sources = std::move(sources);
    return all;
  };
  FactRequest request;
  request.facts = facts_of(city);
  request.parameters = city.parameters;
  request.unknown_is_public = city.unknown_is_public;
  request.people = people;
  const FactRun run = compute_facts(landscape, request, executor);
  return rows_of(run.store, "small", landscape.date);
}

}  // namespace urbiome::small
