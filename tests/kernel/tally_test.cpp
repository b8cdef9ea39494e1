#include "urbiome/kernel/tally.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "kernel/shapes.h"
#include "reference/cell_map.h"

namespace urbiome {
namespace {

using reference::CellMap;

CellAreas constant_areas(std::int64_t rows, bool same_for_all_rows) {
  std::vector<CellAreas::Segment> segments;
  for (std::int64_t row = 0; row < rows; ++row) {
    segments.push_back({0, kOne - (same_for_all_rows ? 0 : row / 3 * 12345), 0, 0, 0});
  }
  return {rows, 1, 1, 1.0 / static_cast<double>(kOne), segments};
}

// Cells of many sizes: cubics in segments of 8 columns.
CellAreas varying_areas(std::int64_t rows, std::int64_t cols) {
  std::vector<CellAreas::Segment> segments;
  const std::int64_t per_row = (cols + 7) / 8;
  for (std::int64_t row = 0; row < rows; ++row) {
    std::int64_t before = 0;
    for (std::int64_t i = 0; i < per_row; ++i) {
      const CellAreas::Segment s{before, kOne - 1000 * row - 777 * i, 5 << 20, -3 << 19, 12345};
      segments.push_back(s);
      before = CellAreas(1, 1, 8, 1, {s}).before(0, 8);
    }
  }
  return {rows, per_row, 8, 1.0 / static_cast<double>(kOne), segments};
}

struct Sums {
  std::vector<Int128> area, share;
  bool operator==(const Sums&) const = default;
};

Sums sums_of(const ClassTally& tally, std::size_t regions) {
  Sums sums;
  for (std::size_t i = 0; i < regions; ++i) {
    for (std::size_t c = 0; c < tally.classes(); ++c) {
      sums.area.push_back(tally.area(i, c));
      sums.share.push_back(tally.share(i, c));
    }
  }
  return sums;
}

// Cell by cell.
Sums slow_sums(const CellMap& map, std::span<const Coverage> regions, const CellAreas& areas, std::size_t classes) {
  Sums sums{std::vector<Int128>(regions.size() * classes, 0), std::vector<Int128>(regions.size() * classes, 0)};
  for (std::size_t i = 0; i < regions.size(); ++i) {
    for (int row = 0; row < map.rows; ++row) {
      for (int col = 0; col < map.cols; ++col) {
        std::int64_t share = 0;
        for (const CellSpan& span : regions[i].spans_of(row)) share += span.begin <= col && col < span.end ? kOne : 0;
        for (const PartialCell& cell : regions[i].partials_of(row)) share += cell.col == col ? cell.share : 0;
        const std::size_t at = i * classes + map.at(row, col);
        sums.share[at] += share;
        sums.area[at] += (static_cast<Int128>(areas.cell(row, col)) * share + kOne / 2) / kOne;
      }
    }
  }
  return sums;
}

std::vector<ClassIndex> cut(const CellMap& map, const Window& window) {
  std::vector<ClassIndex> cells;
  for (std::int64_t row = window.row; row < window.row_end(); ++row) {
    const auto line = map.row(static_cast<int>(row));
    cells.insert(cells.end(), line.begin() + window.col, line.begin() + window.col_end());
  }
  return cells;
}

std::vector<Coverage> some_regions(std::mt19937& random, const Grid& grid) {
  std::vector<Coverage> regions{cover_window(whole(grid)), Coverage{}, cover_window({3, 4, 5, 1})};
  std::uniform_real_distribution<double> x(0, static_cast<double>(grid.width)), size(0.3, 40);
  for (int i = 0; i < 12; ++i) {
    const MultiPolygon star = shapes::random_star(random, {x(random), x(random) / 2}, size(random), 9, i % 2);
    regions.push_back(i % 3 ? cover_exactly(star, grid) : cover_centres(star, grid));
  }
  return regions;
}

constexpr std::size_t kClasses = 5;

TEST(Tally, AgreesWithACellByCellSum) {
  std::mt19937 random(13);
  const Grid grid{0, 45, 1, 1, 83, 45};
  const std::vector<Coverage> regions = some_regions(random, grid);
  for (const int mean_run : {1, 5, 60}) {
    const CellMap map = reference::patchy_map(random, 45, 83, kClasses, mean_run);
    for (const CellAreas& areas : {constant_areas(45, true), constant_areas(45, false), varying_areas(45, 83)}) {
      ClassTally tally(regions.size(), kClasses);
      tally.consume(whole(grid), map.cells, regions, areas);
      EXPECT_TRUE(sums_of(tally, regions.size()) == slow_sums(map, regions, areas, kClasses)) << mean_run;
    }
  }
}

TEST(Tally, CountsByHand) {
  const CellMap map{2, 3, {0, 1, 1, 2, 1, 0}};
  Coverage region;
  const CellSpan span{0, 2};
  const PartialCell quarter{2, kOne / 4};
  region.append_row({&span, 1}, {&quarter, 1});
  ClassTally tally(1, 3);
  tally.consume({0, 0, 2, 3}, map.cells, {&region, 1}, constant_areas(2, true));
  EXPECT_TRUE(tally.share(0, 0) == kOne);
  EXPECT_TRUE(tally.share(0, 1) == kOne + kOne / 4);
  EXPECT_TRUE(tally.share(0, 2) == 0);
  EXPECT_TRUE(tally.area(0, 1) == kOne + kOne / 4);
}

TEST(Tally, OfTilesInAnyOrderEqualsTheWhole) {
  std::mt19937 random(14);
  const Grid grid{0, 45, 1, 1, 83, 45};
  const std::vector<Coverage> regions = some_regions(random, grid);
  const CellMap map = reference::patchy_map(random, 45, 83, kClasses, 6);
  for (const CellAreas& areas : {constant_areas(45, false), varying_areas(45, 83)}) {
    ClassTally whole_tally(regions.size(), kClasses);
    whole_tally.consume(whole(grid), map.cells, regions, areas);
    const Sums expected = sums_of(whole_tally, regions.size());
    for (int trial = 0; trial < 20; ++trial) {
      const auto height = 1 + static_cast<std::int64_t>(random() % 46);
      const auto width = 1 + static_cast<std::int64_t>(random() % 84);
      std::vector<Window> tiles;
      for (std::int64_t row = 0; row < 45; row += height) {
        for (std::int64_t col = 0; col < 83; col += width) {
          tiles.push_back(intersection({row, col, height, width}, whole(grid)));
        }
      }
      std::shuffle(tiles.begin(), tiles.end(), random);
      ClassTally parts[2] = {{regions.size(), kClasses}, {regions.size(), kClasses}};
      for (std::size_t i = 0; i < tiles.size(); ++i) parts[i % 2].consume(tiles[i], cut(map, tiles[i]), regions, areas);
      parts[0].merge(parts[1]);
      ASSERT_TRUE(sums_of(parts[0], regions.size()) == expected) << height << ' ' << width;
    }
  }
}

TEST(Tally, OfRegionsThatTileEqualsTheWhole) {
  std::mt19937 random(15);
  const Grid grid{0, 45, 1, 1, 83, 45};
  const CellMap map = reference::patchy_map(random, 45, 83, kClasses, 6);
  std::vector<Coverage> regions{cover_window(whole(grid))};
  for (const MultiPolygon& triangle : shapes::mesh(random, {-50, -50, 120, 90}, 9, 0)) {
    regions.push_back(cover_exactly(triangle, grid));
  }
  ClassTally tally(regions.size(), kClasses);
  tally.consume(whole(grid), map.cells, regions, varying_areas(45, 83));
  for (std::size_t c = 0; c < kClasses; ++c) {
    Int128 area = 0;
    for (std::size_t i = 1; i < regions.size(); ++i) area += tally.area(i, c);
    EXPECT_NEAR(from_fixed(area), from_fixed(tally.area(0, c)), 1e-8);
  }
}

TEST(Tally, LeavesOutClassesBeyondItsOwn) {
  const CellMap map{1, 9, {200, 200, 0, 1, 200, 200, 200, 200, 1}};
  const Coverage region = cover_window({0, 0, 1, 9});
  for (const CellAreas& areas : {constant_areas(1, true), varying_areas(1, 9)}) {
    ClassTally tally(1, 2);
    tally.consume({0, 0, 1, 9}, map.cells, {&region, 1}, areas);
    EXPECT_TRUE(tally.share(0, 0) == kOne);
    EXPECT_TRUE(tally.share(0, 1) == 2 * kOne);
  }
}

}  // namespace
}  // namespace urbiome
