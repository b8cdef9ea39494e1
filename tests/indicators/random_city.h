// A random city with everything that indicators look at: several classes with unknown and nodata cells, a margin beyond
// the file, zones that cut cells and each other, overlapping spaces of every access, people at points and in tracts.
#pragma once

#include <random>

#include "kernel/shapes.h"
#include "reference/cell_map.h"
#include "small_city.h"

namespace urbiome::small {

inline LegendClass class_of(std::string code, std::initializer_list<Role> roles, Missing missing = Missing::no) {
  LegendClass entry{.code = std::move(code), .missing = missing};
  for (const Role role : roles) entry.roles.set(role);
  return entry;
}

inline SmallCity random_city(unsigned seed, bool by_centre) {
  std::mt19937 random(seed);
  SmallCity city;
  city.grid = {.x0 = 0, .y0 = 0, .dx = 10, .dy = 12, .width = 96, .height = 81};
  city.classes = {class_of("0", {}, Missing::nodata),
                  class_of("10", {Role::green, Role::natural, Role::vegetated}),
                  class_of("20", {Role::green, Role::vegetated}),
                  class_of("30", {Role::built}),
                  class_of("40", {Role::vegetated}),
                  class_of("50", {Role::blue, Role::natural}),
                  class_of("60", {}),
                  class_of("70", {Role::green, Role::built}),
                  class_of("90", {}, Missing::unknown)};
  const auto height = static_cast<int>(city.grid.height), width = static_cast<int>(city.grid.width);
  city.cells = reference::patchy_map(random, height, width, static_cast<int>(city.classes.size()), 4).cells;
  city.margin = 5;
  const double right = city.grid.dx * width, down = city.grid.dy * height;
  std::uniform_real_distribution<double> x(0, right), y(-down, 0), people(0, 40);
  const auto star = [&](double radius, bool hole) {
    return shapes::random_star(random, {x(random), y(random)}, radius, 9, hole);
  };
  city.zones.push_back({"city", "city", shapes::random_star(random, {right / 2, -down / 2}, 620, 40, false)});
  for (int i = 0; i < 4; ++i) city.zones.push_back({"district", "d" + std::to_string(i), star(300, i % 2 == 0)});
  city.zones.push_back({"block", "sliver", star(9, false)});
  // Quarters that lie beside each other, for what is compared between zones.
  city.has_income = true;
  for (int i = 0; i < 6; ++i) {
    const double left = right * (i % 3) / 3, top = -down * (i / 3) / 2;
    city.zones.push_back({"quarter", "q" + std::to_string(i), box_shape(left, top - down / 2, left + right / 3, top),
                          500.0 * ((i * 5) % 4)});
  }
  city.zones_by_centre = by_centre;
  city.has_spaces = true;
  for (int i = 0; i < 14; ++i) {
    city.spaces.push_back({star(90, i % 3 == 0), i % 4 == 0 ? Role::blue : Role::green, static_cast<Access>(i % 3)});
  }
  for (int i = 0; i < 6; ++i) {  // each quarter has a park
    const double left = right * (i % 3) / 3 + 100, top = -down * (i / 3) / 2 - 100;
    city.spaces.push_back({box_shape(left, top - 60 - 10 * i, left + 90, top), Role::green, Access::open});
  }
  city.has_people = true;
  for (int i = 0; i < 150; ++i) city.households.push_back({{x(random), y(random)}, people(random)});
  for (int i = 0; i < 25; ++i) city.tracts.push_back({star(150, i % 5 == 0), 20 * people(random)});
  city.parameters = {.near_distance_m = 47,
                     .min_green_area_m2 = 4000,
                     .near_from_spaces = true,
                     .connect_distance_m = 31,
                     .min_patch_area_m2 = 300,
                     .exposure_radius_m = 63};
  return city;
}

// The same city drawn otherwise: `place` moves points, `origin_of` gives the old cell of a new one.
template <class Place, class OriginOf>
SmallCity redrawn(const SmallCity& city, const Grid& grid, Place place, OriginOf origin_of) {
  SmallCity other = city;
  other.grid = grid;
  for (std::int64_t row = 0; row < grid.height; ++row) {
    for (std::int64_t col = 0; col < grid.width; ++col) {
      other.cells[static_cast<std::size_t>(row * grid.width + col)] =
          city.cells[static_cast<std::size_t>(origin_of(row, col))];
    }
  }
  const auto move = [&](MultiPolygon& shape) {
    for (Polygon& polygon : shape.polygons) {
      for (Point& p : polygon.shell) p = place(p);
      for (Ring& hole : polygon.holes) {
        for (Point& p : hole) p = place(p);
      }
    }
  };
  for (NamedShape& zone : other.zones) move(zone.shape);
  for (Space& space : other.spaces) move(space.shape);
  for (Tract& tract : other.tracts) move(tract.shape);
  for (Household& household : other.households) household.at = place(household.at);
  return other;
}

// A quarter turn clockwise.
inline SmallCity turned(const SmallCity& city) {
  const Grid& old = city.grid;
  const Grid grid{old.x0, old.y0, old.dy, old.dx, old.height, old.width};
  const double high = old.dy * static_cast<double>(old.height);
  return redrawn(
      city, grid,
      [&](const Point& p) {
        return Point{old.x0 + high - (old.y0 - p.y), old.y0 - (p.x - old.x0)};
      },
      [&](std::int64_t row, std::int64_t col) { return (old.height - 1 - col) * old.width + row; });
}

// Left becomes right.
inline SmallCity mirrored(const SmallCity& city) {
  const Grid& grid = city.grid;
  const double wide = grid.dx * static_cast<double>(grid.width);
  return redrawn(
      city, grid,
      [&](const Point& p) {
        return Point{2 * grid.x0 + wide - p.x, p.y};
      },
      [&](std::int64_t row, std::int64_t col) { return row * grid.width + grid.width - 1 - col; });
}

// All lengths times `factor`, distances and least areas of the parameters too.
inline SmallCity scaled(const SmallCity& city, double factor) {
  Grid grid = city.grid;
  grid.x0 *= factor, grid.y0 *= factor, grid.dx *= factor, grid.dy *= factor;
  SmallCity other = redrawn(
      city, grid,
      [&](const Point& p) {
        return Point{p.x * factor, p.y * factor};
      },
      [&](std::int64_t row, std::int64_t col) { return row * grid.width + col; });
  FactParameters& p = other.parameters;
  for (double* length : {&p.near_distance_m, &p.connect_distance_m, &p.exposure_radius_m}) *length *= factor;
  for (double* area : {&p.min_green_area_m2, &p.min_patch_area_m2}) *area *= factor * factor;
  return other;
}

}  // namespace urbiome::small
