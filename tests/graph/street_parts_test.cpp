#include "urbiome/graph/street_parts.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reference/slow_streets.h"

namespace urbiome {
namespace {

double planar(const Point& a, const Point& b) { return std::hypot(b.x - a.x, b.y - a.y); }

std::vector<StreetPart> parts_within(const StreetReach& reach, StreetLength limit) {
  std::vector<StreetPart> parts;
  for (std::uint32_t edge = 0; edge < reach.graph().edges(); ++edge) add_parts_within(reach, edge, limit, parts);
  return parts;
}

// A T: a street of 200 m and a side street of 90 m, with a bend, from its middle. The gate is 20 m into the side
// street.
TEST(StreetParts, ATByHand) {
  const StreetGraph graph(
      std::vector<StreetLine>{{{{0, 0}, {100, 0}, {200, 0}}, {1, 2, 3}}, {{{100, 0}, {100, 60}, {130, 60}}, {2, 4, 5}}},
      planar);
  const std::vector<StreetEntrance> gates{{*graph.nearest({100, 20}, 1), 0}};
  const StreetReach reach(graph, gates, street_length(1000));
  const auto parts = parts_within(reach, street_length(50));
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(shape_of(graph, parts[0]), (Ring{{70, 0}, {100, 0}}));
  EXPECT_EQ(parts[0].at_begin, street_length(50));
  EXPECT_EQ(parts[0].at_end, street_length(20));
  EXPECT_EQ(shape_of(graph, parts[1]), (Ring{{100, 0}, {130, 0}}));
  EXPECT_EQ(shape_of(graph, parts[2]), (Ring{{100, 0}, {100, 60}, {110, 60}}));
  EXPECT_EQ(parts[2].at_end, street_length(50));
  EXPECT_EQ(parts_within(reach, street_length(200)).size(), 3U);
  EXPECT_EQ(shape_of(graph, parts_within(reach, street_length(200))[2]).size(), 3U);
  const auto near = parts_within(reach, street_length(15));
  ASSERT_EQ(near.size(), 1U);
  EXPECT_EQ(shape_of(graph, near[0]), (Ring{{100, 5}, {100, 35}}));
}

// Two gates on one long block: what lies between is left out where it is too far.
TEST(StreetParts, AGapBetweenTwoGates) {
  const StreetGraph graph(std::vector<StreetLine>{{{{0, 0}, {1000, 0}}, {1, 2}}}, planar);
  const std::vector<StreetEntrance> gates{{*graph.nearest({200, 10}, 20), 0}, {*graph.nearest({600, 0}, 20), 1}};
  const StreetReach reach(graph, gates, street_length(1000));
  const auto parts = parts_within(reach, street_length(110));
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(shape_of(graph, parts[0]), (Ring{{100, 0}, {300, 0}}));
  EXPECT_EQ(shape_of(graph, parts[1]), (Ring{{490, 0}, {710, 0}}));
  EXPECT_EQ(parts_within(reach, street_length(205)).size(), 1U);
}

// Uphill, to the east, each metre takes as long as two: 50 m to the gate from the west, 100 m from the east.
TEST(StreetParts, TimesAreThoseOfWalkingToTheTarget) {
  StreetGraph graph(std::vector<StreetLine>{{{{0, 0}, {400, 0}}, {1, 2}}}, planar);
  graph.set_times({{street_length(800), street_length(400)}});
  const std::vector<StreetEntrance> gates{{*graph.nearest({200, 0}, 1), 0}};
  const StreetReach reach(graph, gates, street_length(1000), StreetMeasure::time);
  const auto parts = parts_within(reach, street_length(100));
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(shape_of(graph, parts[0]), (Ring{{150, 0}, {300, 0}}));
}

// Places of edges are in a part if and only if the search finds them within the limit.
TEST(StreetParts, AreWhatTheSearchSays) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 60; ++trial) {
    const bool timed = trial % 2 == 1;
    const reference::RandomTown town(random, timed);
    if (town.graph.edges() == 0) continue;
    const StreetReach reach(town.graph, town.gates, street_length(400),
                            timed ? StreetMeasure::time : StreetMeasure::length);
    const StreetLength limit = street_length(130.7);
    const auto parts = parts_within(reach, limit);
    for (std::uint32_t edge = 0; edge < town.graph.edges(); ++edge) {
      for (int i = 0; i <= 20; ++i) {
        const StreetLength place = town.graph.edge(edge).length / 20 * i;
        const auto found = reach.from({edge, place, 0, {}});
        const auto in = [&](StreetLength slack) {
          return std::ranges::any_of(parts, [&](const StreetPart& part) {
            return part.edge == edge && part.begin - slack <= place && place <= part.end + slack;
          });
        };
        if (found && found->length <= limit)
          ASSERT_TRUE(in(2)) << trial << ' ' << edge << ' ' << i;
        else
          ASSERT_FALSE(in(-2)) << trial << ' ' << edge << ' ' << i;
      }
    }
  }
}

}  // namespace
}  // namespace urbiome
