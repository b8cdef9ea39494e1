#include "urbiome/kernel/class_counts.h"

#include <gtest/gtest.h>

#include <random>

#include "reference/cell_map.h"

namespace urbiome {
namespace {

using reference::CellMap;

// Bands of `band_rows` rows, cubics in segments of `segment_cols` columns; `bend` makes cells differ more.
CellAreas banded_areas(std::int64_t rows, std::int64_t cols, std::int64_t band_rows, std::int64_t segment_cols,
                       std::int64_t bend) {
  std::vector<CellAreas::Segment> segments, slopes;
  const std::int64_t per_row = (cols + segment_cols - 1) / segment_cols;
  for (std::int64_t band = 0; band < (rows + band_rows - 1) / band_rows; ++band) {
    std::int64_t before = 0, slope_before = 0;
    for (std::int64_t i = 0; i < per_row; ++i) {
      CellAreas::Segment s{before, kOne - 1000 * band - 777 * i, 5 * bend, -3 * bend, bend / 7};
      CellAreas::Segment slope{slope_before, -3 - i, bend / 11, 2, -1};
      before = s.up_to(segment_cols), slope_before = slope.up_to(segment_cols);
      segments.push_back(s), slopes.push_back(slope);
    }
  }
  const double unit = 1.0 / static_cast<double>(kOne);
  return {rows, per_row, segment_cols, unit, segments, band_rows, band_rows == 1 ? decltype(slopes){} : slopes};
}

ClassAreaSums slow_sums(const CellMap& map, const Window& window, const CellAreas& areas) {
  ClassAreaSums sums;
  for (std::int64_t row = window.row; row < window.row_end(); ++row) {
    for (std::int64_t col = window.col; col < window.col_end(); ++col) {
      const std::uint8_t c = map.at(static_cast<int>(row), static_cast<int>(col));
      sums.cells[c] += 1;
      sums.area[c] += areas.cell(row, col);
    }
  }
  return sums;
}

TEST(ClassCounts, CountEveryCellOnce) {
  std::mt19937 random(5);
  for (const int classes : {1, 2, 9, 24, 25, 60, 256}) {
    ClassCounts counts;
    for (const int size : {0, 1, 63, 64, 65, 127, 1000, 16320, 16321, 70000}) {
      const CellMap map = reference::patchy_map(random, 1, size + 1, classes, 3);
      std::array<std::int64_t, kMaxClasses> expected{}, found{};
      for (int i = 0; i < size; ++i) ++expected[map.cells[static_cast<std::size_t>(i)]];
      counts.add(map.cells.data(), static_cast<std::size_t>(size));
      counts.add(7, 3);
      expected[7] += 3;
      counts.take([&](ClassIndex c, std::int64_t cells) { found[c] += cells; });
      EXPECT_EQ(found, expected) << classes << ' ' << size;
    }
  }
}

TEST(BandTally, AgreesWithACellByCellSum) {
  std::mt19937 random(6);
  for (const int classes : {1, 3, 11, 30, 256}) {
    BandTally band;
    for (const int width : {1, 63, 64, 65, 130, 1025, 2100}) {
      const CellMap map = reference::patchy_map(random, 32, width + 9, classes, 5);
      for (const std::int64_t band_rows : {1, 4, 8, 16}) {
        // From cells nearly alike to cells that differ too much for vectors, and those that do in long chunks only.
        for (const int bits : {18, 24, 28, 30, 38}) {
          const std::int64_t bend = std::int64_t{1} << bits;
          const CellAreas areas = banded_areas(32, width + 9, band_rows, width % 2 == 0 ? 400 : 37, bend);
          const std::int64_t top = band_rows * (random() % (32 / static_cast<unsigned>(band_rows)));
          const std::int64_t skip = random() % static_cast<unsigned>(band_rows);
          const Window window{top + skip, static_cast<std::int64_t>(random() % 9), band_rows - skip, width};
          ClassAreaSums sums;
          band.add(map.cells.data() + window.row * map.cols + window.col, map.cols, window, areas, sums);
          const ClassAreaSums expected = slow_sums(map, window, areas);
          EXPECT_EQ(sums.cells, expected.cells) << classes << ' ' << width << ' ' << band_rows;
          EXPECT_TRUE(sums.area == expected.area) << classes << ' ' << width << ' ' << band_rows << ' ' << bend;
        }
      }
    }
  }
}

}  // namespace
}  // namespace urbiome
