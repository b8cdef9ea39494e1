#include "urbiome/io/value_classes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace urbiome {
namespace {

TEST(ValueClasses, HaveRoundLimits) {
  EXPECT_EQ(classes_of(0, 1).limits.size(), 6U);
  const ValueClasses classes = classes_of(0.12, 0.57);
  ASSERT_EQ(classes.limits.size(), 6U);
  EXPECT_DOUBLE_EQ(classes.limits.front(), 0.1);
  EXPECT_DOUBLE_EQ(classes.limits.back(), 0.6);
  EXPECT_EQ(classes.colours.front(), "#fde725");
  EXPECT_EQ(classes.colours.back(), "#440154");
}

TEST(ValueClasses, HoldEveryValueTheyWereMadeFor) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 20000; ++i) {
    const double scale = std::pow(10.0, static_cast<double>(random() % 40) - 20);
    const double a = (static_cast<double>(random() % 2000001) - 1e6) * scale,
                 b = a + static_cast<double>(random() % 1000000) * scale;
    const ValueClasses classes = classes_of(a, b);
    ASSERT_EQ(classes.limits.size(), classes.colours.size() + 1);
    ASSERT_LE(classes.colours.size(), 11U) << a << " " << b;
    for (const double value : {a, b, a + (b - a) / 3}) ASSERT_GE(classes.index(value), 0) << a << " " << b;
    for (std::size_t k = 1; k < classes.limits.size(); ++k) ASSERT_LE(classes.limits[k - 1], classes.limits[k]);
  }
}

TEST(ValueClasses, OfNothingOrOneValue) {
  EXPECT_EQ(classes_of(5, 5).colours.size(), 1U);
  EXPECT_EQ(classes_of(5, 5).index(5), 0);
  EXPECT_EQ(classes_of(0, 0).index(0), 0);
  EXPECT_TRUE(classes_of(1, 0).limits.empty());
  EXPECT_TRUE(classes_of(std::nan(""), 1).limits.empty());
  EXPECT_TRUE(classes_of(0, std::numeric_limits<double>::infinity()).limits.empty());
  EXPECT_EQ(classes_of(0, 1).index(1.5), -1);
  EXPECT_EQ(classes_of(0, 1).index(std::nan("")), -1);
}

}  // namespace
}  // namespace urbiome
