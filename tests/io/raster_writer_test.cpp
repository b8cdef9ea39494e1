// Rasters written row by row: what is read back, the same bytes for any pieces and threads, refusals.
#include "urbiome/io/raster_writer.h"

#include <gdal_priv.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "io/scratch_folder.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/raster_reader.h"

namespace urbiome {
namespace {

const Grid kGrid{290000, 9120000, 30, 20, 701, 613};

std::vector<double> made_values() {
  std::vector<double> values(static_cast<std::size_t>(kGrid.cells()));
  std::mt19937 random(5);
  for (double& value : values) value = random() % 9 == 0 ? std::nan("") : static_cast<double>(random() % 10000) / 8;
  return values;
}

void write(const std::string& path, const std::vector<double>& values, std::int64_t step, int threads,
           const std::vector<std::string>& options = {}) {
  RasterWriter writer(path, kGrid, "EPSG:31985", CellType::f64, std::numeric_limits<double>::quiet_NaN(), options,
                      threads);
  for (std::int64_t row = 0; row < kGrid.height; row += step) {
    writer.write_rows(row, std::min(step, kGrid.height - row), values.data() + row * kGrid.width);
  }
  writer.close();
}

TEST(RasterWriter, WhatIsWrittenIsReadBack) {
  const ScratchFolder folder;
  const std::vector<double> values = made_values();
  for (const std::vector<std::string>& options : {std::vector<std::string>{},
                                                  {"TILED=NO"},
                                                  {"COMPRESS=ZSTD", "BLOCKXSIZE=64", "BLOCKYSIZE=32"},
                                                  {"COMPRESS=NONE"}}) {
    write(folder / "a.tif", values, 100, 2, options);
    const ValueRaster raster = read_values(folder / "a.tif", 1);
    EXPECT_EQ(raster.info.grid, kGrid);
    ASSERT_EQ(raster.values.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_TRUE(raster.values[i] == values[i] || (std::isnan(raster.values[i]) && std::isnan(values[i]))) << i;
    }
  }
}

TEST(RasterWriter, SameBytesForAnyPiecesAndThreads) {
  const ScratchFolder folder;
  const std::vector<double> values = made_values();
  write(folder / "a.tif", values, kGrid.height, 1);
  const std::string expected = sha256_of_file(folder / "a.tif");
  for (const int threads : {1, 2, 7}) {
    for (const std::int64_t step : {1, 100, 256, 300, 512, 613}) {
      write(folder / "b.tif", values, step, threads);
      EXPECT_EQ(sha256_of_file(folder / "b.tif"), expected) << step << " rows, " << threads << " threads";
    }
  }
}

TEST(RasterWriter, RefusesWhatItCannotWrite) {
  const ScratchFolder folder;
  const auto open = [&](const std::string& path, const std::vector<std::string>& options) {
    RasterWriter(path, kGrid, "", CellType::u8, 0, options, 1);
  };
  const auto code_of = [&](const auto& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  EXPECT_EQ(code_of([&] { open(folder / "a.tif", {"NONSENSE=1"}); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { open(folder / "a.tif", {"COMPRESS=SHRINK"}); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { open(folder / "a.tif", {"COMPRESS"}); }), ErrorCode::usage);
  EXPECT_EQ(code_of([&] { open(folder / "no_folder/a.tif", {}); }), ErrorCode::unwritable);
}

}  // namespace
}  // namespace urbiome
