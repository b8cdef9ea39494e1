#include "urbiome/kernel/window_sums.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "reference/cell_map.h"
#include "reference/shapes_on_grid.h"
#include "urbiome/kernel/window_statistics.h"

namespace urbiome {
namespace {

using reference::CellMap;

WindowShapes disc(double radius, double dx, double dy, int rows) {
  return {reach_within(
              radius, false, rows, true,
              [=](std::int64_t, std::int32_t down, std::int32_t across) { return std::hypot(down * dy, across * dx); }),
          rows};
}

// Half widths that change from row to row, as on lat/lon grids.
WindowShapes uneven_disc(double radius, int rows) {
  return {reach_within(radius, false, rows, false,
                       [=](std::int64_t row, std::int32_t down, std::int32_t across) {
                         return std::hypot(down, across * (0.7 + 0.02 * static_cast<double>(row % 37)));
                       }),
          rows};
}

// Every cell of every window, one by one.
std::vector<std::int64_t> sums_one_by_one(const std::vector<std::int64_t>& cells, int rows, int cols,
                                          const WindowShapes& shapes) {
  std::vector<std::int64_t> sums;
  WindowShape shape;
  for (int row = 0; row < rows; ++row) {
    shapes.at(row, shape);
    for (int col = 0; col < cols; ++col) {
      std::int64_t sum = 0;
      for (std::int64_t r = std::max<std::int64_t>(shape.first_row, 0);
           r < std::min<std::int64_t>(shape.end_row(), rows); ++r) {
        const std::int64_t half = shape.half_width(r);
        for (std::int64_t c = std::max<std::int64_t>(col - half, 0); c <= std::min<std::int64_t>(col + half, cols - 1);
             ++c) {
          sum += cells[static_cast<std::size_t>(r * cols + c)];
        }
      }
      sums.push_back(sum);
    }
  }
  return sums;
}

template <class Sums>
void expect_sums(const std::vector<std::int64_t>& cells, int rows, int cols, const WindowShapes& shapes, int band_rows,
                 const std::vector<std::int64_t>& expected) {
  Sums sums(shapes, cols);
  for (int first = 0; first < rows; first += band_rows) {
    const std::int64_t end = std::min(first + band_rows, rows);
    const std::int64_t from = std::max<std::int64_t>(0, first - shapes.most_rows());
    const std::int64_t to = std::min<std::int64_t>(rows, end + shapes.most_rows());
    sums.reset(from, to - from);
    for (std::int64_t row = from; row < to; ++row) {
      const auto out = sums.cells(row);
      bool full = true;
      for (int col = 0; col < cols; ++col) {
        const std::int64_t cell = cells[static_cast<std::size_t>(row * cols + col)];
        out[static_cast<std::size_t>(col)] = static_cast<std::remove_reference_t<decltype(out[0])>>(cell);
        full = full && cell == 1;
      }
      if (full) {
        sums.close_full_row(row);
      } else if (row % 2 == 0) {
        sums.close_row(row);
      } else {
        const std::vector<std::remove_reference_t<decltype(out[0])>> elsewhere(out.begin(), out.end());
        std::fill(out.begin(), out.end(), 1);
        sums.close_row(row, elsewhere);
      }
    }
    for (std::int64_t col = 0; col < cols; col += Sums::kStrip) {
      typename Sums::Cursor cursor(sums, col);
      for (std::int64_t row = first; row < end; ++row) {
        auto found = cursor.move_to(row);
        const auto place = static_cast<std::size_t>(row % 2 + 1);
        std::vector<std::remove_const_t<typename decltype(found)::element_type>> written(found.size() + 3, 77);
        if (row % 3 == 0) {
          cursor.move_to(row, written.data() + place);
          ASSERT_TRUE(written[place - 1] == 77 && written[place + found.size()] == 77);
          found = {written.data() + place, found.size()};
        }
        for (std::size_t i = 0; i < found.size(); ++i) {
          const auto at = static_cast<std::size_t>(row * cols + col) + i;
          ASSERT_EQ(static_cast<std::int64_t>(found[i]), expected[at])
              << "row " << row << " column " << col << " + " << i;
        }
      }
    }
  }
}

void check(const CellMap& map, const WindowShapes& shapes) {
  const std::vector<std::int64_t> cells(map.cells.begin(), map.cells.end());
  const auto expected = sums_one_by_one(cells, map.rows, map.cols, shapes);
  for (const int band_rows : {1, 13, 500}) {
    SCOPED_TRACE(testing::Message() << map.rows << " x " << map.cols << ", bands of " << band_rows);
    if (shapes.most_cells() < 65536) {
      ASSERT_NO_FATAL_FAILURE(expect_sums<MarkSums>(cells, map.rows, map.cols, shapes, band_rows, expected));
    }
    ASSERT_NO_FATAL_FAILURE(expect_sums<WideMarkSums>(cells, map.rows, map.cols, shapes, band_rows, expected));
    ASSERT_NO_FATAL_FAILURE(expect_sums<ValueSums>(cells, map.rows, map.cols, shapes, band_rows, expected));
  }
}

TEST(WindowSums, AreTheSumsOfTheirCells) {
  std::mt19937 random(1);
  for (const int cols : {1, 15, 63, 64, 65, 300}) {
    for (const double density : {0.0, 0.02, 0.6, 1.0}) {
      const CellMap map = reference::random_map(random, 20 + cols % 31, cols, density);
      for (const double radius : {0.0, 1.0, 4.7, 30.0, 200.0}) {
        ASSERT_NO_FATAL_FAILURE(check(map, disc(radius, 1, 1, map.rows)));
        ASSERT_NO_FATAL_FAILURE(check(map, disc(radius, 1.5, 0.4, map.rows)));
        ASSERT_NO_FATAL_FAILURE(check(map, uneven_disc(radius, map.rows)));
        const auto side = static_cast<std::int32_t>(radius);
        ASSERT_NO_FATAL_FAILURE(check(map, WindowShapes({{side, side, side}}, map.rows)));
      }
    }
  }
}

TEST(WindowSums, OfSnakesSpiralsAndRings) {
  for (const auto& [name, map] : reference::shapes_on_grid(40, 90)) {
    SCOPED_TRACE(name);
    ASSERT_NO_FATAL_FAILURE(check(map, disc(5.5, 1, 1, map.rows)));
    ASSERT_NO_FATAL_FAILURE(check(map, uneven_disc(7, map.rows)));
  }
}

TEST(WindowSums, OfSquaresThatDifferFromRowToRow) {
  std::mt19937 random(2);
  const CellMap map = reference::random_map(random, 60, 333, 0.5);
  std::vector<WindowSides> sides;
  for (int row = 0; row < map.rows; ++row) {
    sides.push_back({row % 7, (row * 5) % 9, static_cast<std::int32_t>(random() % 300)});
  }
  check(map, WindowShapes(sides, map.rows));
}

TEST(WindowSums, OfFullRowsBetweenOthers) {
  CellMap map{80, 70, std::vector<std::uint8_t>(5600, 1)};
  map.cells[40 * 70 + 3] = 0;
  map.cells[79 * 70 + 69] = 0;
  check(map, disc(6, 1, 1, map.rows));
  check(map, uneven_disc(6, map.rows));
}

// Windows of more cells than 2^8 and 2^16 across several strips.
TEST(WindowSums, HoldLargeWindows) {
  std::mt19937 random(3);
  const CellMap map = reference::random_map(random, 7, 9000, 0.9);
  check(map, WindowShapes({{3, 3, 5000}}, map.rows));
  check(map, disc(700, 1, 1, map.rows));
}

TEST(WindowSums, OfValuesDoNotDrift) {
  std::mt19937_64 random(4);
  constexpr int kRows = 90, kCols = 150;
  std::vector<std::int64_t> cells(kRows * kCols);
  for (std::int64_t& cell : cells) cell = static_cast<std::int64_t>(random() >> 12) - (std::int64_t{1} << 51);
  const WindowShapes shapes = disc(9.3, 1, 1, kRows);
  expect_sums<ValueSums>(cells, kRows, kCols, shapes, 16, sums_one_by_one(cells, kRows, kCols, shapes));
}

TEST(WindowStatistics, ShareDiversityAndMajority) {
  const std::vector<std::uint16_t> members{0, 1, 3, 0, 7, 9, 2, 5, 60000}, known{0, 3, 3, 5, 9, 9, 8, 7, 65535};
  std::vector<double> wide(9);
  std::vector<float> narrow(9);
  shares(members, known, wide);
  shares(members, known, std::span<float>(narrow));
  EXPECT_TRUE(std::isnan(wide[0]) && std::isnan(narrow[0]));
  for (std::size_t i = 1; i < 9; ++i) {
    EXPECT_EQ(wide[i], static_cast<double>(members[i]) / known[i]);
    EXPECT_EQ(narrow[i], static_cast<float>(members[i]) / static_cast<float>(known[i]));
  }

  Diversity diversity(4, 100000);
  Majority majority(4);
  const std::vector<std::vector<std::uint32_t>> counts{{4, 0, 0, 70000}, {4, 9, 0, 30000}, {8, 0, 0, 0}};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    diversity.add(0, counts[i]);
    majority.add(10.0 * static_cast<double>(i + 1), 0, counts[i]);
  }
  std::vector<double> h(4), code(4);
  diversity.finish(h);
  majority.finish(code);
  EXPECT_NEAR(h[0], 1.5 * std::log(2.0), 1e-15);
  EXPECT_EQ(h[1], 0);
  EXPECT_TRUE(std::isnan(h[2]) && std::isnan(code[2]));
  EXPECT_NEAR(h[3], -0.7 * std::log(0.7) - 0.3 * std::log(0.3), 1e-14);
  EXPECT_EQ(code[0], 30);
  EXPECT_EQ(code[1], 20);
  EXPECT_EQ(code[3], 10);
}

}  // namespace
}  // namespace urbiome
