#include "urbiome/kernel/floating_catchment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "reference/catchment_reference.h"

namespace urbiome {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::array kMethods{CatchmentMethod::two_step, CatchmentMethod::three_step, CatchmentMethod::balanced};

struct Case {
  std::vector<double> people, amounts;
  std::vector<CatchmentPair> pairs;

  SupplyAccess share(const CatchmentRule& rule) const { return share_supply(people, amounts, pairs, rule); }
};

// The worked example of Urban Nature Access: three groups of people, two parks, 500 m.
Case three_groups() {
  return {
      {500, 300, 200}, {10000, 30000}, {{0, 0, 100}, {0, 1, 400}, {1, 0, 450}, {1, 1, 200}, {2, 0, 900}, {2, 1, 500}}};
}

Case random_case(std::uint64_t seed, std::uint32_t places, std::uint32_t supplies, double lost = 0.3) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> part;
  Case made;
  for (std::uint32_t i = 0; i < places; ++i) made.people.push_back(part(random) < 0.1 ? 0 : 1000 * part(random));
  for (std::uint32_t j = 0; j < supplies; ++j) made.amounts.push_back(part(random) < 0.1 ? 0 : 1e5 * part(random));
  for (std::uint32_t i = 0; i < places; ++i) {
    for (std::uint32_t j = 0; j < supplies; ++j) {
      if (part(random) >= lost) made.pairs.push_back({i, j, 2000 * part(random)});
    }
  }
  return made;
}

std::vector<DistanceDecay> decays(double catchment) {
  std::vector<DistanceDecay> list;
  for (const Decay kind : {Decay::dichotomy, Decay::exponential, Decay::gaussian, Decay::density, Decay::power,
                           Decay::inverse, Decay::steps}) {
    list.push_back({kind, catchment, 1.5, 10, {{300, 1}, {700, 0.5}, {1500, 0.1}}});
  }
  return list;
}

double weighed(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(FloatingCatchment, WorkedExampleOfEachKernel) {
  struct Expected {
    Decay kind;
    std::array<double, 2> ratio;
    std::array<double, 3> access;
  };
  const std::array<Expected, 4> table{{{Decay::dichotomy, {12.5, 30}, {42.5, 42.5, 30}},
                                       {Decay::exponential, {18.820473, 60.079740}, {42.404467, 47.924487, 22.102101}},
                                       {Decay::gaussian, {19.196637, 76.261190}, {41.414685, 64.308858, 0}},
                                       {Decay::density, {24.829299, 92.592593}, {42.877095, 61.871508, 0}}}};
  const Case made = three_groups();
  for (const Expected& expected : table) {
    const SupplyAccess found = made.share({CatchmentMethod::two_step, 500, {.kind = expected.kind, .catchment = 500}});
    for (std::size_t j = 0; j < 2; ++j) EXPECT_NEAR(found.ratio[j], expected.ratio[j], 1e-6);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(found.access[i], expected.access[i], 1e-6);
    EXPECT_NEAR(weighed(made.people, found.access), 40000, 1e-9);
  }
}

TEST(FloatingCatchment, ThreeStepsByHand) {
  // Place 0 reaches both supplies at weights 1 and 1/2, place 1 only the second at weight 1.
  const Case made{{10, 20}, {6, 44}, {{0, 0, 1}, {0, 1, 2}, {1, 1, 1}}};
  const SupplyAccess found = made.share({CatchmentMethod::three_step, kInfinite, {.kind = Decay::inverse}});
  // G = 2/3, 1/3 and 1; a = 2/3, 1/6 and 1; people 20/3 and 10/6 + 20 = 65/3.
  EXPECT_DOUBLE_EQ(found.ratio[0], 0.9);
  EXPECT_DOUBLE_EQ(found.ratio[1], 132.0 / 65);
  EXPECT_DOUBLE_EQ(found.access[0], 0.6 + 22.0 / 65);
  EXPECT_DOUBLE_EQ(found.access[1], 132.0 / 65);
}

TEST(FloatingCatchment, ChoosingLooksBeyondTheLimit) {
  // As in PySAL: the supply at cost 4 lies beyond the limit, yet a fifth of place 0 would rather go there.
  const Case made{{100}, {8, 5}, {{0, 0, 1}, {0, 1, 4}}};
  const SupplyAccess found = made.share({CatchmentMethod::three_step, 2, {.kind = Decay::inverse}});
  EXPECT_DOUBLE_EQ(found.people[0], 80);
  EXPECT_DOUBLE_EQ(found.ratio[0], 0.1);
  EXPECT_DOUBLE_EQ(found.access[0], 0.08);
  EXPECT_FALSE(found.used(1));
}

TEST(FloatingCatchment, BalancedByHand) {
  // Weights 1, 1/2 and 1 as above: 10 people are shared out as 20/3 and 10/3, the others all go to supply 1.
  const Case made{{10, 20}, {6, 70}, {{0, 0, 1}, {0, 1, 2}, {1, 1, 1}}};
  const SupplyAccess found = made.share({CatchmentMethod::balanced, kInfinite, {.kind = Decay::inverse}});
  EXPECT_DOUBLE_EQ(found.ratio[0], 0.9);
  EXPECT_DOUBLE_EQ(found.ratio[1], 3);
  EXPECT_DOUBLE_EQ(found.access[0], 0.9 + 1);  // all of supply 0, a third of the level of supply 1
  EXPECT_DOUBLE_EQ(found.access[1], 2);
}

TEST(FloatingCatchment, AgreesWithTheFormulas) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Case made = random_case(seed, 17, 11);
    for (const DistanceDecay& decay : decays(900)) {
      for (const double limit : {900.0, 400.0}) {
        reference::Matrix f(17, std::vector<long double>(11, 0)), w = f;
        for (const CatchmentPair& pair : made.pairs) {
          f[pair.place][pair.supply] = decay(pair.cost);
          if (pair.cost <= limit) w[pair.place][pair.supply] = decay(pair.cost);
        }
        for (const CatchmentMethod method : kMethods) {
          const SupplyAccess found = made.share({method, limit, decay});
          const auto expected = reference::share_supply(made.people, made.amounts, f, w, method);
          for (std::size_t j = 0; j < 11; ++j)
            EXPECT_NEAR(found.ratio[j], static_cast<double>(expected.ratio[j]), 1e-12 * found.ratio[j]);
          for (std::size_t i = 0; i < 17; ++i)
            EXPECT_NEAR(found.access[i], static_cast<double>(expected.access[i]), 1e-12 * found.access[i]);
        }
      }
    }
  }
}

