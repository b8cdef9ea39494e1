#include "urbiome/raster/uniform_source.h"

#include <gtest/gtest.h>

namespace urbiome {
namespace {

TEST(UniformSource, is_one_class_everywhere) {
  LegendClass nodata, unknown;
  nodata.missing = Missing::nodata, unknown.missing = Missing::unknown;
  const auto source = uniform_source({0, 0, 10, 10, std::int64_t{1} << 30, 5}, {nodata, unknown}, 0, 1);
  EXPECT_EQ(source->grid().cells(), std::int64_t{5} << 30);
  EXPECT_EQ(source->classes()[1].missing, Missing::unknown);
  EXPECT_EQ(source->nodata_index(), 0);
  const auto reader = source->open();
  std::vector<ClassIndex> cells(6, 9);
  reader->read({3, 700, 2, 3}, cells);
  EXPECT_EQ(cells, std::vector<ClassIndex>(6, 1));
  EXPECT_EQ(reader->constant({0, 0, 5, 1000}), ClassIndex{1});
}

}  // namespace
}  // namespace urbiome
