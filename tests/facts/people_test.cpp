// People on the grid, and what is around them, against their definitions.
#include <gtest/gtest.h>

#include "slow_facts.h"

namespace urbiome::slow {
namespace {

// Pieces of a field laid out by cell; exact only for pieces of one cell, so a rest of a few units is left.
std::vector<double> by_cell(const PeopleField& field, const Grid& grid) {
  std::vector<double> people(static_cast<std::size_t>(grid.cells()), 0);
  for (std::int64_t row = 0; row < grid.height; ++row) {
    const auto at = [&](std::int64_t col) -> double& {
      return people[static_cast<std::size_t>(row * grid.width + col)];
    };
    for (const PeoplePiece& piece : field.pieces_of(row)) {
      for (std::int32_t col = piece.begin; col < piece.end; ++col)
        at(col) += from_fixed(piece.amount) / (piece.end - piece.begin);
    }
    for (const PeoplePoint& point : field.points_of(row)) at(point.col) += from_fixed(point.amount);
  }
  return people;
}

Int128 everybody(const PeopleField& field, const Grid& grid) {
  Int128 sum = 0;
  for (std::int64_t row = 0; row < grid.height; ++row) {
    for (const PeoplePiece& piece : field.pieces_of(row)) sum += piece.amount;
    for (const PeoplePoint& point : field.points_of(row)) sum += point.amount;
  }
  return sum;
}

TEST(PeopleFieldFact, SpreadsByCoveredAreaAndLosesNobody) {
  for (const Place& place : places()) {
    const Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    for (const bool evenly : {false, true}) {
      for (std::size_t zone = 0; zone < place.zones.size(); ++zone) {
        for (const double people : {0.0, 1e-12, 1.0, 1234.5678, 4194303.0}) {
          PeopleField field(place.grid);
          EXPECT_TRUE(field.add(landscape.zones[zone].coverage, to_fixed(people), evenly, landscape.areas));
          field.finish();
          EXPECT_TRUE(everybody(field, place.grid) == to_fixed(people)) << people;
          EXPECT_TRUE(field.total() == to_fixed(people));
          double weight = 0;
          for (int cell = 0; cell < slow.cells(); ++cell)
            weight += slow.share(zone, cell) * (evenly ? 1 : slow.area_m2(cell));
          const std::vector<double> found = by_cell(field, place.grid);
          for (int cell = 0; cell < slow.cells(); ++cell) {
            const double wanted = people * slow.share(zone, cell) * (evenly ? 1 : slow.area_m2(cell)) / weight;
            // Within a row of whole cells areas are equal on these grids.
            EXPECT_NEAR(found[static_cast<std::size_t>(cell)], wanted, 1e-9 * people + 3e-12);
          }
        }
      }
    }
  }
}

TEST(PeopleFieldFact, PartsOfASourceAddUpToIt) {
  std::mt19937 random(8);
  for (const Place& place : places()) {
    const Grid& g = place.grid;
    const Landscape landscape = landscape_of(place);
    const MultiPolygon source = shapes::box(g.x_of(2.3), g.y_of(12.9), g.x_of(15.1), g.y_of(1.2));
    const Int128 weight = PeopleField::weight(cover_exactly(source, g), false, landscape.areas);
    const double cut = 7.77;
    const std::vector<MultiPolygon> parts = {shapes::box(g.x_of(2.3), g.y_of(12.9), g.x_of(cut), g.y_of(1.2)),
                                             shapes::box(g.x_of(cut), g.y_of(12.9), g.x_of(15.1), g.y_of(1.2))};
    double sum = 0;
    for (const MultiPolygon& part : parts) {
      PeopleField field(g);
      EXPECT_TRUE(field.add_part(cover_exactly(part, g), weight, to_fixed(1000), false, landscape.areas));
      field.finish();
      sum += from_fixed(field.total());
    }
    EXPECT_NEAR(sum, 1000, 1e-8);
  }
}

TEST(PeopleFieldFact, NoiseOfBordersMovesNobody) {
  for (const Place& place : places()) {
    const Grid& g = place.grid;
    const Landscape landscape = landscape_of(place);
    const auto box_to = [&](double left, double right) {
      return cover_exactly(shapes::box(g.x_of(left), g.y_of(12.9), g.x_of(right), g.y_of(1.2)), g);
    };
    const Int128 weight = PeopleField::weight(box_to(2.3, 15.1), false, landscape.areas);
    for (const double off : {1e-10, 1e-7}) {
      PeopleField most(g), rest(g);
      EXPECT_TRUE(most.add_part(box_to(2.3, 15.1 - off), weight, to_fixed(1000), false, landscape.areas));
      const bool some = rest.add_part(box_to(15.1 - off, 15.1), weight, to_fixed(1000), false, landscape.areas);
      EXPECT_EQ(some, off > 1e-9);
      EXPECT_EQ(most.total() == to_fixed(1000), off < 1e-9);
      EXPECT_EQ(rest.total() == 0, off < 1e-9);
      EXPECT_NEAR(from_fixed(most.total() + rest.total()), 1000, 1e-8);
    }
  }
}

TEST(PeopleFieldFact, HoldsPointsOfTheGridOnly) {
  const Grid grid{.x0 = 100, .y0 = 50, .dx = 10, .dy = 10, .width = 3, .height = 2};
  PeopleField field(grid);
  EXPECT_TRUE(field.add(Point{100, 50}, 1));  // the top left corner
  EXPECT_TRUE(field.add(Point{129.999, 30.001}, 2));
  EXPECT_FALSE(field.add(Point{130, 40}, 4));  // right and lower sides are outside
  EXPECT_FALSE(field.add(Point{110, 30}, 8));
  EXPECT_FALSE(field.add(Point{99.999, 40}, 16));
  EXPECT_FALSE(field.add(Point{NAN, 40}, 32));
  field.finish();
  EXPECT_TRUE(field.total() == 3);
  ASSERT_EQ(field.points_of(0).size(), 1U);
  EXPECT_EQ(field.points_of(1)[0].col, 2);
  EXPECT_TRUE(field.pieces_of(0).empty());
  EXPECT_TRUE(field.points_of(5).empty());
}

TEST(PeopleFieldFact, AnEmptyCoveragePlacesNobody) {
  const Grid grid{.dx = 10, .dy = 10, .width = 3, .height = 2};
  PeopleField field(grid);
  EXPECT_FALSE(field.add(Coverage{}, kOne, false, planar_cell_areas(grid)));
  EXPECT_TRUE(field.total() == 0);
}

TEST(WithinRuns, KeepsWhatLiesOnTheRuns) {
  for (const Place& place : places()) {
    const SlowFacts slow(place);
    for (std::size_t zone = 0; zone < place.zones.size(); ++zone) {
      const Coverage kept =
          within_runs(cover_exactly(place.zones[zone], place.grid), reference::runs_of(place.map, kGreen));
      double found = 0, wanted = 0;
      for (const CellSpan& span : kept.spans) found += span.end - span.begin;
      for (const PartialCell& cell : kept.partials) found += from_fixed(cell.share);
      for (int cell = 0; cell < slow.cells(); ++cell) wanted += slow.is(cell, kGreen) ? slow.share(zone, cell) : 0;
      EXPECT_NEAR(found, wanted, 1e-9);
    }
  }
}

struct Around {
  double residents = 0, known = 0, near = 0, green = 0, surrounded = 0;
};

// Somebody somewhere, and what a look around tells.
struct Person {
  int cell;
  Point at;
  double people;
  bool near = false;
  int known_around = 0, green_around = 0;
};

class PeopleAround : public ::testing::Test {
 protected:
  // Some people in every fifth cell, and points anywhere.
  void settle(const Place& place, bool points) {
    const Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    field_ = PeopleField(place.grid);
    persons_.clear();
    std::uniform_real_distribution<double> col(0, 17), row(0, 14), people(0, 9);
    for (int cell = 0; cell < slow.cells(); cell += 5) {
      persons_.push_back({cell, slow.centre(cell), people(random_)});
      field_.add(cover_window({slow.row(cell), slow.col(cell), 1, 1}), to_fixed(persons_.back().people), true,
                 landscape.areas);
    }
    for (int i = 0; points && i < 40; ++i) {
      const double c = col(random_), r = row(random_);
      persons_.push_back(
          {static_cast<int>(r) * 17 + static_cast<int>(c), {place.grid.x_of(c), place.grid.y_of(r)}, people(random_)});
      field_.add(persons_.back().at, to_fixed(persons_.back().people));
    }
    field_.finish();
  }