TEST(FloatingCatchment, WhatIsUsedComesOutAgain) {
  for (std::uint64_t seed = 10; seed < 30; ++seed) {
    const Case made = random_case(seed, 40, 15, 0.9);
    for (const DistanceDecay& decay : decays(1200)) {
      for (const CatchmentMethod method : {CatchmentMethod::two_step, CatchmentMethod::three_step}) {
        const SupplyAccess found = made.share({method, 1200, decay});
        double used = 0;
        for (std::size_t j = 0; j < made.amounts.size(); ++j) used += found.used(j) ? made.amounts[j] : 0;
        EXPECT_NEAR(weighed(made.people, found.access), used, 1e-11 * used);
      }
    }
  }
}

TEST(FloatingCatchment, BalancedKeepsPeopleAndLevelsOfService) {
  for (std::uint64_t seed = 40; seed < 60; ++seed) {
    const Case made = random_case(seed, 40, 15, 0.9);
    for (const DistanceDecay& decay : decays(1200)) {
      const SupplyAccess found = made.share({CatchmentMethod::balanced, 1200, decay});
      std::vector<bool> reaches(made.people.size(), false);
      for (const CatchmentPair& pair : made.pairs) {
        if (pair.cost <= 1200 && decay(pair.cost) > 0) reaches[pair.place] = true;
      }
      double in_reach = 0;
      for (std::size_t i = 0; i < reaches.size(); ++i) in_reach += reaches[i] ? made.people[i] : 0;
      const double shared_out = std::accumulate(found.people.begin(), found.people.end(), 0.0);
      EXPECT_NEAR(shared_out, in_reach, 1e-11 * in_reach);
      const double levels = std::accumulate(found.ratio.begin(), found.ratio.end(), 0.0);
      EXPECT_NEAR(std::accumulate(found.access.begin(), found.access.end(), 0.0), levels, 1e-11 * levels);
    }
  }
}

TEST(FloatingCatchment, EachSupplyHasItsOwnEndByHand) {
  // The first park is worth 300 m, the second 500 m: place 1 reaches the second alone, place 2 neither but at 500 m.
  CatchmentRule rule{CatchmentMethod::two_step, 500, {.kind = Decay::dichotomy, .catchment = 500}};
  rule.max_of_supply = {300, 500};
  const SupplyAccess found = three_groups().share(rule);
  EXPECT_EQ(found.ratio, (std::vector<double>{20, 30}));  // 10000 / 500, 30000 / 1000
  EXPECT_EQ(found.access, (std::vector<double>{50, 30, 30}));
}

