#include "urbiome/kernel/fairness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace urbiome {
namespace {

using Units = std::vector<ProvidedUnit>;

Units units_of(const std::vector<double>& each, const std::vector<double>& people = {},
               const std::vector<double>& ranks = {}) {
  Units units;
  for (std::size_t i = 0; i < each.size(); ++i)
    units.push_back({each[i], people.empty() ? 1 : people[i], ranks.empty() ? 0 : ranks[i]});
  return units;
}

Units random_units(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> part;
  Units units;
  for (std::size_t i = 0; i < count; ++i) {
    const double each = part(random) < 0.2 ? 0 : std::floor(20 * part(random)) * 3.7;  // some are equal
    const double people = part(random) < 0.1 ? 0 : 5000 * part(random);
    units.push_back({each, people, std::floor(8 * part(random))});
  }
  return units;
}

const Units kDistricts = units_of({0, 10, 20, 50}, {400, 300, 200, 100});

void expect_points(const Units& units, const std::vector<std::pair<double, double>>& wanted) {
  const std::vector<LorenzPoint> points = lorenz_curve(units);
  ASSERT_EQ(points.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(points[i].people_share, wanted[i].first, 1e-15) << i;
    EXPECT_NEAR(points[i].provision_share, wanted[i].second, 1e-6) << i;
  }
}

// Every figure of the units, in one list.
std::vector<std::optional<double>> figures(const Units& units) {
  return {gini(units), theil(units), palma_ratio(units), concentration_index(units)};
}

void expect_near(const std::optional<double>& found, const std::optional<double>& wanted, double tolerance) {
  ASSERT_EQ(found.has_value(), wanted.has_value());
  if (!found) return;
  EXPECT_NEAR(*found, *wanted, tolerance * std::max(1.0, std::abs(*wanted)));
}

TEST(Fairness, LowestFifth) {
  // Ranks from the lowest: 100 people with 3, 100 with 8, 800 with 1; the fifth are the first two.
  const Units units = units_of({1, 3, 8}, {800, 100, 100}, {9, 1, 2});
  EXPECT_DOUBLE_EQ(*mean_of_lowest_fifth(units), 5.5);
  // One of the ranks is cut: 150 of 300 people with 4, after 50 with 0.
  EXPECT_DOUBLE_EQ(*mean_of_lowest_fifth(units_of({0, 4, 7}, {50, 300, 650}, {1, 2, 3})), 3);
  // Zones of one rank are mixed: 100 with 2 and 300 with 6.
  EXPECT_DOUBLE_EQ(*mean_of_lowest_fifth(units_of({2, 6, 0}, {100, 300, 600}, {1, 1, 2})), 5);
  EXPECT_EQ(mean_of_lowest_fifth(units_of({0, 0}, {1, 2}, {1, 2})), 0);
  EXPECT_FALSE(mean_of_lowest_fifth(units_of({1, 2}, {0, 0}, {1, 2})));
  EXPECT_FALSE(mean_of_lowest_fifth({}));
}

TEST(Fairness, LowestFifthAgreesWithOnePersonAfterTheOther) {
  for (std::uint64_t seed = 1; seed < 60; ++seed) {
    Units units = random_units(seed, 1 + seed % 9);
    for (ProvidedUnit& unit : units) unit.people = std::floor(unit.people / 50), unit.rank += 0.01 * unit.per_person;
    std::vector<std::pair<double, double>> everybody;  // rank, what he has
    for (const ProvidedUnit& unit : units)
      for (int i = 0; i < 5 * unit.people; ++i) everybody.emplace_back(unit.rank, unit.per_person);
    std::ranges::sort(everybody);  // units of one rank have one x here
    const std::size_t fifth = everybody.size() / 5;
    double sum = 0;
    for (std::size_t i = 0; i < fifth; ++i) sum += everybody[i].second;
    const std::optional<double> wanted = fifth == 0 ? std::nullopt : std::optional(sum / static_cast<double>(fifth));
    expect_near(mean_of_lowest_fifth(units), wanted, 1e-12);
  }
}

TEST(Fairness, TablesOfTheSpecification) {
  EXPECT_DOUBLE_EQ(*gini(units_of({1, 2, 3, 4})), 0.25);
  expect_points(units_of({1, 2, 3, 4}), {{0, 0}, {.25, .1}, {.5, .3}, {.75, .6}, {1, 1}});
  EXPECT_DOUBLE_EQ(*gini(units_of({0, 0, 0, 1})), 0.75);
  EXPECT_DOUBLE_EQ(*gini(kDistricts), 0.6);
  expect_points(kDistricts, {{0, 0}, {.4, 0}, {.7, .25}, {.9, .583333}, {1, 1}});
  EXPECT_DOUBLE_EQ(*concentration_index(units_of({0, 10, 20, 50}, {400, 300, 200, 100}, {1, 2, 3, 4})), 0.6);
  EXPECT_DOUBLE_EQ(*concentration_index(units_of({0, 10, 20, 50}, {400, 300, 200, 100}, {4, 3, 2, 1})), -0.6);
  EXPECT_DOUBLE_EQ(*concentration_index(units_of({10, 0, 50, 20}, {300, 400, 100, 200}, {2, 4, 1, 3})), -0.5);
}

TEST(Fairness, TheilByHand) {
  // One of four has all: r = 4 for a quarter of the people.
  EXPECT_DOUBLE_EQ(*theil(units_of({0, 0, 0, 1})), std::log(4.0));
  EXPECT_NEAR(*theil(units_of({1, 3})), 0.5 * (0.5 * std::log(0.5) + 1.5 * std::log(1.5)), 1e-15);
  EXPECT_NEAR(*theil(units_of({1, 1 + 1e-6})), 1.25e-13, 1e-17);
}

TEST(Fairness, PalmaRatioSplitsTheUnitAtTheCut) {
  EXPECT_DOUBLE_EQ(*palma_ratio(units_of({1, 2, 3, 4})), 0.4 * 4 / (1 * 1 + 0.6 * 2));
  EXPECT_DOUBLE_EQ(*palma_ratio(units_of({10, 30}, {100, 100})), 20 * 30.0 / (80 * 10));
  EXPECT_EQ(palma_ratio(kDistricts), std::nullopt);  // the worst-served 40 % have nothing, exactly
  EXPECT_DOUBLE_EQ(*palma_ratio(units_of({0, 10, 20, 50}, {300, 400, 200, 100})), 5.0);
  EXPECT_EQ(palma_ratio(units_of({0, 1}, {0.4 - 1e-12, 0.6})), std::nullopt);  // rounding of people, no more
}

TEST(Fairness, NobodyAndNothingHaveNoFigures) {
  for (const Units& units : {Units{}, units_of({1, 2}, {0, 0}), units_of({0, 0}, {10, 20}), units_of({0, 7}, {5, 0})}) {
    for (const std::optional<double>& figure : figures(units)) EXPECT_EQ(figure, std::nullopt);
    EXPECT_EQ(gini_of_sample(units), std::nullopt);
    EXPECT_TRUE(lorenz_curve(units).empty());
  }
}

TEST(Fairness, EqualIsExactlyZero) {
  const Units units = units_of({0.1, 0.1, 0.1}, {0.1, 1e9, 1.0 / 3}, {3, 1, 2});
  EXPECT_EQ(*gini(units), 0);
  EXPECT_EQ(*theil(units), 0);
  EXPECT_EQ(*concentration_index(units), 0);
  EXPECT_DOUBLE_EQ(*palma_ratio(units), 0.25);
  expect_points(units, {{0, 0}, {1, 1}});
}

TEST(Fairness, CorrectionForASmallSample) {
  EXPECT_DOUBLE_EQ(*gini_of_sample(units_of({0, 0, 0, 1})), 1);
  EXPECT_DOUBLE_EQ(*gini_of_sample(units_of({1, 2, 9}, {1, 1, 0})), 2 * *gini(units_of({1, 2})));
  EXPECT_EQ(gini_of_sample(units_of({3})), std::nullopt);
}

TEST(Fairness, OneRankForAllConcentratesNothing) {
  EXPECT_EQ(*concentration_index(units_of({1, 5, 2}, {3, 4, 9}, {7, 7, 7})), 0);
}

TEST(Fairness, FarApartAndVerySmall) {
  EXPECT_NEAR(*gini(units_of({1e-300, 1e300}, {1e-300, 1e300})), 0, 1e-15);
  EXPECT_DOUBLE_EQ(*gini(units_of({1e-320, 3e-320})), *gini(units_of({1, 3e-320 / 1e-320})));
}

class RandomUnits : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Units units = random_units(GetParam(), 3 + 7 * GetParam());
};

