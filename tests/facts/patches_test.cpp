// Patches, groups of patches and green places against their definitions.
#include <gtest/gtest.h>

#include <set>

#include "slow_facts.h"
#include "urbiome/vector/overlay.h"

namespace urbiome::slow {
namespace {

RunTable green_runs(const Place& place) { return reference::runs_of(place.map, kGreen); }

// The runs of green that are in places large enough.
RunTable large_runs(const GreenPlaces& places, const RunTable& green) {
  LargePatches::Reader reader(*places.cells);
  RunTable kept;
  for (std::int64_t row = 0; row < green.rows(); ++row) {
    reader.go_to(row);
    reader.keep(green.of_row(row), kept.runs);
    kept.offsets.push_back(kept.runs.size());
  }
  return kept;
}

TEST(ZonePatches, CountAndMeasureWhatLiesInTheZone) {
  int way = 0;
  for (const Place& place : places()) {
    Executor executor(ways_to_work()[static_cast<std::size_t>(way++ % 3)]);
    const Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    for (const int directions : {4, 8}) {
      for (const double cells_at_least : {0.0, 2.3}) {
        FactParameters parameters;
        parameters.patch_directions = directions;
        parameters.min_patch_area_m2 = cells_at_least * slow.area_m2(0);
        const ZonePatches found = *facts_of(landscape, {FactId::zone_patches}, parameters, executor)->zone_patches;
        for (std::size_t zone = 0; zone < place.zones.size(); ++zone) {
          const auto area = [&](int cell) { return slow.area_m2(cell) * slow.share(zone, cell); };
          const std::vector<int> members = slow.green_in(zone);
          const auto patch =
              SlowFacts::grouped(members, [&](int a, int b) { return slow.neighbours(a, b, directions); });
          std::int64_t count = 0;
          double sum = 0, largest = 0;
          for (const int which : std::set<int>(patch.begin(), patch.end())) {
            const double m2 = SlowFacts::sum_of(members, patch, which, area);
            if (m2 < parameters.min_patch_area_m2) continue;
            ++count, sum += m2, largest = std::max(largest, m2);
          }
          const double cell = slow.area_m2(0);
          EXPECT_EQ(found.zones[zone].count, count);
          EXPECT_NEAR(landscape.areas.to_m2(found.zones[zone].area), sum, 1e-9 * cell);
          EXPECT_NEAR(landscape.areas.to_m2(found.zones[zone].largest), largest, 1e-9 * cell);
        }
      }
    }
  }
}

struct SlowMesh {
  double natural = 0, squares = 0, products = 0;
  std::int64_t groups = 0;
};

SlowMesh slow_mesh(const SlowFacts& slow, std::size_t zone, const FactParameters& p) {
  SlowMesh result;
  const auto joined = [&](int a, int b) {
    if (p.connect_distance_m <= 0) return slow.neighbours(a, b, p.patch_directions);
    const double gap = slow.gap(a, b);
    const double limit = p.connect_distance_m;
    return p.connect_tie_le ? gap <= limit * (1 + 1e-12) : gap < limit * (1 - 1e-12);
  };
  const auto inside = [&](int cell) { return slow.area_m2(cell) * slow.share(zone, cell); };
  const auto complete = [&](int cell) { return slow.area_m2(cell); };
  const std::vector<int> cut = slow.without_small(slow.green_in(zone), p.patch_directions, p.min_patch_area_m2, inside);
  const auto group = SlowFacts::grouped(cut, joined);
  for (const int which : std::set<int>(group.begin(), group.end())) {
    const double m2 = SlowFacts::sum_of(cut, group, which, inside);
    result.natural += m2, result.squares += m2 * m2, ++result.groups;
  }
  const std::vector<int> all = slow.without_small(slow.green(), p.patch_directions, p.min_patch_area_m2, complete);
  const auto bigger = SlowFacts::grouped(all, joined);
  for (const int which : std::set<int>(bigger.begin(), bigger.end())) {
    result.products += SlowFacts::sum_of(all, bigger, which, inside) * SlowFacts::sum_of(all, bigger, which, complete);
  }
  return result;
}

TEST(MeshFact, JoinsPatchesByTheGapBetweenSides) {
  std::mt19937 random(3);
  int way = 0;
  for (const Place& place : places()) {
    Executor executor(ways_to_work()[static_cast<std::size_t>(way++ % 3)]);
    const Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    const double cell = slow.area_m2(0), side = std::sqrt(cell);
    std::uniform_real_distribution<double> any(0.2, 3.5);
    for (int round = 0; round < 8; ++round) {
      FactParameters p;
      p.connect_distance_m = round == 0 ? 0 : any(random) * side;
      if (!place.geographic && round >= 6) p.connect_distance_m = 2 * place.grid.dx;  // a tie along rows
      p.connect_tie_le = round % 2 == 1;
      p.patch_directions = round % 4 < 2 ? 8 : 4;
      p.min_patch_area_m2 = round % 3 == 0 ? 0 : 1.6 * cell;
      SCOPED_TRACE(testing::Message() << "grid at " << place.grid.x0 << " " << place.grid.y0 << ", gap "
                                      << p.connect_distance_m << ", round " << round);
      const Mesh found = *facts_of(landscape, {FactId::mesh}, p, executor)->mesh;
      for (std::size_t zone = 0; zone < place.zones.size(); ++zone) {
        const SlowMesh wanted = slow_mesh(slow, zone, p);
        EXPECT_EQ(found.zones[zone].groups, wanted.groups);
        EXPECT_NEAR(found.zones[zone].natural_m2, wanted.natural, 1e-9 * cell);
        EXPECT_NEAR(found.zones[zone].sum_of_squares_cut, wanted.squares, 1e-10 * wanted.squares);
        EXPECT_NEAR(found.zones[zone].sum_of_products_cbc, wanted.products, 1e-10 * wanted.products);
      }
    }
  }
}

TEST(GreenPlacesFact, AreWholePatchesOfTheLeastArea) {
  Executor executor({.threads = 1});
  for (const Place& place : places()) {
    const Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    const RunTable green = green_runs(place);
    for (const double cells_at_least : {0.0, 1.0, 3.0, 500.0}) {
      FactParameters p;
      p.min_green_area_m2 = cells_at_least * (place.geographic ? 1.01 : 1.0) * slow.area_m2(0);  // on a plane: ties
      const auto flow = facts_of(landscape, {FactId::green_places}, p, executor);
      const GreenPlaces& found = *flow->green_places;
      const std::vector<int> kept =
          slow.without_small(slow.green(), 8, p.min_green_area_m2, [&](int c) { return slow.area_m2(c); });
      reference::CellMap map = place.map;
      for (int cell = 0; cell < slow.cells(); ++cell) {
        map.cells[static_cast<std::size_t>(cell)] =
            std::find(kept.begin(), kept.end(), cell) != kept.end() ? kGreen : kOther;
      }
      ASSERT_TRUE(found.cells.has_value());
      EXPECT_EQ(large_runs(found, green).runs, reference::runs_of(map, kGreen).runs);
      EXPECT_TRUE(found.spaces.empty());
    }
  }
}

// Members 0 .. cells-1 are green cells, those after them spaces; a space joins a cell that it overlaps.
TEST(GreenPlacesFact, JoinSpacesWithThePatchesTheyOverlap) {
  Executor executor({.threads = 1});
  std::mt19937 random(9);
  for (const Place& place : places()) {
    if (place.geographic) continue;
    Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    const Grid& g = place.grid;
    const double cell = g.dx * g.dy;
    std::vector<MultiPolygon> stars;
    std::uniform_real_distribution<double> x(g.x_of(0), g.x_of(17)), y(g.y_of(14), g.y_of(0));
    for (int i = 0; i < 6; ++i)
      stars.push_back(shapes::random_star(random, {x(random), y(random)}, 2.5 * g.dx, 7, i % 2 == 0));
    landscape.has_green_spaces = true;
    landscape.green_spaces = union_of(stars);
    const std::vector<Polygon>& spaces = landscape.green_spaces.polygons;
    for (const Polygon& space : spaces) landscape.green_space_areas_m2.push_back(planar_area({{space}}));

    const std::vector<int> green = slow.green();
    const auto cells = static_cast<int>(green.size());
    const auto overlap = [&](int green_cell, int space) {
      const int c = green[static_cast<std::size_t>(green_cell)];
      return reference::covered_share({{spaces[static_cast<std::size_t>(space)]}}, g, slow.row(c), slow.col(c));
    };
    std::vector<int> members(green.size() + spaces.size());
    std::iota(members.begin(), members.end(), 0);
    const auto place_of = SlowFacts::grouped(members, [&](int a, int b) {
      if (a >= cells && b >= cells) return false;
      if (a < cells && b < cells)
        return slow.neighbours(green[static_cast<std::size_t>(a)], green[static_cast<std::size_t>(b)], 8);
      return overlap(std::min(a, b), std::max(a, b) - cells) > 1e-10;
    });
    const auto ground = [&](int member) {
      if (member < cells) return cell;
      double own = planar_area({{spaces[static_cast<std::size_t>(member - cells)]}});
      for (int c = 0; c < cells; ++c) own -= overlap(c, member - cells) * cell;
      return own;
    };
    for (const double cells_at_least : {2.0, 9.0, 40.0, 90.0}) {
      FactParameters p;
      p.near_from_spaces = true;
      p.min_green_area_m2 = cells_at_least * cell * 1.003;
      const RunTable runs = green_runs(place);
      const auto flow = facts_of(landscape, {FactId::green_places}, p, executor);
      const GreenPlaces& found = *flow->green_places;
      ASSERT_EQ(found.spaces.size(), spaces.size());
      ASSERT_TRUE(found.cells.has_value());
      std::int64_t large_cells = 0;
      for (const int member : members) {
        const bool large = SlowFacts::sum_of(members, place_of, place_of[static_cast<std::size_t>(member)], ground) >=
                           p.min_green_area_m2;
        if (member < cells)
          large_cells += large ? 1 : 0;
        else
          EXPECT_EQ(found.spaces[static_cast<std::size_t>(member - cells)], large);
      }
      EXPECT_EQ(large_runs(found, runs).cells(), large_cells);
    }
  }
}

}  // namespace
}  // namespace urbiome::slow
