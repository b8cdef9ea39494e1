#include "urbiome/kernel/coverage.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "kernel/shapes.h"
#include "reference/polygon_reference.h"

namespace urbiome {
namespace {

using shapes::box;

Grid grid_of(std::int64_t rows, std::int64_t cols, double cell = 1, double x0 = 0, double ymin = 0) {
  return {x0, ymin + cell * static_cast<double>(rows), cell, cell, cols, rows};
}

// The shares of all cells, after checks of the promises about rows, spans and partial cells.
std::vector<std::int64_t> shares_of(const Coverage& coverage, const Grid& grid) {
  std::vector<std::int64_t> shares(static_cast<std::size_t>(grid.cells()), 0);
  EXPECT_EQ(coverage.span_offsets.size(), coverage.partial_offsets.size());
  if (!coverage.empty()) {
    EXPECT_GE(coverage.first_row, 0);
    EXPECT_LE(coverage.row_end(), grid.height);
  }
  for (std::int64_t row = 0; row < grid.height; ++row) {
    std::int32_t free = -1;
    for (const CellSpan& span : coverage.spans_of(row)) {
      EXPECT_GT(span.begin, free) << "spans of a row must not touch";
      EXPECT_LT(span.begin, span.end);
      EXPECT_LE(span.end, grid.width);
      EXPECT_GE(span.begin, coverage.col_begin);
      EXPECT_LE(span.end, coverage.col_end);
      free = span.end;
      for (std::int32_t col = span.begin; col < span.end; ++col) {
        shares[static_cast<std::size_t>(row * grid.width + col)] += kOne;
      }
    }
    std::int32_t last = -1;
    for (const PartialCell& cell : coverage.partials_of(row)) {
      EXPECT_GT(cell.col, last);
      EXPECT_LT(cell.col, grid.width);
      EXPECT_GT(cell.share, 0);
      EXPECT_LT(cell.share, kOne);
      EXPECT_GE(cell.col, coverage.col_begin);
      EXPECT_LT(cell.col, coverage.col_end);
      last = cell.col;
      shares[static_cast<std::size_t>(row * grid.width + cell.col)] += cell.share;
    }
  }
  for (const std::int64_t share : shares) EXPECT_LE(share, kOne);
  return shares;
}

std::vector<double> exact_shares(const MultiPolygon& shape, const Grid& grid) {
  std::vector<double> shares;
  for (const std::int64_t share : shares_of(cover_exactly(shape, grid), grid)) shares.push_back(from_fixed(share));
  return shares;
}

TEST(Coverage, CountsAHalfOffsetBox) {
  EXPECT_EQ(exact_shares(box(0.5, 0.5, 2.5, 2.5), grid_of(3, 3)),
            (std::vector<double>{0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25}));
}

TEST(Coverage, FindsTheWholeGridUnderAMuchLargerPolygon) {
  const Coverage coverage = cover_exactly(box(-1e7, -1e6, 3e7, 2e6), grid_of(4, 6));
  EXPECT_EQ(coverage.rows(), 4);
  EXPECT_TRUE(coverage.partials.empty());
  ASSERT_EQ(coverage.spans.size(), 4U);
  EXPECT_EQ(coverage.spans[2].begin, 0);
  EXPECT_EQ(coverage.spans[2].end, 6);
}

TEST(Coverage, KeepsTheWindingOfPartsOutside) {
  const Grid grid = grid_of(3, 3);
  EXPECT_EQ(exact_shares(box(-2, 1, 1.5, 9), grid), (std::vector<double>{1, 0.5, 0, 1, 0.5, 0, 0, 0, 0}));
  EXPECT_EQ(exact_shares(box(1.5, -4, 9, 2), grid), (std::vector<double>{0, 0, 0, 0, 0.5, 1, 0, 0.5, 1}));
  for (const MultiPolygon& off : {box(-9, 0, -1, 3), box(4, 0, 5, 3), box(0, 4, 3, 9), box(0, -5, 3, -1)}) {
    EXPECT_TRUE(cover_exactly(off, grid).empty());
    EXPECT_TRUE(cover_centres(off, grid).empty());
    EXPECT_EQ(cover_exactly(off, grid).rows(), 0);
  }
}

TEST(Coverage, FindsTinyPolygonsInsideACell) {
  const MultiPolygon triangle{{{{{1.25, 1.25}, {1.375, 1.25}, {1.25, 1.5}, {1.25, 1.25}}, {}}}};
  const Coverage coverage = cover_exactly(triangle, grid_of(3, 3));
  ASSERT_EQ(coverage.partials.size(), 1U);
  EXPECT_EQ(coverage.first_row, 1);
  EXPECT_EQ(coverage.partials[0].col, 1);
  EXPECT_EQ(coverage.partials[0].share, kOne / 64);
  EXPECT_TRUE(cover_centres(triangle, grid_of(3, 3)).empty());
}

TEST(Coverage, TakesCornersAndSidesOnCellLinesAsTheyAre) {
  // A diamond through cell corners: half cells only, no spurious neighbours.
  const MultiPolygon diamond{{{{{2, 0}, {4, 2}, {2, 4}, {0, 2}, {2, 0}}, {}}}};
  const Coverage coverage = cover_exactly(diamond, grid_of(4, 4));
  EXPECT_EQ(coverage.partials.size(), 8U);
  for (const PartialCell& cell : coverage.partials) EXPECT_EQ(cell.share, kOne / 2);
  EXPECT_EQ(coverage.spans.size(), 2U);
  // Cell sides in decimal coordinates: full cells only.
  const Grid tenths{600000.1, 5200000.7, 0.1, 0.1, 50, 50};
  const Coverage whole_cells = cover_exactly(box(600000.3, 5199996.9, 600002.4, 5200000.2), tenths);
  EXPECT_TRUE(whole_cells.partials.empty());
  EXPECT_EQ(whole_cells.first_row, 5);
  EXPECT_EQ(whole_cells.rows(), 33);
  EXPECT_EQ(whole_cells.spans[0].begin, 2);
  EXPECT_EQ(whole_cells.spans[0].end, 23);
}

TEST(Coverage, IgnoresDegenerateRings) {
  const MultiPolygon there_and_back{{{{{0, 0}, {3, 3}, {0, 0}}, {}}}};
  EXPECT_TRUE(cover_exactly(there_and_back, grid_of(3, 3)).empty());
  const MultiPolygon empty_ring{{{{}, {}}}};
  EXPECT_TRUE(cover_exactly(empty_ring, grid_of(3, 3)).empty());
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, inf, -inf}) {
    const MultiPolygon broken{{{{{0, 0}, {3, 0}, {3, bad}, {0, 0}}, {}}}};
    EXPECT_TRUE(cover_exactly(broken, grid_of(3, 3)).empty());
    EXPECT_TRUE(cover_centres(broken, grid_of(3, 3)).empty());
  }
  EXPECT_FALSE(cover_exactly(box(-1e300, -1e300, 1e300, 1e300), grid_of(3, 3)).empty());
  cover_exactly(box(-1.7e308, -1.7e308, 1.7e308, 1.7e308), grid_of(3, 3));
  cover_centres(box(-1.7e308, -1.7e308, 1.7e308, 1.7e308), grid_of(3, 3));
}

