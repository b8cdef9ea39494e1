#include "urbiome/kernel/distance_geographic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "reference/cell_map.h"

namespace urbiome {
namespace {

using reference::CellMap;

std::vector<double> measured(const CellMap& map, const Grid& grid, DistanceMeasure measure, double largest,
                             int band_rows) {
  const std::int64_t bands = (map.rows + band_rows - 1) / band_rows;
  const auto part = [&](std::int64_t band, auto& cells) {
    const auto first = static_cast<std::size_t>(band * band_rows * map.cols);
    return std::span(cells.data() + first,
                     std::min(static_cast<std::size_t>(band_rows * map.cols), cells.size() - first));
  };
  std::vector<ColumnEnds> ends;
  for (std::int64_t band = 0; band < bands; ++band) {
    ends.push_back(ends_of(map.cols, band * band_rows, std::span<const std::uint8_t>(part(band, map.cells))));
  }
  const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
  GeographicDistanceBand work(grid, Ellipsoid{}, measure, largest);
  std::vector<double> out(map.cells.size());
  for (std::int64_t band = 0; band < bands; ++band) {
    work.measure(beyond[static_cast<std::size_t>(band)], band * band_rows, part(band, map.cells), part(band, out));
  }
  return out;
}

// Along geodesics to every member, one by one.
std::vector<double> geodesics(const CellMap& map, const Grid& grid, DistanceMeasure measure) {
  const auto towards = [measure](int from, int to) {
    const double shift = measure == DistanceMeasure::edge && from != to ? (to > from ? 0.0 : 1.0) : 0.5;
    return to + (measure == DistanceMeasure::edge && from == to ? 0.5 : shift);
  };
  std::vector<double> distances;
  for (int row = 0; row < map.rows; ++row) {
    for (int col = 0; col < map.cols; ++col) {
      double least = kNoLimit;
      for (int r = 0; r < map.rows; ++r) {
        for (int c = 0; c < map.cols; ++c) {
          if (map.at(r, c) == 0) continue;
          const Point here{grid.x_of(col + 0.5), grid.y_of(row + 0.5)};
          least = std::min(
              least, geodesic_distance_m(Ellipsoid{}, here, {grid.x_of(towards(col, c)), grid.y_of(towards(row, r))}));
        }
      }
      distances.push_back(least);
    }
  }
  return distances;
}

TEST(GeographicDistance, IsTheShortestGeodesicOnSmallMaps) {
  std::mt19937 random(1);
  for (const double latitude : {0.0, 38.7, -60.0, 80.0}) {
    for (const DistanceMeasure measure : {DistanceMeasure::centre, DistanceMeasure::edge}) {
      const CellMap map = reference::random_map(random, 20, 31, 0.02);
      const Grid grid{10, latitude + 1e-3, 2e-4, 1e-4, map.cols, map.rows};  // cells of 11 m and less
      const auto expected = geodesics(map, grid, measure);
      for (const int band_rows : {1, 6, 100}) {
        const auto found = measured(map, grid, measure, kNoLimit, band_rows);
        for (std::size_t i = 0; i < found.size(); ++i) {
          ASSERT_NEAR(found[i], expected[i], 4e-9 + 1e-9 * expected[i]) << latitude << " " << i;
        }
      }
    }
  }
}

TEST(GeographicDistance, BeyondTheLimitIsNaN) {
  std::mt19937 random(2);
  const CellMap map = reference::random_map(random, 60, 700, 0.0004);
  const Grid grid{10, 60, 2e-4, 1e-4, map.cols, map.rows};
  const auto all = measured(map, grid, DistanceMeasure::centre, kNoLimit, 17);
  const auto some = measured(map, grid, DistanceMeasure::centre, 900, 17);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] > 900)
      ASSERT_TRUE(std::isnan(some[i]));
    else
      ASSERT_EQ(some[i], all[i]);
  }
  const CellMap none{3, 70, std::vector<std::uint8_t>(210, 0)};
  for (const double d : measured(none, {10, 60, 1e-4, 1e-4, 70, 3}, DistanceMeasure::edge, kNoLimit, 2)) {
    ASSERT_TRUE(std::isnan(d));
  }
}

