// How facts lean on each other.
#include <gtest/gtest.h>

#include <algorithm>

#include "urbiome/facts/fact.h"

namespace urbiome {
namespace {

TEST(Facts, StandAfterWhatTheyNeed) {
  const auto& all = fact_declarations();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kFactCount));
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(&declaration_of(all[i].id), &all[i]);
    for (const FactId need : all[i].needs) EXPECT_LT(static_cast<std::size_t>(need), i) << all[i].name;
  }
}

TEST(Facts, ClosureHoldsNeedsOfNeedsOnceAndInOrder) {
  const std::vector<FactId> wanted = {FactId::green_around, FactId::near_green, FactId::near_green};
  const std::vector<FactId> closure = closure_of(wanted);
  EXPECT_TRUE(std::is_sorted(closure.begin(), closure.end()));
  EXPECT_EQ(std::adjacent_find(closure.begin(), closure.end()), closure.end());
  for (const FactId id : closure) {
    for (const FactId need : declaration_of(id).needs)
      EXPECT_TRUE(std::count(closure.begin(), closure.end(), need) == 1);
  }
  EXPECT_TRUE(std::count(closure.begin(), closure.end(), FactId::people) == 1);
  EXPECT_TRUE(std::count(closure.begin(), closure.end(), FactId::zone_patches) == 0);
  EXPECT_TRUE(closure_of({}).empty());
}

}  // namespace
}  // namespace urbiome