TEST(Coverage, ComesThroughHostileCoordinates) {
  std::mt19937 random(16);
  const std::vector<double> values{0,       -0.0,    0.5,     1,      1.5,    2.9999999999999996,
                                   3,       5e-324,  -5e-324, 1e-300, -1e-17, 7.25,
                                   -3,      1e9,     -1e9,    2.2e18, 1e100,  -1e300,
                                   1.7e308, -1.7e308};
  for (const Grid& grid : {grid_of(3, 3), Grid{1e8, -1e8, 1e-9, 1e-9, 3, 3}, Grid{0, 3, 1e300, 1e-300, 3, 3}}) {
    for (int trial = 0; trial < 20000; ++trial) {
      Polygon polygon;
      for (Ring* ring : {&polygon.shell, trial % 2 ? &polygon.shell : &polygon.holes.emplace_back()}) {
        for (std::size_t i = 0; i < 2 + random() % 5; ++i) {
          ring->push_back({values[random() % values.size()], values[random() % values.size()]});
        }
        ring->push_back(ring->front());
      }
      shares_of(cover_exactly({{polygon}}, grid), grid);  // valid or not, its promises hold
      shares_of(cover_centres({{polygon}}, grid), grid);
    }
  }
}

TEST(Coverage, SubtractsHolesOfAnyOrientation) {
  MultiPolygon shape = box(0, 0, 4, 4);
  shape.polygons[0].holes = {shapes::box_ring(1, 1, 2.5, 3)};
  const std::vector<double> expected{1, 1, 1, 1, 1, 0, 0.5, 1, 1, 0, 0.5, 1, 1, 1, 1, 1};
  EXPECT_EQ(exact_shares(shape, grid_of(4, 4)), expected);
  std::reverse(shape.polygons[0].holes[0].begin(), shape.polygons[0].holes[0].end());
  EXPECT_EQ(exact_shares(shape, grid_of(4, 4)), expected);
  std::reverse(shape.polygons[0].shell.begin(), shape.polygons[0].shell.end());
  EXPECT_EQ(exact_shares(shape, grid_of(4, 4)), expected);
}

