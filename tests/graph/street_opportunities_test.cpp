#include "urbiome/graph/street_opportunities.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reference/slow_streets.h"

namespace urbiome {
namespace {

double planar(const Point& a, const Point& b) { return std::hypot(b.x - a.x, b.y - a.y); }

using Lengths = std::map<std::uint32_t, StreetLength>;

Lengths lengths_within(OpportunitySearch& search, const StreetPosition& at, StreetLength limit, TargetsFound& found) {
  found.clear();
  search.from(at, limit, found);
  Lengths lengths;
  for (const auto& one : found.all()) EXPECT_TRUE(lengths.emplace(one.target, one.length).second) << "found twice";
  return lengths;
}

// A street of 400 m with a side street of 100 m at its middle; gates at 50, 200 and 400 m and at the side street's end.
TEST(OpportunitySearch, ATStreetByHand) {
  const StreetGraph graph(
      std::vector<StreetLine>{{{{0, 0}, {200, 0}, {400, 0}}, {1, 2, 3}}, {{{200, 0}, {200, 100}}, {2, 4}}}, planar);
  const auto at = [&](Point point) { return *graph.nearest(point, 1e9); };
  const std::vector<StreetEntrance> gates{
      {at({50, 0}), 0}, {at({400, 7}), 1}, {at({200, 100}), 2}, {at({0, 0}), 2}, {at({200, -3}), 3}};
  const StreetDoors doors(graph, gates, StreetMeasure::length);
  OpportunitySearch search(doors);
  TargetsFound found(4);
  const auto home = at({150, 5});
  const auto m = [](double metres) { return street_length(metres); };
  EXPECT_EQ(lengths_within(search, home, m(1000), found), (Lengths{{0, m(105)}, {1, m(262)}, {2, m(155)}, {3, m(58)}}));
  EXPECT_EQ(lengths_within(search, home, m(155), found),
            (Lengths{{0, m(105)}, {2, m(155)}, {3, m(58)}}));  // 155 counts
  EXPECT_EQ(lengths_within(search, home, m(155) - 1, found), (Lengths{{0, m(105)}, {3, m(58)}}));
  EXPECT_TRUE(lengths_within(search, home, m(5), found).empty());
  EXPECT_EQ(lengths_within(search, at({400, 0}), m(100), found), (Lengths{{1, m(7)}}));
}

TEST(OpportunitySearch, IsTheReferenceOnRandomTowns) {
  std::mt19937 random(23);
  for (int trial = 0; trial < 160; ++trial) {
    const bool timed = trial % 2 == 1;
    const StreetMeasure measure = timed ? StreetMeasure::time : StreetMeasure::length;
    const reference::RandomTown town(random, timed);
    if (town.graph.edges() == 0) continue;
    const StreetDoors doors(town.graph, town.gates, measure);
    OpportunitySearch search(doors);
    TargetsFound found(4);
    const reference::SlowStreets slow(town.graph, town.gates, town.people, measure);
    std::vector<std::vector<reference::SlowStreets::Way>> expected;
    for (std::uint32_t target = 0; target < 4; ++target) expected.push_back(slow.to(target));
    for (const double limit_m : {0.0, 80.0, 150.0, 1e6}) {
      for (std::size_t i = 0; i < town.people.size(); ++i) {
        Lengths within;
        for (std::uint32_t target = 0; target < 4; ++target) {
          if (expected[target][i].length <= street_length(limit_m)) within[target] = expected[target][i].length;
        }
        ASSERT_EQ(lengths_within(search, town.people[i], street_length(limit_m), found), within) << trial << ' ' << i;
      }
    }
  }
}

}  // namespace
}  // namespace urbiome
