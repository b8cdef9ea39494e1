#include "urbiome/kernel/nearest.h"

#include <gtest/gtest.h>

#include <random>

#include "reference/cell_map.h"
#include "reference/shapes_on_grid.h"

namespace urbiome {
namespace {

struct Nearest {
  std::vector<double> distances;
  std::vector<std::int64_t> ids;
};

Nearest measured(const std::vector<std::int64_t>& ids, int rows, int cols, const DistanceKeys& keys, int band_rows) {
  const std::int64_t bands = (rows + band_rows - 1) / band_rows;
  const auto part = [&](std::int64_t band, auto& cells) {
    const auto first = static_cast<std::size_t>(band * band_rows * cols);
    return std::span(cells.data() + first, std::min(static_cast<std::size_t>(band_rows * cols), cells.size() - first));
  };
  std::vector<ColumnEnds> ends;
  for (std::int64_t band = 0; band < bands; ++band) ends.push_back(ends_of(cols, band * band_rows, part(band, ids)));
  const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
  Nearest result{std::vector<double>(ids.size()), std::vector<std::int64_t>(ids.size())};
  NearestBand work(keys, cols, rows);
  for (std::int64_t band = 0; band < bands; ++band) {
    work.measure(beyond[static_cast<std::size_t>(band)], band * band_rows, part(band, ids),
                 part(band, result.distances), part(band, result.ids));
  }
  return result;
}

// Every cell with every member; keys are whole numbers, so ties are ties.
Nearest one_by_one(const std::vector<std::int64_t>& ids, int rows, int cols, const DistanceKeys& keys) {
  Nearest result;
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      double least = kNoLimit;
      std::int64_t id = 0;
      for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < cols; ++c) {
          const std::int64_t other = ids[static_cast<std::size_t>(r * cols + c)];
          if (other == 0) continue;
          const double key = keys.across(std::abs(c - col)) + keys.down(std::abs(r - row));
          if (key > keys.largest() || key > least) continue;
          id = key < least ? other : std::min(id, other);
          least = key;
        }
      }
      result.distances.push_back(least < kNoLimit ? keys.distance(least) : std::numeric_limits<double>::quiet_NaN());
      result.ids.push_back(id);
    }
  }
  return result;
}

void check(const std::vector<std::int64_t>& ids, int rows, int cols) {
  for (const DistanceMeasure measure : {DistanceMeasure::centre, DistanceMeasure::edge}) {
    for (const double largest : {kNoLimit, 40.0}) {
      for (const double dy : {10.0, 15.0, 10.0173}) {
        const DistanceKeys keys(10, dy, measure, largest);
        const Nearest expected = one_by_one(ids, rows, cols, keys);
        for (const int band_rows : {1, 6, 100}) {
          const Nearest found = measured(ids, rows, cols, keys, band_rows);
          for (std::size_t i = 0; i < ids.size(); ++i) {
            ASSERT_EQ(found.ids[i], expected.ids[i]) << rows << " x " << cols << ", cell " << i << ", dy " << dy;
            if (expected.ids[i] == 0)
              ASSERT_TRUE(std::isnan(found.distances[i]));
            else
              ASSERT_EQ(found.distances[i], expected.distances[i]) << i;
          }
        }
      }
    }
  }
}

TEST(Nearest, IsTheSmallestIdOfThoseThatTie) {
  std::mt19937 random(1);
  for (const int cols : {1, 2, 63, 65, 150}) {
    for (const int share : {2, 20, 400}) {
      for (const std::int64_t most : {std::int64_t{3}, std::int64_t{100000}, std::int64_t{1} << 50}) {
        const int rows = 10 + cols % 17;
        std::vector<std::int64_t> ids;
        std::uniform_int_distribution<std::int64_t> id(1, most);
        for (int i = 0; i < rows * cols; ++i) ids.push_back(random() % share == 0 ? id(random) : 0);
        ASSERT_NO_FATAL_FAILURE(check(ids, rows, cols));
      }
    }
  }
}

// Ties everywhere: members on circles, on a lattice and along lines.
TEST(Nearest, OfRegularShapes) {
  for (const auto& [name, map] : reference::shapes_on_grid(15, 70)) {
    SCOPED_TRACE(name);
    std::vector<std::int64_t> ids(map.cells.begin(), map.cells.end());
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] *= 1 + static_cast<std::int64_t>(i * 7919 % 101);
    ASSERT_NO_FATAL_FAILURE(check(ids, map.rows, map.cols));
  }
  std::vector<std::int64_t> circle(41 * 41, 0);
  for (int row = 0; row < 41; ++row) {
    for (int col = 0; col < 41; ++col) {
      const int squared = (row - 20) * (row - 20) + (col - 20) * (col - 20);
      if (squared == 325) circle[static_cast<std::size_t>(row * 41 + col)] = 1000 - row * 41 - col + 700;
    }
  }
  check(circle, 41, 41);
}

}  // namespace
}  // namespace urbiome
