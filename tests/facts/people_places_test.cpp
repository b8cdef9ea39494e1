// Places where people live: numbered without gaps, and holding everybody to the last unit.
#include "urbiome/facts/people_places.h"

#include <gtest/gtest.h>

#include "slow_facts.h"

namespace urbiome::slow {
namespace {

// Everybody of zone 0 evenly over its cells and twice at one point; a group at a point of its own.
std::vector<Population> made_people(const Landscape& landscape) {
  const Grid& grid = landscape.grid();
  const auto placed = [&](PeopleField first) {
    std::vector<PeopleField> zones;
    first.finish();
    zones.push_back(std::move(first));
    while (zones.size() < landscape.zones.size()) zones.emplace_back(grid).finish();
    PeopleSources sources;
    sources.push_back(std::make_unique<PlacedPeople>(std::move(zones)));
    return sources;
  };
  PeopleField all(grid), group(grid);
  all.add(landscape.zones[0].coverage, to_fixed(1234.5678), false, landscape.areas);
  all.add(Point{grid.x_of(3.25), grid.y_of(2.5)}, to_fixed(7));
  all.add(Point{grid.x_of(3.25), grid.y_of(2.5)}, to_fixed(5));
  group.add(Point{grid.x_of(3.75), grid.y_of(2.5)}, to_fixed(2));
  std::vector<Population> populations;
  populations.push_back({"", placed(std::move(all))});
  populations.push_back({"old", placed(std::move(group))});
  return populations;
}

TEST(PeoplePlaces, NumberEverybodyOnce) {
  for (const Place& place : places()) {
    const Landscape landscape = landscape_of(place);
    const Grid& grid = landscape.grid();
    const std::vector<Population> populations = made_people(landscape);
    Executor executor({.threads = 3});
    const PeoplePlaces found(landscape, populations, executor);

    std::vector<Point> at;
    for (std::int64_t row = 0; row < found.rows(); ++row) {
      found.each_in_row(row, [&](std::uint32_t number, const Point& point) {
        EXPECT_EQ(number, at.size());
        EXPECT_EQ(std::floor(grid.row_of(point.y)), static_cast<double>(row));
        at.push_back(point);
      });
    }
    ASSERT_EQ(at.size(), found.size());

    std::vector<Int128> sums(populations.size(), 0);
    std::vector<std::vector<Int128>> units(populations.size(), std::vector<Int128>(found.size(), 0));
    for (std::int64_t band = 0; band < found.bands(); ++band) {
      found.each_part(band, [&](const PeoplePlaces::Part& part) {
        EXPECT_EQ(part.zones, std::vector<std::uint32_t>{0});
        sums[part.population] += part.amount;
        part.each([&](std::uint32_t number, std::int64_t amount) { units[part.population][number] += amount; });
      });
    }
    EXPECT_TRUE(sums[0] == to_fixed(1234.5678) + to_fixed(12) && sums[1] == to_fixed(2));
    for (std::size_t p = 0; p < units.size(); ++p) {
      Int128 all = 0;
      for (const Int128 amount : units[p]) all += amount;
      EXPECT_TRUE(all == sums[p]);
    }

    const SlowFacts slow(place);
    double weight = 0;
    for (int cell = 0; cell < slow.cells(); ++cell) weight += slow.share(0, cell) * slow.area_m2(cell);
    int at_points = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double col = grid.col_of(at[i].x), row = grid.row_of(at[i].y);
      const bool in_the_middle = std::abs(col - std::floor(col) - 0.5) < 1e-6;
      if (!in_the_middle) {
        ++at_points;
        EXPECT_TRUE(units[0][i] == (col < 3.5 ? to_fixed(12) : 0) && units[1][i] == (col < 3.5 ? 0 : to_fixed(2)));
        continue;
      }
      const int cell = static_cast<int>(std::floor(row) * static_cast<double>(grid.width) + std::floor(col));
      EXPECT_NEAR(from_fixed(units[0][i]), 1234.5678 * slow.share(0, cell) * slow.area_m2(cell) / weight, 1e-6);
    }
    EXPECT_EQ(at_points, 2);
  }
}

}  // namespace
}  // namespace urbiome::slow
