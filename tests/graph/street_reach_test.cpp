#include "urbiome/graph/street_reach.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "reference/slow_streets.h"

namespace urbiome {
namespace {

double planar(const Point& a, const Point& b) { return std::hypot(b.x - a.x, b.y - a.y); }

StreetPosition at_point(const StreetGraph& graph, Point point) {
  const auto found = graph.nearest(point, 1e9);
  EXPECT_TRUE(found.has_value());
  return found.value_or(StreetPosition{});
}

// A river between two quays; the only bridge is 1,400 m to the east.
//   person (0, 100), park gate (0, -100): 200 m in a straight line, 2 * 1,400 + 200 = 3,000 m by street.
TEST(StreetReach, AParkAcrossARiver) {
  const std::vector<StreetLine> lines{
      {{{0, 100}, {1400, 100}}, {1, 2}}, {{{1400, 100}, {1400, -100}}, {2, 3}}, {{{1400, -100}, {0, -100}}, {3, 4}}};
  const StreetGraph graph(lines, planar);
  const std::vector<StreetEntrance> gates{{at_point(graph, {0, -100}), 6}};
  const auto found = StreetReach(graph, gates, street_length(5000)).from(at_point(graph, {0, 100}));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->length, street_length(3000));
  EXPECT_EQ(found->target, 6U);
  EXPECT_FALSE(StreetReach(graph, gates, street_length(2999)).from(at_point(graph, {0, 100})).has_value());
  EXPECT_TRUE(StreetReach(graph, gates, street_length(3000)).from(at_point(graph, {0, 100})).has_value());
}

// Both on one long block without a node between them: nobody walks to its end and back.
TEST(StreetReach, WithinOneLongBlock) {
  const StreetGraph graph(std::vector<StreetLine>{{{{0, 0}, {1000, 0}}, {1, 2}}}, planar);
  const std::vector<StreetEntrance> gates{{at_point(graph, {700, 12}), 0}};
  const auto found = StreetReach(graph, gates, street_length(400)).from(at_point(graph, {400, -5}));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->length, street_length(12) + street_length(300) + street_length(5));  // both ways to the street count
}

TEST(StreetReach, AnIslandIsNotReached) {
  const std::vector<StreetLine> lines{{{{0, 0}, {100, 0}}, {1, 2}}, {{{0, 50}, {100, 50}}, {3, 4}}};
  const StreetGraph graph(lines, planar);
  const std::vector<StreetEntrance> gates{{at_point(graph, {50, 0}), 0}};
  const StreetReach reach(graph, gates, street_length(1e6));
  EXPECT_TRUE(reach.from(at_point(graph, {10, 1})).has_value());
  EXPECT_FALSE(reach.from(at_point(graph, {10, 49})).has_value());
}

TEST(StreetReach, OfEquallyNearTargetsTheSmallestNumber) {
  const StreetGraph graph(
      std::vector<StreetLine>{{{{0, 0}, {50, 0}, {100, 0}}, {1, 2, 3}}, {{{50, 0}, {50, 9}}, {2, 4}}}, planar);
  const std::vector<StreetEntrance> gates{{at_point(graph, {100, 0}), 4}, {at_point(graph, {0, 0}), 2}};
  EXPECT_EQ(StreetReach(graph, gates, street_length(100)).from(at_point(graph, {50, 9}))->target, 2U);
  EXPECT_EQ(StreetReach(graph, gates, street_length(100)).from(at_point(graph, {50, 0}))->target, 2U);
}

TEST(StreetReach, IsTheReferenceOnRandomTowns) {
  std::mt19937 random(11);
  for (int trial = 0; trial < 240; ++trial) {
    const bool timed = trial % 2 == 1;
    const StreetMeasure measure = timed ? StreetMeasure::time : StreetMeasure::length;
    const reference::RandomTown town(random, timed);
    if (town.graph.edges() == 0) continue;
    const StreetLength limit = street_length(trial % 3 == 0 ? 150 : 1e6);
    const StreetReach reach(town.graph, town.gates, limit, measure);
    const auto expected = reference::SlowStreets(town.graph, town.gates, town.people, measure).nearest();
    for (std::size_t i = 0; i < town.people.size(); ++i) {
      const auto found = reach.from(town.people[i]);
      if (expected[i].length > limit) {
        ASSERT_FALSE(found.has_value()) << trial << ' ' << i;
        continue;
      }
      ASSERT_TRUE(found.has_value()) << trial << ' ' << i;
      ASSERT_EQ(found->length, expected[i].length) << trial << ' ' << i;
      ASSERT_EQ(found->target, expected[i].target) << trial << ' ' << i;
      ASSERT_EQ(found->walked, expected[i].walked) << trial << ' ' << i;
    }
  }
}

// 100 m that take as long as 300 m uphill, to the west, and 90 m downhill.
TEST(StreetReach, UphillTakesLongerThanDownhill) {
  StreetGraph graph(std::vector<StreetLine>{{{{0, 0}, {100, 0}}, {1, 2}}, {{{100, 0}, {200, 0}}, {2, 3}}}, planar);
  graph.set_times({{street_length(90), street_length(300)}, {street_length(100), street_length(100)}});
  const std::vector<StreetEntrance> east{{at_point(graph, {150, 0}), 0}}, west{{at_point(graph, {0, 0}), 0}};
  const auto down = StreetReach(graph, east, street_length(1000), StreetMeasure::time).from(at_point(graph, {50, 0}));
  ASSERT_TRUE(down.has_value());
  EXPECT_EQ(down->length, street_length(45 + 50));  // half of the slope at its even speed
  EXPECT_EQ(down->walked, street_length(100));
  const auto up = StreetReach(graph, west, street_length(1000), StreetMeasure::time).from(at_point(graph, {150, 0}));
  EXPECT_EQ(up->length, street_length(50 + 300));
  EXPECT_EQ(StreetReach(graph, west, street_length(1000)).from(at_point(graph, {150, 0}))->length, street_length(150));
  EXPECT_FALSE(StreetReach(graph, west, street_length(349), StreetMeasure::time).from(at_point(graph, {150, 0})));
}

}  // namespace
}  // namespace urbiome