TEST(Coverage, AgreesWithExactClippingAndWithSamples) {
  std::mt19937 random(1);
  const Grid grid{100, 220, 2.5, 4, 17, 13};
  std::uniform_real_distribution<double> x(85, 155), y(155, 235), size(0.5, 70);
  for (int trial = 0; trial < 150; ++trial) {
    const int corners = 3 + static_cast<int>(random() % 40);
    const MultiPolygon star = shapes::random_star(random, {x(random), y(random)}, size(random), corners, trial % 2);
    const std::vector<double> shares = exact_shares(star, grid);
    for (std::int64_t row = 0; row < grid.height; ++row) {
      for (std::int64_t col = 0; col < grid.width; ++col) {
        const double share = shares[static_cast<std::size_t>(row * grid.width + col)];
        ASSERT_NEAR(share, reference::covered_share(star, grid, row, col), 1e-10) << trial << ' ' << row << ' ' << col;
        if (trial % 30 != 0) continue;
        int hits = 0;
        for (int i = 0; i < 64 * 64; ++i) {
          const double c = static_cast<double>(col) + (i % 64 + 0.5) / 64;
          const double r = static_cast<double>(row) + (i / 64 + 0.5) / 64;
          hits += reference::contains(star, {grid.x_of(c), grid.y_of(r)});
        }
        // An edge passes at most 2 x 64 of the 64 x 64 samples' squares.
        ASSERT_NEAR(share, hits / 4096.0, 0.06) << trial << ' ' << row << ' ' << col;
      }
    }
  }
}

TEST(Coverage, MeasuresSlivers) {
  // 1e-6 of a cell wide, 1000 cells long, crossing many columns and rows.
  const MultiPolygon sliver{{{{{0.5, 0.5}, {1000.5, 300.25}, {1000.5, 300.250001}, {0.5, 0.5}}, {}}}};
  const Grid grid = grid_of(400, 1100);
  double sum = 0;
  for (const double share : exact_shares(sliver, grid)) sum += share;
  EXPECT_NEAR(sum, 1000 * 0.000001 / 2, 2e-9);
}

TEST(Coverage, HoldsMoreCrossingsThanCells) {
  // Over a million crossings, so that steps are gathered per cell on the way.
  std::mt19937 random(18);
  const MultiPolygon star = shapes::random_star(random, {100, 100}, 99, 40001, true);
  const Grid grid = grid_of(200, 200);
  double sum = 0;
  for (const double share : exact_shares(star, grid)) sum += share;
  const Polygon& polygon = star.polygons[0];
  EXPECT_NEAR(sum, reference::ring_area(polygon.shell) - reference::ring_area(polygon.holes[0]), 1e-6);
}

TEST(Coverage, OfTilingPolygonsSumsToOne) {
  std::mt19937 random(2);
  const Grid grid{-3.7, 12.1, 0.1, 0.3, 61, 37};
  for (int trial = 0; trial < 12; ++trial) {
    const Box around{-30, -30, 40, 50};
    std::vector<std::int64_t> sums(static_cast<std::size_t>(grid.cells()), 0);
    for (const MultiPolygon& triangle : shapes::mesh(random, around, 1 + trial * 5, trial % 2 ? 0.05 : 0)) {
      const std::vector<std::int64_t> shares = shares_of(cover_exactly(triangle, grid), grid);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += shares[i];
    }
    for (const std::int64_t sum : sums) ASSERT_NEAR(static_cast<double>(sum - kOne), 0, 4) << trial;
  }
}

