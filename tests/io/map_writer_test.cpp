#include "urbiome/io/map_writer.h"

#include <gdal_priv.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "io/scratch_folder.h"

namespace urbiome {
namespace {

const std::vector<MapCategory> kCategories = {{1, "Green, <b>all</b>", {0, 128, 0}}, {7, "Água", {0, 0, 255}}};

void checkerboard(const std::string& path, const Grid& grid, const std::string& crs = "EPSG:31985") {
  write_category_map(path, grid, crs, 255, kCategories,
                     [&](std::int64_t first, std::int64_t rows, std::span<std::uint8_t> out) {
                       for (std::int64_t row = 0; row < rows; ++row) {
                         for (std::int64_t col = 0; col < grid.width; ++col) {
                           out[static_cast<std::size_t>(row * grid.width + col)] =
                               (first + row + col) % 3 == 0 ? 255 : ((first + row + col) % 3 == 1 ? 1 : 7);
                         }
                       }
                     });
}

TEST(CategoryMap, IsACloudOptimisedPalettedGeoTiff) {
  GDALAllRegister();
  const ScratchFolder folder;
  const Grid grid{290000, 9120000, 30, 20, 1300, 701};
  checkerboard(folder / "m.tif", grid);
  GDALDatasetUniquePtr map(GDALDataset::Open((folder / "m.tif").c_str(), GDAL_OF_RASTER));
  ASSERT_TRUE(map);
  EXPECT_STREQ(map->GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE"), "COG");
  EXPECT_STREQ(map->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE"), "DEFLATE");
  double transform[6] = {};
  map->GetGeoTransform(transform);
  EXPECT_EQ(transform[0], 290000);
  EXPECT_EQ(transform[1], 30);
  EXPECT_EQ(transform[3], 9120000);
  EXPECT_EQ(transform[5], -20);
  EXPECT_STREQ(map->GetSpatialRef()->GetAuthorityCode(nullptr), "31985");
  GDALRasterBand* band = map->GetRasterBand(1);
  EXPECT_EQ(band->GetNoDataValue(), 255);
  EXPECT_GE(band->GetOverviewCount(), 1);
  ASSERT_NE(band->GetColorTable(), nullptr);
  EXPECT_EQ(band->GetColorTable()->GetColorEntry(7)->c3, 255);
  EXPECT_EQ(band->GetColorTable()->GetColorEntry(1)->c2, 128);
  ASSERT_NE(band->GetCategoryNames(), nullptr);
  EXPECT_STREQ(band->GetCategoryNames()[7], "Água");
  EXPECT_STREQ(band->GetMetadataItem("class_1"), "Green, <b>all</b>");
  std::vector<std::uint8_t> values(static_cast<std::size_t>(grid.cells()));
  ASSERT_EQ(band->RasterIO(GF_Read, 0, 0, 1300, 701, values.data(), 1300, 701, GDT_Byte, 0, 0, nullptr), CE_None);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t sum = (i / 1300 + i % 1300) % 3;
    ASSERT_EQ(values[i], sum == 0 ? 255 : (sum == 1 ? 1 : 7)) << i;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.text())) {
    EXPECT_TRUE(entry.path().filename() == "m.tif" || entry.path().filename() == "m.tif.aux.xml") << entry.path();
  }
}

TEST(CategoryMap, OfOneCellWithoutReferenceSystem) {
  const ScratchFolder folder;
  checkerboard(folder / "m.tif", Grid{0, 1, 1, 1, 1, 1}, "");
  EXPECT_TRUE(std::filesystem::exists(folder / "m.tif"));
}

TEST(CategoryMap, ErrorsAreUnwritableAndLeaveNoTemporary) {
  const ScratchFolder folder;
  expect_error(ErrorCode::unwritable, "none/m.tif", [&] {
    checkerboard(folder / "none/m.tif", Grid{0, 9, 1, 1, 9, 9});
  });
  expect_error(ErrorCode::unwritable, "cells", [&] { checkerboard(folder / "m.tif", Grid{}); });
  expect_error(ErrorCode::contradiction, "reference system", [&] {
    checkerboard(folder / "m.tif", Grid{0, 9, 1, 1, 9, 9}, "nonsense");
  });
  EXPECT_THROW(write_category_map(folder / "m.tif", Grid{0, 9, 1, 1, 9, 9}, "", 0, {},
                                  [](auto, auto, auto) { throw Error(ErrorCode::cancelled, "x"); }),
               Error);
  EXPECT_EQ(folder.entries(), 0U);
  EXPECT_TRUE(reports_full_disk(3000, [&] { checkerboard(folder / "m.tif", Grid{0, 2000, 1, 1, 2000, 2000}); }));
}

}  // namespace
}  // namespace urbiome