TEST(FloatingCatchment, EachGroupHasItsOwnEndByHand) {
  // Half of place 0 and all of place 2 walk 400 m, the others 500 m.
  CatchmentRule rule{CatchmentMethod::two_step, 0, {.kind = Decay::dichotomy}};
  rule.groups = 2;
  rule.max_of_group = {400, 500};
  const Case made{{250, 250, 0, 300, 200, 0}, {10000, 30000}, three_groups().pairs};
  const SupplyAccess found = made.share(rule);
  EXPECT_EQ(found.people, (std::vector<double>{800, 800}));  // 500 + 300 of the longer walk; 500 + 300
  EXPECT_EQ(found.ratio, (std::vector<double>{12.5, 37.5}));
  EXPECT_EQ(found.access, (std::vector<double>{50, 50, 37.5, 50, 0, 37.5}));
}

TEST(FloatingCatchment, OwnEndsAgreeWithTheFormulas) {
  for (std::uint64_t seed = 90; seed < 96; ++seed) {
    const Case made = random_case(seed, 15, 9);
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> part;
    std::vector<double> ends;
    for (int j = 0; j < 9; ++j) ends.push_back(300 + 900 * part(random));
    for (const DistanceDecay& decay : decays(0)) {
      reference::Matrix f(15, std::vector<long double>(9, 0)), w = f;
      for (const CatchmentPair& pair : made.pairs) {
        DistanceDecay own = decay;
        own.catchment = ends[pair.supply];
        f[pair.place][pair.supply] = own(pair.cost);
        if (pair.cost <= ends[pair.supply]) w[pair.place][pair.supply] = own(pair.cost);
      }
      for (const CatchmentMethod method : kMethods) {
        CatchmentRule rule{method, 0, decay};
        rule.max_of_supply = ends;
        const SupplyAccess found = made.share(rule);
        const auto expected = reference::share_supply(made.people, made.amounts, f, w, method);
        for (std::size_t i = 0; i < 15; ++i)
          EXPECT_NEAR(found.access[i], static_cast<double>(expected.access[i]), 1e-12 * found.access[i]);
      }
    }
  }
}

TEST(FloatingCatchment, GroupsAreSharersWithEndsOfTheirOwn) {
  // A group of a place is the same as a place beside it with its people, its costs and its end.
  const std::vector<double> ends{350, 900, 600};
  for (std::uint64_t seed = 100; seed < 106; ++seed) {
    const Case made = random_case(seed, 45, 9);  // of every three places one is a group of the first
    for (const DistanceDecay& decay : decays(0)) {
      Case grouped{made.people, made.amounts, {}};
      reference::Matrix f(45, std::vector<long double>(9, 0));
      for (const CatchmentPair& pair : made.pairs) {
        if (pair.place % 3 != 0) continue;
        grouped.pairs.push_back({pair.place / 3, pair.supply, pair.cost});
        for (std::size_t g = 0; g < 3; ++g) {
          if (pair.cost <= ends[g]) f[pair.place + g][pair.supply] = decay(pair.cost, ends[g]);
        }
      }
      CatchmentRule rule{CatchmentMethod::two_step, 0, decay};
      rule.groups = 3;
      rule.max_of_group = ends;
      const SupplyAccess found = grouped.share(rule);
      const auto expected = reference::share_supply(made.people, made.amounts, f, f, rule.method);
      for (std::size_t i = 0; i < 45; ++i)
        EXPECT_NEAR(found.access[i], static_cast<double>(expected.access[i]), 1e-12 * found.access[i]);
    }
  }
}

TEST(FloatingCatchment, GroupsWithOneEndHaveOneValue) {
  const Case made = random_case(110, 20, 8);
  Case grouped{{}, made.amounts, made.pairs};
  for (const double people : made.people) grouped.people.insert(grouped.people.end(), {people / 4, 3 * people / 4});
  for (const DistanceDecay& decay : decays(900)) {
    for (const CatchmentMethod method : kMethods) {
      CatchmentRule rule{method, 900, decay};
      const SupplyAccess whole = made.share(rule);
      rule.groups = 2;
      rule.max_of_group = {900, 900};
      const SupplyAccess parts = grouped.share(rule);
      for (std::size_t i = 0; i < whole.access.size(); ++i) {
        EXPECT_NEAR(parts.access[2 * i], whole.access[i], 1e-12 * whole.access[i]);
        EXPECT_EQ(parts.access[2 * i], parts.access[2 * i + 1]);
      }
    }
  }
}

