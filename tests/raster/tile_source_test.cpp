#include "urbiome/raster/tile_source.h"

#include <gtest/gtest.h>

namespace urbiome {
namespace {

std::shared_ptr<TileSource> three_by_four() {
  const Grid grid{0, 3, 1, 1, 4, 3};
  return memory_source(grid, std::vector<LegendClass>(13), 12, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

std::vector<ClassIndex> read(const TileSource& source, const Window& window) {
  std::vector<ClassIndex> cells(static_cast<std::size_t>(window.cells()), 99);
  source.open()->read(window, cells);
  return cells;
}

TEST(TileSource, InMemoryGivesItsWindows) {
  const auto source = three_by_four();
  EXPECT_EQ(read(*source, whole(source->grid())), (std::vector<ClassIndex>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(read(*source, {1, 2, 2, 2}), (std::vector<ClassIndex>{6, 7, 10, 11}));
  EXPECT_EQ(source->nodata_index(), 12);
  EXPECT_EQ(source->classes().size(), 13U);
}

TEST(TileSource, PaddedIsNodataOutside) {
  const auto source = padded(three_by_four(), {-1, -2, 5, 7});
  EXPECT_EQ(source->grid(), (Grid{-2, 4, 1, 1, 7, 5}));
  EXPECT_EQ(read(*source, whole(source->grid())), (std::vector<ClassIndex>{12, 12, 12, 12, 12, 12, 12,  //
                                                                           12, 12, 0,  1,  2,  3,  12,  //
                                                                           12, 12, 4,  5,  6,  7,  12,  //
                                                                           12, 12, 8,  9,  10, 11, 12,  //
                                                                           12, 12, 12, 12, 12, 12, 12}));
  EXPECT_EQ(read(*source, {0, 0, 1, 3}), (std::vector<ClassIndex>{12, 12, 12}));
  EXPECT_EQ(read(*source, {1, 1, 2, 2}), (std::vector<ClassIndex>{12, 0, 12, 4}));
  EXPECT_EQ(read(*source, {2, 3, 2, 2}), (std::vector<ClassIndex>{5, 6, 9, 10}));
}

TEST(TileSource, PaddedMayCut) {
  const auto source = padded(three_by_four(), {1, 1, 1, 2});
  EXPECT_EQ(read(*source, whole(source->grid())), (std::vector<ClassIndex>{5, 6}));
}

}  // namespace
}  // namespace urbiome
