#include "urbiome/kernel/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace urbiome {
namespace {

void add(ExactSum& sum, double value) {
  const BinaryParts parts = parts_of(value);
  sum.add(parts.mantissa, parts.exponent);
}

double total(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) add(sum, value);
  return sum.rounded();
}

TEST(ExactSum, HoldsEverySingleDouble) {
  std::mt19937_64 random(1);
  std::vector<double> values{0.0, 1.0, -1.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.0};
  for (int i = 0; i < 2000; ++i) values.push_back(std::bit_cast<double>(random()));
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(total({value}), value);
  }
}

TEST(ExactSum, CancelsWithoutLoss) {
  EXPECT_EQ(total({1e300, 1.0, -1e300}), 1.0);
  EXPECT_EQ(total({1e300, 1e-300, -1e300}), 1e-300);
  EXPECT_EQ(total({1e308, 1e308, -1e308}), 1e308) << "sums beyond double on the way";
  EXPECT_EQ(total({1.7976931348623157e308, 1.7976931348623157e308}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(total({-3.0, 1.0, 2.0}), 0.0);
}

TEST(ExactSum, RoundsToNearestWithTiesToEven) {
  const double one = 1, half = std::ldexp(1.0, -53), next = 1 + std::ldexp(1.0, -52);
  EXPECT_EQ(total({one, half}), one);
  EXPECT_EQ(total({next, half}), 1 + std::ldexp(1.0, -51));
  EXPECT_EQ(total({one, half, 1e-300}), next) << "anything beyond the tie counts";
  EXPECT_EQ(total({one, half, -1e-300}), one);
  EXPECT_EQ(total({-one, -half, -1e-300}), -next);
}

TEST(ExactSum, OrderAndGroupingDoNotMatter) {
  std::mt19937_64 random(2);
  std::uniform_int_distribution<int> exponent(-300, 300);
  std::normal_distribution<double> any;
  std::vector<double> values;
  for (int i = 0; i < 3000; ++i) values.push_back(std::ldexp(any(random), exponent(random)));
  const double expected = total(values);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    std::vector<ExactSum> parts(7);
    for (std::size_t i = 0; i < values.size(); ++i) add(parts[i % parts.size()], values[i]);
    for (std::size_t i = 1; i < parts.size(); ++i) parts[0].add(parts[i]);
    EXPECT_EQ(parts[0].rounded(), expected);
  }
  ExactSum sum;
  for (const double value : values) add(sum, value);
  for (const double value : values) add(sum, -value);
  EXPECT_TRUE(sum.zero());
}

TEST(ExactSum, ProductsAreExact) {
  std::mt19937_64 random(3);
  const auto any = [&] { return static_cast<Int128>(static_cast<std::int64_t>(random())) << (random() % 60); };
  for (int i = 0; i < 500; ++i) {
    const Int128 a = any(), b = any(), c = any();
    ExactSum one, other, left, right;
    one.add_product(a, b, -30);
    other.add_product(a, c, 17);
    left = ExactSum::product(one, other);  // a b a c 2^-13
    ExactSum ab, ca;
    ab.add_product(a, a, -13);
    ca.add_product(b, c, 0);
    right = ExactSum::product(ab, ca);
    left.subtract(right);
    EXPECT_TRUE(left.zero());
  }
  ExactSum minus;
  minus.add(-3, 0);
  EXPECT_EQ(ExactSum::product(minus, minus).rounded(), 9);
}

TEST(ExactSum, ManyAdditionsCarry) {
  ExactSum sum;
  const Int128 amount = (Int128{1} << 126) - 1;
  for (int i = 0; i < 100000; ++i) sum.add(amount, 3);
  EXPECT_EQ(sum.rounded(), std::ldexp(100000.0, 129));
  for (int i = 0; i < 100001; ++i) sum.add(-amount, 3);
  EXPECT_EQ(sum.rounded(), -std::ldexp(1.0, 129));
}

TEST(WideNumbers, KeepRangesBeyondDouble) {
  ExactSum large, small;
  large.add(3, 2000);
  small.add(2, 1990);
  EXPECT_EQ(narrowed(ratio(large.wide(), small.wide())), 1536.0);
  EXPECT_EQ(narrowed(square_root(ratio(large.wide(), small.wide()))), std::sqrt(1536.0));
  EXPECT_EQ(narrowed(large.wide()), std::numeric_limits<double>::infinity());
  ExactSum odd;
  odd.add(1, -2001);
  EXPECT_NEAR(
      std::ldexp(narrowed(WideNumber{square_root(odd.wide()).fraction, square_root(odd.wide()).exponent + 1001}), 0),
      std::sqrt(2.0), 1e-15);
}

}  // namespace
}  // namespace urbiome
