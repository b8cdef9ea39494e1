#include "urbiome/facts/least_cost.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "reference/dijkstra.h"
#include "urbiome/facts/cost_sheets.h"

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

struct Map {
  std::int64_t rows, cols;
  std::vector<double> resistance;
  std::vector<bool> sources;
  std::vector<StepLengths> steps;

  std::vector<double> spread(int directions, int threads, std::int64_t tile, double most = kFar) const {
    std::vector<double> cost(resistance.size(), kFar);
    for (std::size_t i = 0; i < cost.size(); ++i) {
      if (sources[i]) cost[i] = 0;
    }
    Executor executor({.threads = threads, .tile_size = tile});
    spread_costs({cols, rows, resistance, cost, steps, directions}, most, executor);
    return cost;
  }
  // From a scratch file, sheet by sheet.
  std::vector<double> spread_in_sheets(int directions, int threads, std::int64_t side, double most = kFar) const {
    CostStore cost(cols, std::string());
    std::vector<double> costs(resistance.size(), kFar);
    for (std::size_t i = 0; i < costs.size(); ++i) {
      if (sources[i]) costs[i] = 0;
    }
    cost.write({0, 0, rows, cols}, costs);
    const auto read = [&](const Window& window, std::span<double> values) {
      for (std::int64_t row = 0; row < window.rows; ++row)
        std::copy_n(resistance.begin() + (window.row + row) * cols + window.col, window.cols,
                    values.begin() + row * window.cols);
    };
    Executor executor({.threads = threads});
    spread_costs_in_sheets({cols, rows, side, read, cost, steps, directions}, most, executor);
    cost.read({0, 0, rows, cols}, costs);
    return costs;
  }
  std::vector<double> reference(int directions) const {
    return reference::least_costs(rows, cols, resistance, sources, steps, directions);
  }
};

Map flat(std::int64_t rows, std::int64_t cols, double dx, double dy, double resistance = 1) {
  const auto size = static_cast<std::size_t>(rows * cols);
  const Grid grid{0, 0, dx, dy, cols, rows};
  return {rows, cols, std::vector<double>(size, resistance), std::vector<bool>(size, false),
          step_lengths(GridMetric::planar(grid, 1), rows)};
}

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

Map random_map(std::mt19937& random, std::int64_t rows, std::int64_t cols, int kind) {
  const double one = kind % 2 == 0 ? 1 : 3, other = kind % 3 == 0 ? 1 : 0.5;
  const bool tall = random() % 2 == 0;
  Map map = flat(rows, cols, tall ? other : one, tall ? one : other);
  for (double& r : map.resistance) {
    const auto draw = random() % 1000;
    switch (kind) {
      case 0:
        r = 1 + static_cast<double>(draw % 100);
        break;  // whole numbers
      case 1:
        r = draw < 300 ? kFar : 1 + static_cast<double>(draw) / 7;
        break;  // many barriers
      case 2:
        r = draw < 400 ? 0 : static_cast<double>(draw % 3);
        break;  // free cells and ties
      default:
        r = std::pow(10.0, static_cast<double>(draw % 16) - 8);
        break;  // sixteen magnitudes
    }
  }
  const auto sources = 1 + random() % 4;
  for (unsigned i = 0; i < sources; ++i) map.sources[random() % map.sources.size()] = true;
  return map;
}

TEST(LeastCost, CountsByHand) {
  Map map = flat(1, 4, 10, 10);
  map.resistance = {1, 3, 5, 0};
  map.sources[0] = true;
  EXPECT_EQ(map.spread(8, 1, 0), (std::vector<double>{0, 20, 60, 85})) << "10 m times the mean of both cells";

  Map square = flat(3, 3, 2, 2);
  square.sources[4] = true;
  const double corner = 2 * std::sqrt(2.0);
  EXPECT_EQ(square.spread(4, 1, 0), (std::vector<double>{4, 2, 4, 2, 0, 2, 4, 2, 4}));
  const std::vector<double> eight = square.spread(8, 1, 0);
  EXPECT_DOUBLE_EQ(eight[0], corner);
  EXPECT_DOUBLE_EQ(eight[1], 2);

  // A knight's move is the straight line over four cells, a quarter of it in each.
  Map knight = flat(2, 3, 1, 1);
  knight.resistance = {1, 2, 100, 100, 3, 6};
  knight.sources[0] = true;
  EXPECT_DOUBLE_EQ(knight.spread(16, 1, 0)[5], std::sqrt(5.0) * (1 + 2 + 3 + 6) / 4);
  knight.resistance[1] = kFar;  // one of the cells in between is closed: round by the corner
  EXPECT_DOUBLE_EQ(knight.spread(16, 1, 0)[5], std::sqrt(2.0) * 2 + 4.5);
}

TEST(LeastCost, BarriersAreNotCrossed) {
  Map map = flat(5, 7, 1, 1);
  for (std::int64_t row = 0; row < 5; ++row) map.resistance[static_cast<std::size_t>(row * 7 + 3)] = kFar;
  map.sources[0] = true;
  for (const int directions : {4, 8, 16}) {
    const std::vector<double> cost = map.spread(directions, 1, 0);
    for (std::size_t i = 0; i < cost.size(); ++i) EXPECT_EQ(std::isinf(cost[i]), i % 7 >= 3) << i;
  }
}

