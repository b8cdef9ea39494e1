#include "urbiome/vector/line_meetings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

TEST(LineMeetings, LinesThatCrossShareThePlace) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}}, {{5, -5}, {5, 5}}};
  const MeetingLines met = meet(lines, std::vector<int>{0, 0}, 0.01);
  ASSERT_EQ(met.lines[0].size(), 3U);
  ASSERT_EQ(met.lines[1].size(), 3U);
  EXPECT_EQ(met.lines[0][1], (Point{5, 0}));
  EXPECT_EQ(met.places[0][1], met.places[1][1]);
  EXPECT_NE(met.places[0][0], met.places[1][0]);
  EXPECT_EQ(met.crossings, 1);
}

TEST(LineMeetings, ABridgeDoesNotMeetWhatItCrosses) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}}, {{5, -5}, {5, 5}}};
  const MeetingLines met = meet(lines, std::vector<int>{0, 1}, 0.01);
  EXPECT_EQ(met.lines[0].size(), 2U);
  EXPECT_EQ(met.crossings, 0);
}

TEST(LineMeetings, ABridgeMeetsTheRoadThatGoesOn) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}}, {{10, 0}, {20, 0}}};
  const MeetingLines met = meet(lines, std::vector<int>{0, 1}, 0);
  EXPECT_EQ(met.places[0][1], met.places[1][0]);
}

TEST(LineMeetings, AnEndOnALineMeetsIt) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}}, {{4, 0.05}, {4, 9}}, {{6, 0.2}, {6, 9}}};
  const MeetingLines met = meet(lines, std::vector<int>{0, 0, 0}, 0.1);
  ASSERT_EQ(met.lines[0].size(), 3U);
  EXPECT_EQ(met.places[0][1], met.places[1][0]);
  EXPECT_EQ(met.lines[1][0], (Point{4, 0.05}));  // none is moved
  EXPECT_EQ(met.ends_on_lines, 1);               // 0.2 is too far
}

TEST(LineMeetings, CutLinesAreJoinedAtTheirEnds) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}}, {{10.05, 0}, {20, 0}}, {{10, 0.05}, {10, 8}}};
  const MeetingLines met = meet(lines, std::vector<int>{0, 0, 0}, 0.1);
  EXPECT_EQ(met.places[0][1], met.places[1][0]);
  EXPECT_EQ(met.places[0][1], met.places[2][0]);
  EXPECT_EQ(met.lines[0].size(), 2U);
  EXPECT_GE(met.ends_joined, 2);
}

TEST(LineMeetings, AnEndThatGoesALittleTooFarMeetsOnce) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}}, {{5, -0.05}, {5, 5}}};
  const MeetingLines met = meet(lines, std::vector<int>{0, 0}, 0.1);
  EXPECT_EQ(met.places[0][1], met.places[1][0]);
  for (std::size_t i = 1; i < met.places[0].size() - 1; ++i) EXPECT_EQ(met.places[0][i], met.places[1][0]);
}

TEST(LineMeetings, ACornerOnALineMeetsIt) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}}, {{3, 5}, {5, 0}, {7, 5}}};
  const MeetingLines met = meet(lines, std::vector<int>{0, 0}, 0.001);
  ASSERT_GE(met.places[0].size(), 3U);
  EXPECT_EQ(met.places[0][1], met.places[1][1]);
  EXPECT_EQ(met.lines[1].size(), 3U);
}

TEST(LineMeetings, ALineMayCrossItself) {
  const std::vector<Ring> lines{{{0, 0}, {10, 0}, {10, 10}, {5, 10}, {5, -5}}};
  const MeetingLines met = meet(lines, std::vector<int>{0}, 0.001);
  ASSERT_EQ(met.lines[0].size(), 7U);
  EXPECT_EQ(met.places[0][1], met.places[0][5]);
}

TEST(LineMeetings, RefusesWhatIsNoNumber) {
  const std::vector<Ring> lines{{{0, 0}, {std::numeric_limits<double>::quiet_NaN(), 0}}};
  EXPECT_THROW(meet(lines, std::vector<int>{0}, 0.1), Error);
}

}  // namespace
}  // namespace urbiome