  // The distance of one of the people to green, a hair longer or shorter, so that being near hangs on the last digits.
  double sharp_limit(const SlowFacts& slow, const FactParameters& p, const std::vector<int>& large, double factor) {
    const Person& person = persons_[random_() % persons_.size()];
    double nearest = INFINITY;
    for (const int c : large)
      nearest = std::min(nearest, p.near_edge ? slow.to_cell(person.at, c) : slow.ground(person.at, slow.centre(c)));
    return std::isfinite(nearest) && nearest > 0 ? nearest * factor : p.near_distance_m;
  }

  void look_around(const SlowFacts& slow, const FactParameters& p, const std::vector<int>& large) {
    const double diagonal = 2 * std::sqrt(2 * slow.area_m2(0));
    for (Person& person : persons_) {
      person.near = std::any_of(large.begin(), large.end(), [&](int c) {
        const double d = slow.ground(person.at, slow.centre(c));
        if (!p.near_edge || d > p.near_distance_m + diagonal) return d <= p.near_distance_m * (1 + 1e-12);
        return slow.to_cell(person.at, c) <= p.near_distance_m * (1 + 1e-12);
      });
      for (int c = 0; c < slow.cells(); ++c) {
        if (slow.ground(slow.centre(person.cell), slow.centre(c)) > p.exposure_radius_m * (1 + 1e-12)) continue;
        person.known_around += slow.is(c, kUnknown) ? 0 : 1;
        person.green_around += slow.is(c, kGreen) ? 1 : 0;
      }
    }
  }