// Members wherever the dice put them: the geodesic to the winner, within the stated share of the shortest one.
TEST(GeographicDistance, StaysWithinItsStatedErrorFarOut) {
  // At most 9.2e-7 of 10 km at 60 degrees, 9.9e-4 of 100 km at 80.
  for (const double latitude : {0.0, 20.0, 40.0, 60.0, 80.0}) {
    for (const double reach_m : {100.0, 1000.0, 10000.0, 100000.0}) {
      // The worst case: a wall of members along one meridian, seen from cells due east and west of it.
      constexpr int kRows = 101, kCols = 401;
      const double across = reach_m / (111320 * std::cos(latitude * M_PI / 180)) / 200;
      const double rise = reach_m * reach_m * std::tan(latitude * M_PI / 180) / 6.4e6;  // the nearest member lies here
      const double down = std::max(rise, reach_m / 100) / 110570 / 40;
      CellMap map{kRows, kCols, std::vector<std::uint8_t>(kRows * kCols, 0)};
      for (int row = 0; row < kRows; ++row) map.cells[static_cast<std::size_t>(row * kCols + 200)] = 1;
      const Grid grid{10, latitude + 50.5 * down, across, down, kCols, kRows};
      const auto found = measured(map, grid, DistanceMeasure::centre, kNoLimit, 1000);
      double expected = kNoLimit;
      for (int row = 0; row < kRows; ++row) {
        expected = std::min(expected, geodesic_distance_m(Ellipsoid{}, {grid.x_of(400.5), latitude},
                                                          {grid.x_of(200.5), grid.y_of(row + 0.5)}));
      }
      const double share = found[50 * kCols + 400] / expected - 1;
      const double angle = reach_m * std::tan(latitude * M_PI / 180) / 6.35e6;
      EXPECT_GT(share, -1e-9) << latitude << " degrees, " << reach_m << " m";
      EXPECT_LT(share, 1.02 * angle * angle / 8 + 1e-8);
    }
  }
}

struct Nearest {
  std::vector<double> distances;
  std::vector<std::int64_t> ids;
};

Nearest nearest(const CellMap& map, const std::vector<std::int64_t>& ids, const Grid& grid, DistanceMeasure measure,
                double largest, int band_rows) {
  const std::int64_t bands = (map.rows + band_rows - 1) / band_rows;
  const auto part = [&](std::int64_t band, auto& cells) {
    const auto first = static_cast<std::size_t>(band * band_rows * map.cols);
    return std::span(cells.data() + first,
                     std::min(static_cast<std::size_t>(band_rows * map.cols), cells.size() - first));
  };
  std::vector<ColumnEnds> ends;
  for (std::int64_t band = 0; band < bands; ++band)
    ends.push_back(ends_of(map.cols, band * band_rows, part(band, ids)));
  const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
  GeographicDistanceBand work(grid, Ellipsoid{}, measure, largest);
  Nearest result{std::vector<double>(ids.size()), std::vector<std::int64_t>(ids.size())};
  for (std::int64_t band = 0; band < bands; ++band) {
    work.measure(beyond[static_cast<std::size_t>(band)], band * band_rows, part(band, ids),
                 part(band, result.distances), part(band, result.ids));
  }
  return result;
}