TEST(Coverage, PutsEachCentreInOneOfTilingPolygons) {
  std::mt19937 random(3);
  const Grid grid = grid_of(40, 50);
  for (int trial = 0; trial < 12; ++trial) {
    std::vector<std::int64_t> sums(static_cast<std::size_t>(grid.cells()), 0);
    for (const MultiPolygon& triangle : shapes::mesh(random, {-20, -20, 70, 60}, 2 + trial, trial % 2 ? 0.5 : 0)) {
      const Coverage centres = cover_centres(triangle, grid);
      EXPECT_TRUE(centres.partials.empty());
      const std::vector<std::int64_t> shares = shares_of(centres, grid);
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += shares[i];
        const auto row = static_cast<double>(i / 50), col = static_cast<double>(i % 50);
        ASSERT_EQ(shares[i] == kOne, reference::contains(triangle, {grid.x_of(col + 0.5), grid.y_of(row + 0.5)}))
            << trial << ' ' << row << ' ' << col;
      }
    }
    for (const std::int64_t sum : sums) ASSERT_EQ(sum, kOne) << trial;
  }
}

TEST(Coverage, CountsCentresOnLeftAndLowerSidesOnly) {
  const Grid grid = grid_of(3, 3);
  // Sides pass through centres: columns 0 (in) to 2 (out), lower row in, upper row out.
  EXPECT_EQ(shares_of(cover_centres(box(0.5, 0.5, 2.5, 2.5), grid), grid),
            (std::vector<std::int64_t>{0, 0, 0, kOne, kOne, 0, kOne, kOne, 0}));
  // Overlapping parts count once.
  MultiPolygon twice = box(0, 0, 2, 2);
  twice.polygons.push_back(box(1, 1, 3, 3).polygons[0]);
  EXPECT_EQ(cover_centres(twice, grid).spans.size(), 3U);
  EXPECT_EQ(shares_of(cover_centres(twice, grid), grid),
            (std::vector<std::int64_t>{0, kOne, kOne, kOne, kOne, kOne, kOne, kOne, 0}));
}

TEST(Coverage, MultipliesCellByCell) {
  std::mt19937 random(4);
  const Grid grid = grid_of(30, 30);
  for (int trial = 0; trial < 40; ++trial) {
    const Coverage a = cover_exactly(shapes::random_star(random, {12, 14}, 14, 9, trial % 2), grid);
    const Coverage b = cover_exactly(shapes::random_star(random, {17, 16}, 12, 11, trial % 3 == 0), grid);
    const std::vector<std::int64_t> one = shares_of(a, grid), other = shares_of(b, grid);
    const std::vector<std::int64_t> both = shares_of(product(a, b), grid);
    for (std::size_t i = 0; i < both.size(); ++i) {
      const double expected = from_fixed(one[i]) * from_fixed(other[i]);
      ASSERT_NEAR(from_fixed(both[i]), expected, 2e-12);
      if (one[i] == kOne) {
        ASSERT_EQ(both[i], other[i]);
      }
      if (other[i] == kOne) {
        ASSERT_EQ(both[i], one[i]);
      }
    }
  }
  EXPECT_TRUE(product(Coverage{}, cover_window({0, 0, 3, 3})).empty());
}

TEST(Coverage, OfAWindowIsTheWindow) {
  const Coverage coverage = cover_window({2, 3, 4, 5});
  EXPECT_EQ(coverage.first_row, 2);
  EXPECT_EQ(coverage.rows(), 4);
  EXPECT_EQ(coverage.spans_of(5).front().begin, 3);
  EXPECT_EQ(coverage.spans_of(5).front().end, 8);
  EXPECT_TRUE(coverage.spans_of(6).empty());
  EXPECT_TRUE(cover_window({2, 3, 0, 5}).empty());
  EXPECT_GT(coverage.bytes(), 0);
}

}  // namespace
}  // namespace urbiome
