#include "urbiome/raster/grid.h"

#include <gtest/gtest.h>

namespace urbiome {
namespace {

TEST(Grid, RunsEastAndSouthFromItsCorner) {
  const Grid grid{600000, 5200000, 10, 20, 300, 200};
  EXPECT_EQ(grid.x_of(0.5), 600005);
  EXPECT_EQ(grid.y_of(0.5), 5199990);
  EXPECT_EQ(grid.col_of(600025), 2.5);
  EXPECT_EQ(grid.row_of(5199950), 2.5);
  EXPECT_EQ(grid.cells(), 60000);
  EXPECT_EQ(whole(grid), (Window{0, 0, 200, 300}));
}

TEST(Grid, CutAndGrownKeepsItsCellsInPlace) {
  const Grid grid{100, 50, 2, 5, 10, 8};
  const Grid cut = sub_grid(grid, {2, 3, 4, 5});
  EXPECT_EQ(cut, (Grid{106, 40, 2, 5, 5, 4}));
  EXPECT_EQ(sub_grid(cut, {-2, -3, 8, 10}), grid);
}

TEST(Window, IntersectsWithAnother) {
  const Window a{2, 3, 4, 5};
  EXPECT_EQ(a.cells(), 20);
  EXPECT_EQ(a.row_end(), 6);
  EXPECT_EQ(a.col_end(), 8);
  EXPECT_EQ(intersection(a, {0, 0, 4, 4}), (Window{2, 3, 2, 1}));
  EXPECT_EQ(intersection(a, {-5, -5, 100, 100}), a);
  EXPECT_TRUE(intersection(a, {6, 3, 4, 5}).empty());
  EXPECT_TRUE(intersection(a, {20, 30, 1, 1}).empty());
  EXPECT_GE(intersection(a, {20, 30, 1, 1}).rows, 0);
}

}  // namespace
}  // namespace urbiome
