// The hard maps are what their names say: tests of passes over tiles lean on them.
#include "reference/shapes_on_grid.h"

#include <gtest/gtest.h>

#include <set>

namespace urbiome::reference {
namespace {

int patches(const CellMap& map, bool corners) {
  const auto labels =
      flood_filled(map, 1, 1, 1, [&](int, int down, int across) { return corners || down + across < 2; });
  return *std::max_element(labels.begin(), labels.end());
}

int cells(const CellMap& map) { return static_cast<int>(std::count(map.cells.begin(), map.cells.end(), 1)); }

TEST(ShapesOnGrid, SnakesAndSpiralsAreOnePatchWithoutShortCuts) {
  for (const auto& [rows, cols] : {std::pair{1, 1}, {1, 9}, {2, 2}, {7, 5}, {64, 65}, {129, 63}}) {
    for (const CellMap& map : {snake(rows, cols), spiral(rows, cols)}) {
      EXPECT_EQ(patches(map, false), 1) << rows << " x " << cols;
      EXPECT_GE(2 * cells(map), rows * cols) << rows << " x " << cols;
      int joins = 0;
      for (int row = 0; row < rows; ++row) {
        for (int col = 0; col < cols; ++col) {
          joins += map.at(row, col) && row + 1 < rows && map.at(row + 1, col);
          joins += map.at(row, col) && col + 1 < cols && map.at(row, col + 1);
        }
      }
      EXPECT_EQ(joins, cells(map) - 1) << "a line without a loop, " << rows << " x " << cols;
    }
  }
}

TEST(ShapesOnGrid, CombRingsAndBoardHaveTheirNumberOfPatches) {
  EXPECT_EQ(patches(comb(40, 33), false), 1);
  EXPECT_EQ(patches(nested_rings(21, 30), true), 6);
  const CellMap board = drawn_map(8, 9, [](int row, int col) { return (row + col) % 2 == 0; });
  EXPECT_EQ(patches(board, false), 36);
  EXPECT_EQ(patches(board, true), 1);
}

TEST(ShapesOnGrid, SameForTheSameSeedAndAllOfTheAskedSize) {
  for (const auto& [rows, cols] : {std::pair{1, 1}, {1, 65}, {63, 1}, {64, 64}, {100, 31}}) {
    const auto first = shapes_on_grid(rows, cols, 7), again = shapes_on_grid(rows, cols, 7);
    std::set<std::string> names;
    for (std::size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(first[i].map.rows, rows) << first[i].name;
      EXPECT_EQ(first[i].map.cols, cols) << first[i].name;
      EXPECT_EQ(first[i].map.cells.size(), static_cast<std::size_t>(rows * cols)) << first[i].name;
      EXPECT_EQ(first[i].map.cells, again[i].map.cells) << first[i].name;
      names.insert(first[i].name);
    }
    EXPECT_EQ(names.size(), first.size());
  }
  const auto one = shapes_on_grid(64, 64, 1), other = shapes_on_grid(64, 64, 2);
  EXPECT_NE(one.back().map.cells, other.back().map.cells);
}

}  // namespace
}  // namespace urbiome::reference