// From the definitions: mean differences over all pairs, and the curve's trapezia.
TEST_P(RandomUnits, AgreeWithBruteForce) {
  double people = 0, provision = 0, differences = 0, entropy = 0;
  for (const ProvidedUnit& a : units) {
    people += a.people, provision += a.people * a.per_person;
    for (const ProvidedUnit& b : units) differences += a.people * b.people * std::abs(a.per_person - b.per_person);
  }
  for (const ProvidedUnit& a : units) {
    const double r = a.per_person * people / provision;
    if (r > 0) entropy += a.people / people * r * std::log(r);
  }
  EXPECT_NEAR(*gini(units), differences / (2 * people * provision), 1e-13);
  EXPECT_NEAR(*theil(units), entropy, 1e-13);

  const std::vector<LorenzPoint> curve = lorenz_curve(units);
  double trapezia = 0;
  for (std::size_t k = 1; k < curve.size(); ++k) {
    trapezia +=
        (curve[k].people_share - curve[k - 1].people_share) * (curve[k].provision_share + curve[k - 1].provision_share);
    EXPECT_GT(curve[k].people_share, curve[k - 1].people_share);
    EXPECT_GE(curve[k].provision_share, curve[k - 1].provision_share);
  }
  EXPECT_NEAR(*gini(units), 1 - trapezia, 1e-13);
  EXPECT_EQ(curve.back().people_share, 1);
  EXPECT_EQ(curve.back().provision_share, 1);

  // Twice the covariance of x with the place in the order of ranks, over the mean (Kakwani et al. 1997).
  double covariance = 0;
  for (const ProvidedUnit& a : units) {
    double place = 0;
    for (const ProvidedUnit& b : units) place += b.people / people * (b.rank < a.rank ? 1 : b.rank == a.rank ? 0.5 : 0);
    covariance += a.people * (a.per_person - provision / people) * place;
  }
  EXPECT_NEAR(*concentration_index(units), 2 * covariance / provision, 1e-13);
}

