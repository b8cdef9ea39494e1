#include "urbiome/graph/staged_street_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace urbiome {
namespace {

// What a search does: a crowd at first, then more that is never nearer than what came out.
TEST(StagedStreetQueue, NodesComeOutInTheOrderOfTheirLengths) {
  std::mt19937_64 random(2);
  for (const int bits : {3, 28, 33, 44, 55}) {
    StagedStreetQueue queue;
    std::multiset<StreetLength> waiting;
    const auto push = [&](StreetLength nearest) {
      const auto length = nearest + static_cast<StreetLength>(random() >> (64 - bits));
      queue.push({length, static_cast<std::uint32_t>(waiting.size())});
      waiting.insert(length);
    };
    for (int i = 0; i < 2000; ++i) push(0);
    int later = 3000;
    while (queue.next_stage()) {
      ASSERT_FALSE(queue.stage().empty());
      while (!queue.stage_is_done()) {
        const StreetLength length = queue.pop().length;
        ASSERT_EQ(length, *waiting.begin()) << bits;
        waiting.erase(waiting.begin());
        for (int i = static_cast<int>(random() % 3); i > 0 && later > 0; --i, --later) push(length);
      }
    }
    EXPECT_TRUE(waiting.empty());
  }
}

TEST(StagedStreetQueue, NothingWaitsAtFirst) {
  StagedStreetQueue queue;
  EXPECT_FALSE(queue.next_stage());
}

}  // namespace
}  // namespace urbiome
