#include "urbiome/graph/street_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace urbiome {
namespace {

double planar(const Point& a, const Point& b) { return std::hypot(b.x - a.x, b.y - a.y); }

// A cross of two streets that share place 5, and a bridge over one of them that shares nothing.
std::vector<StreetLine> crossing_and_bridge() {
  return {{{{0, 0}, {50, 0}, {100, 0}}, {1, 5, 2}},
          {{{50, -40}, {50, 0}, {50, 60}}, {3, 5, 4}},
          {{{80, -40}, {80, 60}}, {7, 8}}};
}

TEST(StreetGraph, CutsLinesWhereTheyMeetAndNotUnderBridges) {
  const StreetGraph graph(crossing_and_bridge(), planar);
  EXPECT_EQ(graph.nodes(), 7U);
  ASSERT_EQ(graph.edges(), 5U);
  StreetLength all = 0;
  for (std::uint32_t e = 0; e < graph.edges(); ++e) all += graph.edge(e).length;
  EXPECT_EQ(all, street_length(300));
  ASSERT_EQ(graph.islands(), 2U);
  EXPECT_EQ(graph.island_length(0), street_length(200));
  EXPECT_EQ(graph.island_length(1), street_length(100));
  EXPECT_EQ(graph.island_of(0), 0U);
  EXPECT_EQ(graph.island_of(4), 1U);
  EXPECT_EQ(graph.arcs(graph.edge(0).to).size(), 4U);
}

TEST(StreetGraph, PointsBetweenMeetingsAreShape) {
  const std::vector<StreetLine> lines{{{{0, 0}, {3, 0}, {3, 4}, {3, 4}, {10, 4}}, {1, 2, 3, 3, 4}}};
  const StreetGraph graph(lines, planar);
  ASSERT_EQ(graph.edges(), 1U);
  EXPECT_EQ(graph.shape(0).size(), 4U);
  EXPECT_EQ(graph.edge(0).length, street_length(14));
}

TEST(StreetGraph, LoopsAndLinesOfNothing) {
  const std::vector<StreetLine> lines{
      {{{0, 0}, {10, 0}, {10, 10}, {0, 0}}, {1, 2, 3, 1}}, {{{5, 5}}, {9}}, {{{7, 7}, {7, 7}}, {10, 10}}, {{}, {}}};
  const StreetGraph graph(lines, planar);
  ASSERT_EQ(graph.edges(), 1U);
  EXPECT_EQ(graph.edge(0).from, graph.edge(0).to);
  EXPECT_TRUE(graph.arcs(graph.edge(0).from).empty());
  EXPECT_EQ(graph.islands(), 1U);
  EXPECT_FALSE(StreetGraph(std::vector<StreetLine>{}, planar).nearest({0, 0}, 1e9).has_value());
}

// Blocks from the last to the first, as threads may take them.
TEST(StreetGraph, IsTheSameInWhateverOrderItsPartsAreMade) {
  std::mt19937 random(6);
  std::vector<StreetLine> lines;
  for (int i = 0; i < 10000; ++i) {
    StreetLine& line = lines.emplace_back();
    for (int k = static_cast<int>(random() % 5); k >= 0; --k) {
      const auto place = static_cast<std::int64_t>(random() % 8000);
      line.places.push_back(place * 1'000'000'007 - 5);
      line.points.push_back({static_cast<double>(place % 90), static_cast<double>(place / 90)});
    }
  }
  const StreetGraph graph(lines, planar);
  const StreetGraph other(StreetLines(lines), planar, 0, [](std::int64_t count, const auto& body) {
    for (std::int64_t i = count; i-- > 0;) body(i);
  });
  ASSERT_GT(graph.edges(), 10000U);
  ASSERT_EQ(other.edges(), graph.edges());
  ASSERT_EQ(other.nodes(), graph.nodes());
  for (std::uint32_t e = 0; e < graph.edges(); ++e) {
    ASSERT_EQ(other.edge(e).from, graph.edge(e).from);
    ASSERT_EQ(other.edge(e).to, graph.edge(e).to);
    ASSERT_EQ(other.edge(e).length, graph.edge(e).length);
    ASSERT_TRUE(std::ranges::equal(other.shape(e), graph.shape(e)));
    const std::vector<StreetLength> places = graph.places_along(e);
    ASSERT_EQ(places.back(), graph.edge(e).length);
  }
}

TEST(StreetGraph, ShortIslandsAreLeftOut) {
  const StreetGraph whole(crossing_and_bridge(), planar, street_length(100));  // the bridge has 100 m
  EXPECT_EQ(whole.islands(), 2U);
  EXPECT_EQ(whole.left_out().islands, 0);
  const StreetGraph graph(crossing_and_bridge(), planar, street_length(100) + 1);
  ASSERT_EQ(graph.edges(), 4U);
  EXPECT_EQ(graph.islands(), 1U);
  EXPECT_EQ(graph.left_out().islands, 1);
  EXPECT_EQ(graph.left_out().length, street_length(100));
  EXPECT_EQ(graph.nearest({70, 35}, 250)->point, (Point{50, 35}));
  std::vector<StreetLine> bridge_first = crossing_and_bridge();
  std::ranges::reverse(bridge_first);
  const StreetGraph other(bridge_first, planar, street_length(150));
  ASSERT_EQ(other.edges(), 4U);
  EXPECT_EQ(other.nearest({70, 35}, 250)->point, (Point{50, 35}));
  EXPECT_EQ(StreetGraph(crossing_and_bridge(), planar, street_length(1000)).edges(), 0U);
}

TEST(StreetGraph, TheNearestPointOfAnEdgeIsNotItsNode) {
  const StreetGraph graph(crossing_and_bridge(), planar);
  const auto at = graph.nearest({20, 7}, 250);
  ASSERT_TRUE(at.has_value());
  EXPECT_EQ(at->point, (Point{20, 0}));
  EXPECT_EQ(at->from_start, street_length(20));
  EXPECT_EQ(at->away_m, 7);
  EXPECT_FALSE(graph.nearest({20, 400}, 250).has_value());
}

TEST(StreetGraph, PositionsAlongAnEdgeCountItsTurns) {
  const std::vector<StreetLine> lines{{{{0, 0}, {30, 0}, {30, 40}}, {1, 2, 3}}};
  const auto at = StreetGraph(lines, planar).nearest({35, 25}, 10);
  ASSERT_TRUE(at.has_value());
  EXPECT_EQ(at->from_start, street_length(55));
}

}  // namespace
}  // namespace urbiome