// The distance to every id by itself; the smallest id of those at the least. Distances that differ by less than a
// nanometre may be told apart either way, unless the cells lie as many columns to the left and right in one row.
void check_nearest(const CellMap& map, const std::vector<std::int64_t>& ids, const Grid& grid, double largest) {
  constexpr double kNanometre = 2e-9;
  for (const DistanceMeasure measure : {DistanceMeasure::centre, DistanceMeasure::edge}) {
    const auto plain = measured(map, grid, measure, largest, 7);
    std::map<std::int64_t, std::vector<double>> to_each;
    for (const std::int64_t id : ids) {
      if (id == 0 || to_each.contains(id)) continue;
      CellMap alone{map.rows, map.cols, {}};
      for (const std::int64_t other : ids) alone.cells.push_back(other == id ? 1 : 0);
      to_each[id] = geodesics(alone, grid, measure);
    }
    const auto width = static_cast<std::size_t>(map.cols);
    const auto mirrored = [&](std::size_t cell, std::int64_t a, std::int64_t b) {
      for (std::size_t row = 0; row < static_cast<std::size_t>(map.rows); ++row) {
        for (std::size_t k = 0; k <= cell % width; ++k) {
          if (cell % width + k >= width) break;
          const std::int64_t left = ids[row * width + cell % width - k], right = ids[row * width + cell % width + k];
          if ((left == a && right == b) || (left == b && right == a)) return true;
        }
      }
      return false;
    };
    for (const int band_rows : {1, 6, 100}) {
      const Nearest found = nearest(map, ids, grid, measure, largest, band_rows);
      for (std::size_t i = 0; i < ids.size(); ++i) {
        if (std::isnan(plain[i])) {
          ASSERT_TRUE(std::isnan(found.distances[i]));
          ASSERT_EQ(found.ids[i], 0);
          continue;
        }
        ASSERT_EQ(found.distances[i], plain[i]);
        ASSERT_TRUE(to_each.contains(found.ids[i])) << found.ids[i];
        const double at_least = to_each[found.ids[i]][i];
        ASSERT_NEAR(at_least, plain[i], kNanometre + 1e-9 * plain[i]);
        for (const auto& [id, distances] : to_each) {
          ASSERT_LT(at_least, distances[i] + kNanometre + 1e-9 * plain[i]) << i << ": " << id;
          const bool tie = id < found.ids[i] && distances[i] == at_least;
          ASSERT_FALSE(tie && mirrored(i, id, found.ids[i])) << i;
        }
      }
    }
  }
}

TEST(GeographicNearest, IsTheSmallestIdOfThoseThatTie) {
  std::mt19937 random(3);
  for (const double latitude : {0.0, 38.7, -60.0, 80.0}) {
    for (const double share : {0.02, 0.3}) {
      const CellMap map = reference::random_map(random, 17, 29, share);
      std::vector<std::int64_t> ids(map.cells.size(), 0);
      for (std::size_t i = 0; i < ids.size(); ++i) {
        if (map.cells[i] != 0) ids[i] = (std::int64_t{1} << 52) + static_cast<std::int64_t>(random() % 12);
      }
      const Grid grid{10, latitude + 1e-3, 2e-4, 1e-4, map.cols, map.rows};
      ASSERT_NO_FATAL_FAILURE(check_nearest(map, ids, grid, kNoLimit));
      ASSERT_NO_FATAL_FAILURE(check_nearest(map, ids, grid, 60));
    }
  }
}

// Far more columns than are searched around a cell at first, and the winner in the middle of two that tie.
TEST(GeographicNearest, LooksAlongTheWholeRow) {
  const int cols = 701;
  CellMap map{3, cols, std::vector<std::uint8_t>(static_cast<std::size_t>(3 * cols), 0)};
  std::vector<std::int64_t> ids(map.cells.size(), 0);
  for (const auto& [col, id] : {std::pair{50, 9}, std::pair{350, 4}, std::pair{650, 2}}) {
    map.cells[static_cast<std::size_t>(cols + col)] = 1;
    ids[static_cast<std::size_t>(cols + col)] = id;
  }
  const Grid grid{10, 60, 2e-4, 1e-4, cols, 3};
  const Nearest found = nearest(map, ids, grid, DistanceMeasure::centre, kNoLimit, 2);
  for (int row = 0; row < 3; ++row) {
    for (int col = 0; col < cols; ++col) {
      ASSERT_EQ(found.ids[static_cast<std::size_t>(row * cols + col)], col < 200 ? 9 : col < 500 ? 4 : 2) << col;
    }
  }
}

}  // namespace
}  // namespace urbiome
