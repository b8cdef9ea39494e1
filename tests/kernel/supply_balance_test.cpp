#include "urbiome/kernel/supply_balance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace urbiome {
namespace {

SupplyBalance balance_of(double demand, const std::vector<std::pair<double, double>>& people) {
  SupplyBalance sum(demand);
  for (const auto& [count, access] : people) sum.add(count, access);
  return sum;
}

TEST(SupplyBalance, ByHand) {
  const SupplyBalance sum = balance_of(40, {{500, 42.5}, {300, 40}, {200, 30}});
  EXPECT_EQ(sum.people(), 1000);
  EXPECT_EQ(sum.supply(), 21250 + 12000 + 6000);
  EXPECT_EQ(sum.demand(), 40000);
  EXPECT_EQ(sum.balance(), -750);
  EXPECT_EQ(sum.undersupplied(), 200);
  EXPECT_EQ(sum.oversupplied(), 500);  // 300 have exactly what they need
  EXPECT_EQ(sum.supply_per_person(), 39.25);
  EXPECT_EQ(sum.balance_per_person(), -0.75);
}

TEST(SupplyBalance, OfNobody) {
  const SupplyBalance sum = balance_of(10, {{0, 5}, {0, 50}});
  EXPECT_EQ(sum.people(), 0);
  EXPECT_EQ(sum.balance(), 0);
  EXPECT_EQ(sum.undersupplied() + sum.oversupplied(), 0);
  EXPECT_FALSE(sum.supply_per_person() || sum.balance_per_person());
}

TEST(SupplyBalance, NothingVanishesBesideMore) {
  // 2^60 + 1 - 2^60: sums of doubles would give 0.
  const double large = 1152921504606846976.0;
  const SupplyBalance sum = balance_of(large, {{1, large}, {1, large + 256}, {1, large}});
  EXPECT_EQ(sum.balance(), 256);
  EXPECT_EQ(sum.oversupplied(), 1);
  const SupplyBalance thirds = balance_of(0.1, {{3, 0.1}, {7, 0.1}});
  EXPECT_EQ(thirds.balance(), 0);
}

TEST(SupplyBalance, AnyOrderGivesTheSameDigits) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> part;
  std::vector<std::pair<double, double>> people;
  for (int i = 0; i < 500; ++i) people.emplace_back(1000 * part(random), 80 * part(random));
  const SupplyBalance first = balance_of(33.3, people);
  std::shuffle(people.begin(), people.end(), random);
  const SupplyBalance second = balance_of(33.3, people);
  EXPECT_EQ(first.supply(), second.supply());
  EXPECT_EQ(first.balance(), second.balance());
  EXPECT_EQ(first.undersupplied(), second.undersupplied());
  EXPECT_NEAR(first.undersupplied() + first.oversupplied(), first.people(), 1e-9);
}

}  // namespace
}  // namespace urbiome
