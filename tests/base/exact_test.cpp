// Fixed-point amounts: rounding, scaling without overflow, sums in any order.
#include "urbiome/base/exact.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace urbiome {
namespace {

TEST(Fixed, KeepsDyadicNumbersAndRoundsOthers) {
  for (const double value : {0.0, 1.0, -1.0, 0.5, 2.375, 4194303.0, 1.0 / (1 << 20)})
    EXPECT_EQ(from_fixed(to_fixed(value)), value);
  EXPECT_EQ(to_fixed(1), kOne);
  EXPECT_NEAR(from_fixed(to_fixed(0.1)), 0.1, 0x1p-41);
  EXPECT_EQ(to_fixed(0x1p-41), 1) << "ties go away from zero";
  EXPECT_EQ(to_fixed(-0x1p-41), -1);
  EXPECT_EQ(to_fixed(0x1p-42), 0);
}

TEST(ScaleExactly, RoundsToNearestWithoutOverflow) {
  EXPECT_EQ(scale_exactly(10, 1, 3), 3);
  EXPECT_EQ(scale_exactly(11, 1, 3), 4);
  EXPECT_EQ(scale_exactly(1, 1, 2), 1);  // a tie goes up
  EXPECT_EQ(scale_exactly(0, 7, 9), 0);
  const std::int64_t large = std::int64_t{1} << 62;
  EXPECT_EQ(scale_exactly(large, kOne, kOne), large);
  EXPECT_EQ(scale_exactly(large, large, large), large);
  EXPECT_EQ(scale_exactly(large, 1, 2), large / 2);
}

TEST(Sums, DoNotDependOnTheirOrder) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> any(0, 4e6);
  std::vector<std::int64_t> parts;
  for (int i = 0; i < 100000; ++i) parts.push_back(to_fixed(any(random)));
  Int128 forward = 0, shuffled = 0;
  for (const std::int64_t part : parts) forward += part;
  std::shuffle(parts.begin(), parts.end(), random);
  for (const std::int64_t part : parts) shuffled += part;
  EXPECT_TRUE(forward == shuffled);
  EXPECT_GT(from_fixed(forward), 1e11) << "beyond what 64 bits hold";
}

TEST(Exact, PartsOfAnAmountAreThoseOfTheLongDivision) {
  std::mt19937_64 random(7);
  const auto below_two_to = [&](int bits) { return static_cast<std::int64_t>(random() >> (64 - bits)); };
  for (int i = 0; i < 200000; ++i) {
    const std::int64_t amount = below_two_to(1 + i % 62), whole = 1 + below_two_to(1 + i % 61);
    const PartsOfAmount parts(amount, whole);
    const std::int64_t any = below_two_to(62) % (whole + 1);
    for (const std::int64_t part : {std::int64_t{0}, any, whole - 1, whole})
      ASSERT_EQ(parts(part), static_cast<std::int64_t>(Int128{amount} * part / whole)) << amount << ' ' << part;
    // Just below, at, and above where the quotient steps.
    const std::int64_t step = amount == 0 ? 0 : static_cast<std::int64_t>(Int128{whole} * (amount / 2) / amount);
    for (std::int64_t part = std::max<std::int64_t>(step - 1, 0); part <= std::min(step + 1, whole); ++part)
      ASSERT_EQ(parts(part), static_cast<std::int64_t>(Int128{amount} * part / whole)) << amount << ' ' << part;
  }
}

TEST(Exact, PartsOfAWholeOfMoreThan62BitsAreThoseOfItsHighestBits) {
  const Int128 whole = Int128{0x3fffffffffffffff} << 20;
  const PartsOfAmount parts(1000, whole);
  EXPECT_EQ(parts(0), 0);
  EXPECT_EQ(parts(whole / 2 + (Int128{1} << 21)), 500);
  EXPECT_EQ(parts(whole - 1), 999);
  EXPECT_EQ(parts(whole), 1000);
  EXPECT_EQ(parts(whole + 1), 1000);
}

}  // namespace
}  // namespace urbiome
