#include "urbiome/kernel/distance_decay.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace urbiome {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

void expect_weights(const DistanceDecay& decay, std::array<double, 5> at_0_100_250_500_501) {
  const std::array<double, 5> costs{0, 100, 250, 500, 501};
  for (std::size_t i = 0; i < costs.size(); ++i)
    EXPECT_NEAR(decay(costs[i]), at_0_100_250_500_501[i], 1e-6) << costs[i];
}

TEST(DistanceDecay, IsThatOfUrbanNatureAccess) {
  expect_weights({.kind = Decay::dichotomy, .catchment = 500}, {1, 1, 1, 1, 0});
  expect_weights({.kind = Decay::exponential, .catchment = 500}, {1, .818731, .606531, .367879, 0});
  expect_weights({.kind = Decay::gaussian, .catchment = 500}, {1, .949675, .701367, 0, 0});
  expect_weights({.kind = Decay::density, .catchment = 500}, {.75, .72, .5625, 0, 0});
}

TEST(DistanceDecay, GaussianIsAccurateNearItsEnd) {
  const DistanceDecay decay{.kind = Decay::gaussian, .catchment = 1};
  const double cost = 1 - 0x1p-40;  // its slope there is -exp(-1/2) / (1 - exp(-1/2))
  EXPECT_NEAR(decay(cost) / 0x1p-40, 1 / std::expm1(0.5), 1e-10);
  EXPECT_EQ(decay(1), 0);
  EXPECT_GT(decay(std::nextafter(1.0, 0.0)), 0);
}

TEST(DistanceDecay, PowerAndInverseHaveAFloor) {
  const DistanceDecay power{.kind = Decay::power, .power = 2, .floor = 50};
  EXPECT_EQ(power(0), 1);
  EXPECT_EQ(power(50), 1);
  EXPECT_EQ(power(100), 0.25);
  EXPECT_EQ((DistanceDecay{.kind = Decay::power, .power = 3}(2)), 0.125);
  const DistanceDecay inverse{.kind = Decay::inverse, .floor = 4};
  EXPECT_EQ(inverse(0), 0.25);
  EXPECT_EQ(inverse(8), 0.125);
}

TEST(DistanceDecay, WithoutAFloorNothingAtZeroIsFinite) {
  EXPECT_EQ((DistanceDecay{.kind = Decay::inverse}(0)), kInfinite);
  EXPECT_EQ((DistanceDecay{.kind = Decay::power, .power = 0.5}(0)), kInfinite);
  EXPECT_GT((DistanceDecay{.kind = Decay::power, .power = 100}(0.01)), kMostDecay);
  EXPECT_EQ((DistanceDecay{.kind = Decay::power, .power = 100}(1)), 1);
}

TEST(DistanceDecay, DichotomyMayGoOnForEver) {
  const DistanceDecay decay{.kind = Decay::dichotomy, .catchment = kInfinite};
  EXPECT_EQ(decay(0), 1);
  EXPECT_EQ(decay(1e308), 1);
  EXPECT_EQ((DistanceDecay{.kind = Decay::dichotomy, .catchment = 0}(0)), 1);
}

TEST(DistanceDecay, StepsReachUpToTheirCost) {
  const DistanceDecay decay{.kind = Decay::steps, .steps = {{10, 1}, {20, 0.68}, {30, 0.22}}};
  EXPECT_EQ(decay(0), 1);
  EXPECT_EQ(decay(10), 1);
  EXPECT_EQ(decay(10.001), 0.68);
  EXPECT_EQ(decay(30), 0.22);
  EXPECT_EQ(decay(30.001), 0);
}

}  // namespace
}  // namespace urbiome