TEST(LeastCost, CellsOfTwoSidesHaveTwoLengths) {
  Map map = flat(3, 3, 30, 10, 2);
  map.sources[0] = true;
  const std::vector<double> cost = map.spread(4, 1, 0);
  EXPECT_EQ(cost[1], 60);
  EXPECT_EQ(cost[3], 20);
}

TEST(LeastCost, IsTheReferenceForAnyThreadsAndTiles) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 24; ++trial) {
    const Map map = random_map(random, 1 + static_cast<std::int64_t>(random() % 70),
                               1 + static_cast<std::int64_t>(random() % 70), trial % 4);
    for (const int directions : {4, 8, 16}) {
      const std::vector<double> expected = map.reference(directions);
      for (const std::int64_t tile : {4, 5, 16, 33, 240}) {
        EXPECT_TRUE(same_bytes(map.spread(directions, tile == 16 ? 7 : 2, tile), expected))
            << trial << ' ' << directions << ' ' << tile;
      }
      for (const std::int64_t side : {7, 30, 64}) {
        EXPECT_TRUE(same_bytes(map.spread_in_sheets(directions, side == 30 ? 7 : 2, side), expected))
            << trial << ' ' << directions << " in sheets of " << side;
      }
    }
  }
}

TEST(LeastCost, OfALargeMapIsTheReference) {
  std::mt19937 random(4);
  for (const int kind : {0, 1, 3}) {
    const Map map = random_map(random, 300, 517, kind);
    for (const int directions : {8, 16}) {
      const std::vector<double> expected = map.reference(directions);
      EXPECT_TRUE(same_bytes(map.spread(directions, 2, 0), expected)) << kind << ' ' << directions;
      EXPECT_TRUE(same_bytes(map.spread_in_sheets(directions, 2, 150), expected)) << kind << ' ' << directions;
    }
  }
}

TEST(LeastCost, FollowsASnakeThroughEveryTile) {
  Map map = flat(101, 64, 1, 1);
  for (std::int64_t row = 1; row < 101; row += 2) {
    for (std::int64_t col = 0; col < 64; ++col) {
      if (col != (row % 4 == 1 ? 63 : 0)) map.resistance[static_cast<std::size_t>(row * 64 + col)] = kFar;
    }
  }
  map.sources[0] = true;
  for (const std::int64_t tile : {8, 0})
    EXPECT_EQ(map.spread(4, 2, tile)[100 * 64 + 63], 51 * 63 + 100) << "every row walked from end to end";
  EXPECT_EQ(map.spread_in_sheets(4, 2, 20)[100 * 64 + 63], 51 * 63 + 100);
}

TEST(LeastCost, StopsAtTheMostAskedFor) {
  std::mt19937 random(5);
  const Map map = random_map(random, 60, 60, 0);
  const std::vector<double> all = map.spread(8, 2, 0);
  std::vector<double> sorted = all;
  std::sort(sorted.begin(), sorted.end());
  for (const double most : {0.0, sorted[900], sorted[1800]}) {
    std::vector<double> expected = all;
    for (double& cost : expected) cost = cost > most ? kFar : cost;
    EXPECT_TRUE(same_bytes(map.spread(8, 2, 16, most), expected)) << most;
    EXPECT_TRUE(same_bytes(map.spread_in_sheets(8, 2, 25, most), expected)) << most;
  }
}

// A row of centres on a pole: its cells are one place, and a step of no length from a barrier is none.
TEST(LeastCost, StepsAcrossAPoleHaveNoLength) {
  std::mt19937 random(23);
  for (int trial = 0; trial < 12; ++trial) {
    Map map = random_map(random, 1 + trial % 5, 9 + 13 * trial, trial);
    const Grid grid{0, 90.5, 1, 1, map.cols, map.rows};
    map.steps = step_lengths(GridMetric::geographic(grid, Ellipsoid{}), map.rows);
    ASSERT_EQ(map.steps[0].across, 0);
    for (const int directions : {4, 8, 16}) {
      const std::vector<double> wanted = map.reference(directions);
      for (const std::int64_t tile : {8, 64}) EXPECT_TRUE(same_bytes(map.spread(directions, 2, tile), wanted)) << trial;
      EXPECT_TRUE(same_bytes(map.spread_in_sheets(directions, 2, 16), wanted)) << trial;
    }
  }
}

TEST(LeastCost, OnALatLonGridFollowsTheEllipsoid) {
  const Grid grid{10, 60.5, 0.01, 0.01, 40, 100};
  const GridMetric metric = GridMetric::geographic(grid, Ellipsoid{});
  Map map = flat(100, 40, 1, 1);
  map.steps = step_lengths(metric, 100);
  map.sources[0] = true;
  const std::vector<double> cost = map.spread(8, 2, 16);
  EXPECT_NEAR(cost[39], 39 * metric.centre(0, 0, 1), 1e-6) << "along the parallel";
  double down = 0;
  for (std::int64_t row = 0; row < 99; ++row) down += metric.centre(row, 1, 0);
  EXPECT_NEAR(cost[99 * 40], down, 1e-6) << "along the meridian";
  EXPECT_TRUE(same_bytes(cost, map.reference(8)));
}

}  // namespace
}  // namespace urbiome
