#include "urbiome/facts/distance_map.h"

#include <gtest/gtest.h>

#include "facts/surroundings.h"
#include "reference/distance_reference.h"

namespace urbiome {
namespace {

using reference::CellMap;

CellMap members_only(const CellMap& map, const ClassSet& member) {
  CellMap marks = map;
  for (std::uint8_t& cell : marks.cells) cell = member[cell] ? 1 : 0;
  return marks;
}

TEST(DistanceMap, IsExactForAllThreadsAndBands) {
  std::mt19937 random(1);
  const CellMap map = reference::patchy_map(random, 70, 130, 12, 6);
  const Grid grid = test::grid_of(map, 20, 30);
  const auto source = test::land_cover(grid, map, 11);
  const GridMetric metric = GridMetric::planar(grid, 0.5);
  ClassSet member{};
  member[2] = true;
  for (const double largest : {kNoLimit, 0.0, 45.0, 200.0, 100000.0}) {
    for (const DistanceMeasure measure : {DistanceMeasure::centre, DistanceMeasure::edge}) {
      SCOPED_TRACE(testing::Message() << "largest " << largest);
      const auto expected =
          reference::distances_one_by_one(members_only(map, member), 10, 15, measure == DistanceMeasure::edge, largest);
      test::for_all_executions([&](Executor& executor) {
        const DistanceMap distances(*source, metric, {member, measure, largest}, executor);
        const auto found = test::collected<double>(distances, executor, grid);
        for (std::size_t i = 0; i < expected.size(); ++i) {
          if (std::isnan(expected[i]))
            ASSERT_TRUE(std::isnan(found[i])) << i;
          else
            ASSERT_EQ(found[i], expected[i]) << i;
        }
      });
    }
  }
}

TEST(DistanceMap, GoesOnceOverALandCoverOfWhichOnlyTheNeighbourhoodMatters) {
  std::mt19937 random(2);
  const CellMap map = reference::patchy_map(random, 50, 50, 5, 4);
  const Grid grid = test::grid_of(map, 10, 10);
  const auto source = test::land_cover(grid, map, 4);
  const GridMetric metric = GridMetric::planar(grid, 1);
  const Executor executor({.threads = 1, .memory_bytes = 0, .tile_size = 0, .cancel = nullptr, .progress = {}});
  EXPECT_EQ(DistanceMap(*source, metric, {{}, DistanceMeasure::centre, 300}, executor).passes(), 1);
  EXPECT_EQ(DistanceMap(*source, metric, {{}, DistanceMeasure::centre, 3000}, executor).passes(), 1);
  EXPECT_EQ(DistanceMap(*source, metric, {{}, DistanceMeasure::centre, kNoLimit}, executor).passes(), 1);
}

// On the ellipsoid: the nearest by the grid's own metric, which is the geodesic.
TEST(DistanceMap, IsInMetresOnLatLonGrids) {
  std::mt19937 random(3);
  const CellMap map = reference::patchy_map(random, 40, 90, 25, 5);
  const Grid grid{20, 59.3, 3e-4, 1e-4, map.cols, map.rows};
  const auto source = test::land_cover(grid, map, 24);
  const GridMetric metric = GridMetric::geographic(grid, Ellipsoid{});
  ClassSet member{};
  member[3] = true;
  for (const bool edge : {false, true}) {
    for (const double largest : {kNoLimit, 60.0}) {
      std::vector<double> expected;
      for (int row = 0; row < map.rows; ++row) {
        for (int col = 0; col < map.cols; ++col) {
          double least = kNoLimit;
          for (int r = 0; r < map.rows; ++r) {
            for (int c = 0; c < map.cols; ++c) {
              if (!member[map.at(r, c)]) continue;
              const int apart = std::abs(c - col);
              const double d = !edge      ? metric.centre(std::min(r, row), std::abs(r - row), apart)
                               : r >= row ? metric.edge(row, r - row, apart)
                                          : metric.edge_up(r, row - r, apart);
              least = std::min(least, d);
            }
          }
          expected.push_back(least <= largest ? least : std::numeric_limits<double>::quiet_NaN());
        }
      }
      test::for_all_executions([&](Executor& executor) {
        const DistanceMeasure measure = edge ? DistanceMeasure::edge : DistanceMeasure::centre;
        const DistanceMap distances(*source, metric, {member, measure, largest}, executor);
        const auto found = test::collected<double>(distances, executor, grid);
        for (std::size_t i = 0; i < expected.size(); ++i) {
          if (std::isnan(expected[i]))
            ASSERT_TRUE(std::isnan(found[i])) << i;
          else
            ASSERT_NEAR(found[i], expected[i], 4e-9 + 1e-9 * expected[i]) << i;
        }
      });
    }
  }
}

}  // namespace
}  // namespace urbiome
