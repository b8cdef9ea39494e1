// Facts written down from their definitions, one pair of cells at a time: slow, and independent of the engine's
// kernels.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "kernel/shapes.h"
#include "reference/cell_map.h"
#include "reference/polygon_reference.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/facts/landscape_flow.h"
#include "urbiome/facts/patches.h"
#include "urbiome/facts/people.h"
#include "urbiome/vector/cell_area.h"
#include "urbiome/vector/crs.h"

namespace urbiome::slow {

inline constexpr ClassIndex kOther = 0, kGreen = 1, kUnknown = 2;

struct Place {
  Grid grid;
  bool geographic = false;
  reference::CellMap map;
  std::vector<MultiPolygon> zones;
};

// Where the small grids lie: on a plane with ties, with uneven cells, and on the ellipsoid north, south and far north.
inline std::vector<Place> places() {
  const std::vector<std::pair<Grid, bool>> grids = {{{.x0 = 0, .y0 = 0, .dx = 10, .dy = 10}, false},
                                                    {{.x0 = 500, .y0 = -70, .dx = 7.3, .dy = 12.1}, false},
                                                    {{.x0 = 13.4, .y0 = 52.5, .dx = 1e-4, .dy = 1e-4}, true},
                                                    {{.x0 = -58.4, .y0 = -34.6, .dx = 2e-4, .dy = 1e-4}, true},
                                                    {{.x0 = 25.7, .y0 = 66.5, .dx = 1e-3, .dy = 5e-4}, true},
                                                    {{.x0 = 32.6, .y0 = 0.0007, .dx = 1e-4, .dy = 1e-4}, true}};
  std::vector<Place> all;
  std::mt19937 random(20);
  for (const auto& [where, geographic] : grids) {
    for (const double density : {0.15, 0.45}) {
      Place place{where, geographic, {}, {}};
      place.grid.width = 17, place.grid.height = 14;
      place.map = reference::random_map(random, 14, 17, density);
      for (std::uint8_t& cell : place.map.cells) {
        if (cell == kOther && random() % 6 == 0) cell = kUnknown;
      }
      const Grid& g = place.grid;
      for (int i = 0; i < 3; ++i) {
        std::uniform_real_distribution<double> col(3, 14), row(3, 11);
        MultiPolygon star = shapes::random_star(random, {col(random), row(random)}, 7, 8, i == 1);
        for (Ring* ring : {&star.polygons[0].shell, i == 1 ? &star.polygons[0].holes[0] : nullptr}) {
          if (ring == nullptr) continue;
          for (Point& p : *ring) p = {g.x_of(p.x), g.y_of(p.y)};
        }
        place.zones.push_back(star);
      }
      const double w = static_cast<double>(g.width), h = static_cast<double>(g.height);
      place.zones.push_back(shapes::box(g.x_of(0), g.y_of(h), g.x_of(w), g.y_of(0)));
      all.push_back(place);
    }
  }
  return all;
}

inline Landscape landscape_of(const Place& place) {
  LegendClass other{.code = "0"}, green{.code = "1"}, unknown{.code = "2", .missing = Missing::unknown},
      nodata{.code = "3", .missing = Missing::nodata};
  green.roles.set(Role::green).set(Role::natural);
  Landscape landscape;
  landscape.source = memory_source(place.grid, {other, green, unknown, nodata}, 3, place.map.cells);
  landscape.areas =
      place.geographic ? make_cell_areas(place.grid, Crs::parse("EPSG:4326")) : planar_cell_areas(place.grid);
  landscape.metric =
      place.geographic ? GridMetric::geographic(place.grid, Ellipsoid{}) : GridMetric::planar(place.grid, 1);
  landscape.mapped = whole(place.grid);
  landscape.knowable.set(Role::green).set(Role::natural);
  for (const MultiPolygon& shape : place.zones) {
    landscape.zones.push_back(
        {"zone", std::to_string(landscape.zones.size()), "", shape, cover_exactly(shape, place.grid)});
  }
  return landscape;
}

// The facts of a landscape, read in bands: tiles of a few rows or all at once, bits kept or decoded again, by turns.
inline std::unique_ptr<LandscapeFlow> facts_of(const Landscape& landscape, const std::vector<FactId>& facts,
                                               const FactParameters& parameters, Executor& executor) {
  static int turn = 0;
  const KeepMasks keep = ++turn % 2 == 0 ? KeepMasks::always : KeepMasks::never;
  auto flow = std::make_unique<LandscapeFlow>(landscape, facts, parameters, std::vector<Role>{}, executor, keep);
  flow->read();
  return flow;
}
inline std::vector<ExecutionSettings> ways_to_work() {
  return {{.threads = 2}, {.threads = 1, .tile_size = 3}, {.threads = 3, .tile_size = 5}};
}

class SlowFacts {
 public:
  explicit SlowFacts(const Place& place) : place_(place) {}