// A curve drawn through its points, read at 40 and 90 %.
TEST_P(RandomUnits, PalmaRatioIsReadFromTheCurve) {
  const std::vector<LorenzPoint> curve = lorenz_curve(units);
  const auto at = [&](double people) {
    std::size_t k = 1;
    while (curve[k].people_share < people) ++k;
    const LorenzPoint &a = curve[k - 1], &b = curve[k];
    return a.provision_share +
           (b.provision_share - a.provision_share) * (people - a.people_share) / (b.people_share - a.people_share);
  };
  const std::optional<double> ratio = palma_ratio(units);
  if (!ratio) {
    EXPECT_LT(at(0.4), 2 * kLeastPart);
    return;
  }
  EXPECT_NEAR(*ratio, (1 - at(0.9)) / at(0.4), 1e-11 * *ratio);
}

TEST_P(RandomUnits, OrderDoesNotMatter) {
  const auto before = figures(units);
  const auto curve = lorenz_curve(units);
  for (int turn = 0; turn < 5; ++turn) {
    std::shuffle(units.begin(), units.end(), std::mt19937_64(GetParam() + static_cast<std::uint64_t>(turn)));
    EXPECT_EQ(figures(units), before);
    ASSERT_EQ(lorenz_curve(units).size(), curve.size());
    for (std::size_t i = 0; i < curve.size(); ++i)
      EXPECT_EQ(lorenz_curve(units)[i].provision_share, curve[i].provision_share);
  }
}

TEST_P(RandomUnits, AUnitCutInTwoChangesNothing) {
  const auto before = figures(units);
  Units halves;
  for (ProvidedUnit unit : units) {
    unit.people /= 2;
    halves.push_back(unit);
    halves.push_back(unit);
  }
  EXPECT_EQ(figures(halves), before);
}

TEST_P(RandomUnits, OnlyProportionsMatter) {
  const auto before = figures(units);
  for (const double factor : {0.1, 8.0, 1e7}) {
    Units more = units, crowded = units;
    for (ProvidedUnit& unit : more) unit.per_person *= factor;
    for (ProvidedUnit& unit : crowded) unit.people *= factor;
    for (std::size_t i = 0; i < before.size(); ++i) {
      expect_near(figures(more)[i], before[i], 1e-12);
      expect_near(figures(crowded)[i], before[i], 1e-12);
    }
  }
}

TEST_P(RandomUnits, FiguresLieInTheirRange) {
  EXPECT_TRUE(*gini(units) >= 0 && *gini(units) < 1);
  EXPECT_GE(*theil(units), 0);
  EXPECT_LE(std::abs(*concentration_index(units)), *gini(units) + 1e-15);  // no order is as steep as that by x
  for (ProvidedUnit& unit : units) unit.rank = unit.per_person;
  EXPECT_EQ(concentration_index(units), gini(units));
  for (ProvidedUnit& unit : units) unit.rank = -unit.per_person;
  EXPECT_EQ(*concentration_index(units), -*gini(units));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomUnits, ::testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace urbiome
