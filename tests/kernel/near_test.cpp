#include "urbiome/kernel/near.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernel/shapes.h"
#include "reference/cell_map.h"
#include "reference/polygon_reference.h"
#include "urbiome/kernel/window_share.h"

namespace urbiome {
namespace {

using reference::CellMap;
using CellRun = Run;  // inside a test `Run` is GoogleTest's

// What the header promises: sorted, apart from each other, inside the grid.
std::vector<bool> cells_in(std::span<const Run> runs, std::int64_t width) {
  std::vector<bool> cells(static_cast<std::size_t>(width), false);
  std::int32_t free = -1;
  for (const Run& run : runs) {
    EXPECT_GT(run.begin, free);
    EXPECT_LT(run.begin, run.end);
    EXPECT_LE(run.end, width);
    free = run.end;
    for (std::int32_t col = run.begin; col < run.end; ++col) cells[static_cast<std::size_t>(col)] = true;
  }
  return cells;
}

// Cells that satisfy the rule with the given row, col: one by one.
int slow_count(const CellMap& map, const Reach& reach, int row, int col) {
  int count = 0;
  for (int r = 0; r < map.rows; ++r) {
    const int down = std::abs(r - row);
    if (down > reach.max_down()) continue;
    const int k = reach.half_width(std::min(r, row), down);
    for (int c = 0; c < map.cols; ++c) count += map.at(r, c) == 1 && std::abs(c - col) <= k;
  }
  return count;
}

// Distance from the cell's centre to the centre, or to the nearest side, of another cell.
double centre_m(std::int32_t down, std::int32_t across) { return std::hypot(10.0 * down, 10.0 * across); }
double edge_m(std::int32_t down, std::int32_t across) {
  return std::hypot(std::max(0.0, 10.0 * down - 5), std::max(0.0, 10.0 * across - 5));
}

Reach planar_reach(double limit, std::int64_t rows, double (*measure)(std::int32_t, std::int32_t)) {
  return reach_within(limit, false, rows, true, [measure](std::int64_t, std::int32_t down, std::int32_t across) {
    return measure(down, across);
  });
}

Reach narrowing_reach(std::int64_t rows) {
  return reach_within(42, false, rows, false, [](std::int64_t row, std::int32_t down, std::int32_t across) {
    return std::hypot(10.0 * down, across * 10.0 / (1 + 0.05 * static_cast<double>(row)));
  });
}

RunTable near_all(const RunTable& table, const Reach& reach, const CellMap& map) {
  return near_rows(0, map.rows, map.rows, map.cols, {reach, reach},
                   [&](std::int64_t row) { return table.of_row(row); });
}

TEST(Near, RunsAgreeWithBruteForceForCentreAndEdge) {
  std::mt19937 random(9);
  for (const double density : {0.002, 0.02, 0.2}) {
    const CellMap map = reference::random_map(random, 31, 47, density);
    const RunTable table = reference::runs_of(map);
    for (const double limit : {0.0, 10.0, 30.0, 42.0}) {
      for (const auto measure : {centre_m, edge_m}) {
        const Reach reach = planar_reach(limit, map.rows, measure);
        const RunTable found = near_all(table, reach, map);
        for (int row = 0; row < map.rows; ++row) {
          const std::vector<bool> near = cells_in(found.of_row(row), map.cols);
          for (int col = 0; col < map.cols; ++col) {
            bool expected = false;
            for (int r = 0; r < map.rows && !expected; ++r) {
              for (int c = 0; c < map.cols; ++c) {
                expected |= map.at(r, c) == 1 && measure(std::abs(r - row), std::abs(c - col)) <= limit;
              }
            }
            ASSERT_EQ(near[static_cast<std::size_t>(col)], expected) << row << ' ' << col << ' ' << limit;
          }
        }
      }
    }
  }
}

TEST(Near, RunsFollowRowsOfDifferentReach) {
  std::mt19937 random(10);
  const CellMap map = reference::random_map(random, 33, 60, 0.01);
  const RunTable table = reference::runs_of(map);
  const Reach reach = narrowing_reach(map.rows);
  const RunTable found = near_all(table, reach, map);
  for (int row = 0; row < map.rows; ++row) {
    const std::vector<bool> near = cells_in(found.of_row(row), map.cols);
    for (int col = 0; col < map.cols; ++col) {
      ASSERT_EQ(near[static_cast<std::size_t>(col)], slow_count(map, reach, row, col) > 0) << row << ' ' << col;
    }
  }
}

TEST(WindowShare, CountsAgreeWithBruteForce) {
  std::mt19937 random(11);
  for (const double density : {0.0, 0.05, 0.5, 1.0}) {
    const CellMap map = reference::random_map(random, 27, 38, density);
    const RunTable table = reference::runs_of(map);
    for (const double limit : {0.0, 10.0, 35.0, 900.0}) {
      const Reach planar = planar_reach(limit, map.rows, centre_m);
      for (const Reach& reach : {planar, narrowing_reach(map.rows)}) {
        std::vector<std::int64_t> counts(static_cast<std::size_t>(map.cols), 99);
        for (int row = 0; row < map.rows; ++row) {
          count_in_reach(table, reach, row, counts);
          for (int col = 0; col < map.cols; ++col) {
            ASSERT_EQ(counts[static_cast<std::size_t>(col)], slow_count(map, reach, row, col)) << row << ' ' << col;
          }
        }
      }
    }
  }
}

TEST(Near, MeasuresToSegments) {
  EXPECT_DOUBLE_EQ(segment_distance({0, 3}, {-5, 0}, {5, 0}), 3);
  EXPECT_DOUBLE_EQ(segment_distance({8, 4}, {-5, 0}, {5, 0}), 5);
  EXPECT_DOUBLE_EQ(segment_distance({-8, -4}, {-5, 0}, {5, 0}), 5);
  EXPECT_DOUBLE_EQ(segment_distance({3, 4}, {0, 0}, {0, 0}), 5);
  EXPECT_NEAR(segment_distance({0, 2}, {0, 0}, {2, 2}), std::sqrt(2.0), 1e-15);
}

void expect_near_polygon(const MultiPolygon& shape, const Grid& grid, double distance) {
  const RunTable table = CellsNearPolygon(shape, grid, distance).rows(0, grid.height);
  ASSERT_EQ(table.rows(), grid.height);
  const CellsNearPolygon in_parts(shape, grid, distance);
  for (std::int64_t first = 0; first < grid.height; first += 5) {
    const std::int64_t end = std::min(first + 5, grid.height);
    const RunTable part = in_parts.rows(first, end);
    ASSERT_EQ(part.rows(), end - first);
    for (std::int64_t row = first; row < end; ++row) {
      const auto one = part.of_row(row - first), other = table.of_row(row);
      ASSERT_TRUE(std::equal(one.begin(), one.end(), other.begin(), other.end())) << row;
    }
  }
  for (std::int64_t row = 0; row < grid.height; ++row) {
    const std::vector<bool> near = cells_in(table.of_row(row), grid.width);
    for (std::int64_t col = 0; col < grid.width; ++col) {
      const Point centre{grid.x_of(static_cast<double>(col) + 0.5), grid.y_of(static_cast<double>(row) + 0.5)};
      const double away = reference::outline_distance(shape, centre);
      const bool inside = reference::contains(shape, centre);
      if (!inside && std::abs(away - distance) < 1e-9 * (1 + distance)) continue;  // the reference rounds otherwise
      ASSERT_EQ(near[static_cast<std::size_t>(col)], inside || away <= distance)
          << row << ' ' << col << ' ' << distance;
    }
  }
}

TEST(Near, PolygonsAgreeWithBruteForce) {
  std::mt19937 random(12);
  std::uniform_real_distribution<double> x(50, 250), y(50, 250), size(1, 90);
  const Grid grid{100, 200, 4, 2.5, 23, 37};
  for (int trial = 0; trial < 60; ++trial) {
    MultiPolygon shape = shapes::random_star(random, {x(random), y(random)}, size(random), 3 + trial % 12, trial % 2);
    if (trial % 3 == 0) shape.polygons.push_back(shapes::random_star(random, {150, 150}, 8, 5, false).polygons[0]);
    for (const double distance : {0.0, 1.0, 12.5, 60.0}) expect_near_polygon(shape, grid, distance);
  }
  expect_near_polygon(shapes::box(-1e5, -1e5, 1e5, 1e5), grid, 10);
  expect_near_polygon({}, grid, 10);
}

TEST(Near, PolygonsComeThroughHostileCoordinates) {
  std::mt19937 random(17);
  const std::vector<double> values{0, 1, 2.5, -3, 5e-324, 1e-200, 1e9, 1e300, -1.7e308, NAN, INFINITY};
  const Grid grid{0, 3, 1, 1, 3, 3};
  for (int trial = 0; trial < 5000; ++trial) {
    Ring ring;
    for (int i = 0; i < 4; ++i) ring.push_back({values[random() % values.size()], values[random() % values.size()]});
    for (const double distance : {-1.0, 0.0, 1.0, 1e300, static_cast<double>(INFINITY), static_cast<double>(NAN)}) {
      const RunTable table = CellsNearPolygon({{{ring, {}}}}, grid, distance).rows(0, grid.height);
      ASSERT_EQ(table.rows(), 3);
      for (int row = 0; row < 3; ++row) cells_in(table.of_row(row), 3);
    }
  }
}

TEST(Near, PolygonsHoldTiesIn) {
  // Centres at exactly 30 m from the sides count, also at the end of a row of the stadium.
  const Grid grid{0, 100, 10, 10, 20, 10};
  const RunTable table = CellsNearPolygon(shapes::box(85, 45, 95, 55), grid, 30).rows(0, grid.height);
  EXPECT_EQ(table.of_row(4).size(), 1U);
  EXPECT_EQ(table.of_row(4)[0], (CellRun{5, 13}));  // centres at 55 and 125 m
  EXPECT_EQ(table.of_row(1)[0], (CellRun{8, 10}));  // centre at y = 85
  EXPECT_TRUE(table.of_row(0).empty());
  // 50 = hypot(30, 40) from the corner.
  EXPECT_EQ(CellsNearPolygon(shapes::box(85, 45, 95, 55), grid, 50).rows(0, grid.height).of_row(1)[0],
            (CellRun{4, 14}));
}

}  // namespace
}  // namespace urbiome