// The same places and supplies by other numbers.
Case renumbered(const Case& made, const std::vector<std::uint32_t>& place, const std::vector<std::uint32_t>& supply) {
  Case other = made;
  for (std::size_t i = 0; i < place.size(); ++i) other.people[place[i]] = made.people[i];
  for (std::size_t j = 0; j < supply.size(); ++j) other.amounts[supply[j]] = made.amounts[j];
  for (CatchmentPair& pair : other.pairs) pair = {place[pair.place], supply[pair.supply], pair.cost};
  std::ranges::sort(other.pairs, {}, [](const CatchmentPair& p) { return std::pair(p.place, p.supply); });
  return other;
}

TEST(FloatingCatchment, OrderChangesNoDigit) {
  const Case made = random_case(70, 60, 30);
  std::vector<std::uint32_t> place(60), supply(30);
  std::iota(place.begin(), place.end(), 0U);
  std::iota(supply.begin(), supply.end(), 0U);
  std::mt19937_64 random(71);
  for (int round = 0; round < 3; ++round) {
    std::shuffle(place.begin(), place.end(), random);
    std::shuffle(supply.begin(), supply.end(), random);
    const Case other = renumbered(made, place, supply);
    for (const DistanceDecay& decay : decays(1500)) {
      for (const CatchmentMethod method : kMethods) {
        const SupplyAccess a = made.share({method, 1500, decay}), b = other.share({method, 1500, decay});
        for (std::size_t i = 0; i < place.size(); ++i) EXPECT_EQ(a.access[i], b.access[place[i]]);
        for (std::size_t j = 0; j < supply.size(); ++j) EXPECT_EQ(a.ratio[j], b.ratio[supply[j]]);
      }
    }
  }
}

TEST(FloatingCatchment, AddingASupplyTakesNothingFromAnyone) {
  const Case whole = random_case(80, 30, 12);
  Case fewer = whole;
  fewer.amounts.pop_back();
  std::erase_if(fewer.pairs, [](const CatchmentPair& pair) { return pair.supply == 11; });
  const CatchmentRule rule{CatchmentMethod::two_step, 1000, {.kind = Decay::gaussian, .catchment = 1000}};
  const SupplyAccess more = whole.share(rule), less = fewer.share(rule);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_GE(more.access[i], less.access[i]);
}

TEST(FloatingCatchment, NobodyInReachLeavesASupplyUnused) {
  const DistanceDecay decay{.kind = Decay::dichotomy, .catchment = 10};
  // Supply 0 is reached by a place without people, supply 1 lies too far, supply 2 has no pair at all.
  const Case made{{0, 5}, {7, 8, 9, 10}, {{0, 0, 1}, {1, 1, 11}, {1, 3, 10}}};
  for (const CatchmentMethod method : kMethods) {
    const SupplyAccess found = made.share({method, 10, decay});
    EXPECT_EQ(found.ratio, (std::vector<double>{0, 0, 0, 2}));
    EXPECT_EQ(found.access, (std::vector<double>{0, 2}));
    EXPECT_TRUE(!found.used(0) && !found.used(1) && !found.used(2) && found.used(3));
  }
}

TEST(FloatingCatchment, NothingOverflows) {
  const DistanceDecay decay{.kind = Decay::power, .power = 100};
  const Case made{{kMostAmount, 1e-300}, {kMostAmount, 1e-300, kMostAmount}, {{0, 0, 0.1}, {1, 1, 0.1}, {1, 2, 1e4}}};
  for (const CatchmentMethod method : kMethods) {
    const SupplyAccess found = made.share({method, kInfinite, decay});
    for (const double value : found.ratio) EXPECT_TRUE(std::isfinite(value));
    for (const double value : found.access) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(FloatingCatchment, EmptyIsNothing) {
  const Case made{{3}, {}, {}};
  for (const CatchmentMethod method : kMethods) {
    EXPECT_EQ(made.share({method, kInfinite, {}}).access, (std::vector<double>{0}));
  }
}

}  // namespace
}  // namespace urbiome