  int cells() const { return place_.map.rows * place_.map.cols; }
  int row(int cell) const { return cell / place_.map.cols; }
  int col(int cell) const { return cell % place_.map.cols; }
  bool is(int cell, ClassIndex what) const { return place_.map.cells[static_cast<std::size_t>(cell)] == what; }
  Point centre(int cell) const { return {place_.grid.x_of(col(cell) + 0.5), place_.grid.y_of(row(cell) + 0.5)}; }
  double share(std::size_t zone, int cell) const {
    return reference::covered_share(place_.zones[zone], place_.grid, row(cell), col(cell));
  }

  double area_m2(int cell) const {
    const Grid& g = place_.grid;
    if (!place_.geographic) return g.dx * g.dy;
    return parallel_band_area_m2({}, g.y_of(row(cell)), g.y_of(row(cell) + 1), g.dx);
  }

  double ground(const Point& a, const Point& b) const {
    return place_.geographic ? geodesic_distance_m({}, a, b) : std::hypot(a.x - b.x, a.y - b.y);
  }

  // From a point to the nearest place of a cell.
  double to_cell(const Point& p, int cell) const {
    const Grid& g = place_.grid;
    const double west = g.x_of(col(cell)), east = g.x_of(col(cell) + 1), north = g.y_of(row(cell)),
                 south = g.y_of(row(cell) + 1);
    const double x = std::clamp(p.x, west, east);
    if (!place_.geographic || x == p.x) return ground(p, {x, std::clamp(p.y, south, north)});
    double low = south, high = north;  // along the meridian of the nearest side
    for (int i = 0; i < 35; ++i) {
      const double a = low + (high - low) / 3, b = high - (high - low) / 3;
      if (ground(p, {x, a}) < ground(p, {x, b}))
        high = b;
      else
        low = a;
    }
    return std::min({ground(p, {x, (low + high) / 2}), ground(p, {x, south}), ground(p, {x, north})});
  }

  // Between nearest sides.
  double gap(int a, int b) const {
    const int down = std::max(std::abs(row(a) - row(b)) - 1, 0), across = std::max(std::abs(col(a) - col(b)) - 1, 0);
    if (!place_.geographic) return std::hypot(down * place_.grid.dy, across * place_.grid.dx);
    // Meridians are alike, so rows and columns apart decide.
    double& nearest = gaps_[{std::min(row(a), row(b)), down, across, row(a) == row(b)}];
    if (nearest != 0 || down + across == 0) return nearest;
    nearest = INFINITY;
    for (int i = 0; i < 16; ++i) nearest = std::min(nearest, ground(corner(a, i / 4), corner(b, i % 4)));
    return nearest;
  }

  bool neighbours(int a, int b, int directions) const {
    const int down = std::abs(row(a) - row(b)), across = std::abs(col(a) - col(b));
    return directions == 4 ? down + across == 1 : std::max(down, across) == 1;
  }

  // Group number of each cell of the list, by the rule.
  static std::vector<int> grouped(const std::vector<int>& members, const std::function<bool(int, int)>& joined) {
    std::vector<int> group(members.size());
    std::iota(group.begin(), group.end(), 0);
    for (std::size_t i = 0; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (group[i] == group[j] || !joined(members[i], members[j])) continue;
        const int from = group[i], to = group[j];
        std::replace(group.begin(), group.end(), from, to);
      }
    }
    return group;
  }

  std::vector<int> green() const {
    std::vector<int> list;
    for (int cell = 0; cell < cells(); ++cell) {
      if (is(cell, kGreen)) list.push_back(cell);
    }
    return list;
  }
  std::vector<int> green_in(std::size_t zone) const {
    std::vector<int> list;
    for (const int cell : green()) {
      if (share(zone, cell) > 1e-12) list.push_back(cell);
    }
    return list;
  }

  // Members whose patch (neighbours joined) has at least the area; `area` is a cell's.
  std::vector<int> without_small(const std::vector<int>& members, int directions, double least,
                                 const std::function<double(int)>& area) const {
    const auto patch = grouped(members, [&](int a, int b) { return neighbours(a, b, directions); });
    std::vector<int> kept;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (sum_of(members, patch, patch[i], area) >= least * (1 - 1e-9)) kept.push_back(members[i]);
    }
    return kept;
  }

  static double sum_of(const std::vector<int>& members, const std::vector<int>& group, int which,
                       const std::function<double(int)>& area) {
    double sum = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (group[i] == which) sum += area(members[i]);
    }
    return sum;
  }

 private:
  Point corner(int cell, int which) const {
    return {place_.grid.x_of(col(cell) + which % 2), place_.grid.y_of(row(cell) + which / 2)};
  }

  const Place& place_;
  mutable std::map<std::array<int, 4>, double> gaps_;
};

}  // namespace urbiome::slow
