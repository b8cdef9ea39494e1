#include "urbiome/raster/cell_areas.h"

#include <gtest/gtest.h>

namespace urbiome {
namespace {

TEST(CellAreas, OfEqualCellsAreProducts) {
  const CellAreas areas(2, 1, 5, 0.25, {{0, 400, 0, 0, 0}, {0, 396, 0, 0, 0}});
  EXPECT_TRUE(areas.constant_in_row());
  EXPECT_EQ(areas.rows(), 2);
  EXPECT_EQ(areas.cell(1, 3), 396);
  EXPECT_EQ(areas.between(0, 1, 4), 1200);
  EXPECT_EQ(areas.to_m2(areas.between(1, 0, 5)), 495);
  EXPECT_GT(areas.bytes(), 0);
}

TEST(CellAreas, FollowACubicInEachSegment) {
  // Segment 0: 1000 per column and 3 per column squared; segment 1 goes on from where it ends.
  const CellAreas::Segment first{0, 1000, 0, std::int64_t{3} << 20, 0};
  const CellAreas::Segment second{4 * 1000 + 3 * 16, 1024, 0, 0, std::int64_t{1} << 20};
  const CellAreas areas(1, 2, 4, 1, {first, second});
  EXPECT_FALSE(areas.constant_in_row());
  EXPECT_EQ(areas.before(0, 0), 0);
  EXPECT_EQ(areas.before(0, 3), 3027);
  EXPECT_EQ(areas.before(0, 4), 4048);
  EXPECT_EQ(areas.cell(0, 3), 1021);
  EXPECT_EQ(areas.cell(0, 4), 1025);
  EXPECT_EQ(areas.before(0, 8), 4048 + 4096 + 64) << "the right border belongs to the last segment";
}

TEST(CellAreas, AddUpWhereverTheyAreCut) {
  std::vector<CellAreas::Segment> segments;
  std::int64_t before = 0;
  for (std::int64_t i = 0; i < 4; ++i) {
    const CellAreas::Segment s{before, (std::int64_t{1} << 40) - 99991 * i, 7777777, -333331, 1009};
    segments.push_back(s);
    before = CellAreas(1, 1, 16, 1, {s}).before(0, 16);
  }
  const CellAreas areas(1, 4, 16, 1, segments);
  for (std::int64_t begin = 0; begin < 64; ++begin) {
    std::int64_t sum = 0;
    for (std::int64_t col = begin; col < 64; ++col) {
      EXPECT_EQ(areas.between(0, begin, col), sum);
      sum += areas.cell(0, col);
    }
  }
}

TEST(CellAreasWalk, GivesTheSameNumbersAsBefore) {
  // Three segments of four columns (the last one short), each with its own corrections; columns 0 to 10.
  std::vector<CellAreas::Segment> segments(6);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto k = static_cast<std::int64_t>(i);
    segments[i] = {1000 * (k % 3), 250 + k, 3 << 18, -(k << 17), 5 << 16};
  }
  const CellAreas areas(2, 3, 4, 1.0, segments);
  for (std::int64_t row = 0; row < 2; ++row) {
    for (std::int64_t first = 0; first <= 10; ++first) {
      for (std::int64_t step = 1; step <= 6; ++step) {
        CellAreas::Walk walk(areas, row, first);
        for (std::int64_t col = first; col <= 10; col += step) EXPECT_EQ(walk.before(col), areas.before(row, col));
      }
    }
  }
}

}  // namespace
}  // namespace urbiome