  Around in_zone(const SlowFacts& slow, std::size_t zone) const {
    Around sum;
    for (const Person& person : persons_) {
      const double part = person.people * slow.share(zone, person.cell);
      sum.residents += part;
      sum.known += slow.is(person.cell, kUnknown) ? 0 : part;
      sum.near += person.near ? part : 0;
      sum.surrounded += person.known_around > 0 ? part : 0;
      sum.green += person.known_around > 0 ? part * person.green_around / person.known_around : 0;
    }
    return sum;
  }

  std::mt19937 random_{77};
  PeopleField field_{Grid{}};
  std::vector<Person> persons_;
};

TEST_F(PeopleAround, AreNearGreenAndSeeItsShare) {
  int way = 0;
  for (const Place& place : places()) {
    Executor executor(ways_to_work()[static_cast<std::size_t>(way++ % 3)]);
    const Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    const double side = std::sqrt(slow.area_m2(0));
    std::uniform_real_distribution<double> any(0.6, 4);
    for (int round = 0; round < 6; ++round) {
      settle(place, round % 2 == 1);
      FactParameters p;
      p.near_distance_m =
          !place.geographic && round == 4 ? 2.5 * place.grid.dx : any(random_) * side;  // a tie along rows
      p.exposure_radius_m = any(random_) * side;
      p.near_edge = round % 3 != 0;
      p.min_green_area_m2 = 1.7 * slow.area_m2(0);
      const std::vector<int> large_cells =
          slow.without_small(slow.green(), 8, p.min_green_area_m2, [&](int c) { return slow.area_m2(c); });
      if (round >= 2 && round <= 3)
        p.near_distance_m = sharp_limit(slow, p, large_cells, round == 2 ? 1 - 1e-7 : 1 + 1e-7);
      SCOPED_TRACE(testing::Message() << "grid at " << place.grid.x0 << " " << place.grid.y0 << ", near "
                                      << p.near_distance_m << ", round " << round);
      const auto flow = facts_of(
          landscape, {FactId::green_places, FactId::people, FactId::near_green, FactId::green_around}, p, executor);
      PeopleSources sources;
      sources.push_back(std::make_unique<PlacedPeople>(field_, landscape));
      std::vector<Population> all(1);
      all[0].sources = std::move(sources);
      const ZonePeople found = flow->people(all).front();
      ASSERT_TRUE(found.has_near && found.has_around);
      look_around(slow, p, large_cells);
      for (std::size_t zone = 0; zone < place.zones.size(); ++zone) {
        const Around wanted = in_zone(slow, zone);
        EXPECT_NEAR(from_fixed(found.zones[zone].residents), wanted.residents, 1e-8);
        EXPECT_NEAR(from_fixed(found.zones[zone].on_known_cells), wanted.known, 1e-8);
        EXPECT_NEAR(from_fixed(found.zones[zone].near_green), wanted.near, 1e-8);
        EXPECT_NEAR(from_fixed(found.zones[zone].green_around), wanted.green, 1e-8);
        EXPECT_NEAR(from_fixed(found.zones[zone].with_surroundings), wanted.surrounded, 1e-8);
      }
    }
  }
}

}  // namespace
}  // namespace urbiome::slow
