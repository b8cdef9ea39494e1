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

// Towns of blocks with some streets missing, loops and islands among them.
TEST(StreetReach, IsTheReferenceOnRandomTowns) {
  std::mt19937 random(11);
  const auto up_to = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int trial = 0; trial < 120; ++trial) {
    const int side = 2 + up_to(6);
    std::vector<StreetLine> lines;
    const auto corner = [&](int x, int y) { return Point{100.0 * x + up_to(2) * 0.0, 100.0 * y}; };
    const auto place = [&](int x, int y) { return std::int64_t{1000} * y + x; };
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        if (x + 1 < side && up_to(4) != 0)
          lines.push_back({{corner(x, y), corner(x + 1, y)}, {place(x, y), place(x + 1, y)}});
        if (y + 1 < side && up_to(4) != 0)
          lines.push_back({{corner(x, y), {100.0 * x + 30, 100.0 * y + 50}, corner(x, y + 1)},
                           {place(x, y), 1'000'000 + place(x, y), place(x, y + 1)}});
      }
    }
    const StreetGraph graph(lines, planar);
    if (graph.edges() == 0) continue;
    const auto anywhere = [&] { return at_point(graph, {up_to(100 * side) - 20.0, up_to(100 * side) - 20.0}); };
    std::vector<StreetEntrance> gates;
    for (int i = up_to(6); i >= 0; --i) gates.push_back({anywhere(), static_cast<std::uint32_t>(up_to(4))});
    std::vector<StreetPosition> people;
    for (int i = 0; i < 30; ++i) people.push_back(anywhere());
    const StreetLength limit = street_length(trial % 3 == 0 ? 150 : 1e6);
    const StreetReach reach(graph, gates, limit);
    const auto expected = reference::SlowStreets(graph, gates, people).nearest();
    for (std::size_t i = 0; i < people.size(); ++i) {
      const auto found = reach.from(people[i]);
      if (expected[i].first > limit) {
        ASSERT_FALSE(found.has_value()) << trial << ' ' << i;
        continue;
      }
      ASSERT_TRUE(found.has_value()) << trial << ' ' << i;
      ASSERT_EQ(found->length, expected[i].first) << trial << ' ' << i;
      ASSERT_EQ(found->target, expected[i].second) << trial << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace urbiome
