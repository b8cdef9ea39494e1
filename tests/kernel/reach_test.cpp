#include "urbiome/kernel/reach.h"

#include <gtest/gtest.h>

#include <cmath>

namespace urbiome {
namespace {

// Centre to centre and side to side on a planar grid.
double centre(double cell, std::int32_t down, std::int32_t across) { return std::hypot(down * cell, across * cell); }
double gap(double cell, std::int32_t down, std::int32_t across) {
  return std::hypot(std::max(0, down - 1) * cell, std::max(0, across - 1) * cell);
}

TEST(Reach, OfNeighboursIsFourOrEight) {
  EXPECT_EQ(neighbour_reach(4).half_width(7, 0), 1);
  EXPECT_EQ(neighbour_reach(4).half_width(7, 1), 0);
  EXPECT_EQ(neighbour_reach(8).half_width(7, 1), 1);
  EXPECT_EQ(neighbour_reach(8).max_down(), 1);
}

TEST(Reach, ListsTheDiscOfThreeCells) {
  const Reach reach = reach_within(30, false, 100, true, [](std::int64_t, std::int32_t down, std::int32_t across) {
    return centre(10, down, across);
  });
  ASSERT_EQ(reach.max_down(), 3);
  EXPECT_FALSE(reach.per_row());
  EXPECT_EQ(reach.half_width(50, 0), 3);
  EXPECT_EQ(reach.half_width(50, 1), 2);
  EXPECT_EQ(reach.half_width(50, 2), 2);
  EXPECT_EQ(reach.half_width(50, 3), 0);
}

TEST(Reach, TreatsDecimalTiesAsTies) {
  const auto distance = [](std::int64_t, std::int32_t down, std::int32_t across) { return centre(0.1, down, across); };
  // 3 * 0.1 is a little more than 0.3 in binary.
  EXPECT_EQ(reach_within(0.3, false, 9, true, distance).half_width(0, 0), 3);
  EXPECT_EQ(reach_within(0.3, true, 9, true, distance).half_width(0, 0), 2);
  EXPECT_EQ(reach_within(0.3 + 1e-9, true, 9, true, distance).half_width(0, 0), 3);
  EXPECT_EQ(reach_within(0.3 - 1e-9, false, 9, true, distance).half_width(0, 0), 2);
}

TEST(Reach, CountsGapsInEmptyCells) {
  const auto distance = [](std::int64_t, std::int32_t down, std::int32_t across) { return gap(10, down, across); };
  EXPECT_EQ(reach_within(100, true, 50, true, distance).half_width(0, 0), 10);   // nine empty cells
  EXPECT_EQ(reach_within(100, false, 50, true, distance).half_width(0, 0), 11);  // ten
  EXPECT_EQ(reach_within(100, false, 50, true, distance).half_width(0, 11), 1);
  EXPECT_EQ(reach_within(100, false, 50, true, distance).max_down(), 11);
  EXPECT_EQ(reach_within(100, false, 5, true, distance).max_down(), 4) << "no farther than the grid is high";
}

TEST(Reach, MayHoldNothing) {
  const auto distance = [](std::int64_t, std::int32_t, std::int32_t) { return 5.0; };
  const Reach none = reach_within(1, false, 10, true, distance);
  EXPECT_EQ(none.max_down(), 0);
  EXPECT_EQ(none.half_width(3, 0), -1);
  EXPECT_EQ(reach_within(1, false, 0, false, distance).max_down(), 0);
}

TEST(Reach, HasALinePerRowAgreeingWithTheDistance) {
  // Cells get narrower with the row, as towards a pole; widths jump so that the search has to look both ways.
  const auto distance = [](std::int64_t row, std::int32_t down, std::int32_t across) {
    const double width = row % 3 == 0 ? 9.0 : 10.0 / (1 + 0.07 * static_cast<double>(row + down));
    return std::hypot(10.0 * down, width * across);
  };
  const std::int64_t rows = 40;
  for (const bool strict : {false, true}) {
    const Reach reach = reach_within(95, strict, rows, false, distance);
    ASSERT_TRUE(reach.per_row());
    ASSERT_EQ(reach.max_down(), 9);
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int32_t down = 0; down <= 9; ++down) {
        std::int32_t expected = -1;
        if (row + down < rows) {
          while (strict ? distance(row, down, expected + 1) < 95 : distance(row, down, expected + 1) <= 95) ++expected;
        }
        ASSERT_EQ(reach.half_width(row, down), expected) << row << ' ' << down;
      }
    }
  }
}

TEST(Reach, OfAnEndlessRuleEnds) {
  const Reach reach = reach_within(1, false, 3, true, [](std::int64_t, std::int32_t, std::int32_t) { return 0.0; });
  EXPECT_EQ(reach.max_down(), 2);
  EXPECT_EQ(reach.half_width(0, 2), 1 << 30);
}

}  // namespace
}  // namespace urbiome
