#include "urbiome/base/radix_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

namespace urbiome {
namespace {

TEST(RadixSort, SortsAsAStableSortDoes) {
  std::mt19937_64 random(5);
  for (const int bits : {1, 5, 11, 12, 33, 64}) {
    for (const std::size_t count : {0, 1, 2, 100, 3000}) {
      std::vector<std::pair<std::uint64_t, std::size_t>> items;
      for (std::size_t i = 0; i < count; ++i) items.emplace_back(random() >> (64 - bits), i);
      auto expected = items;
      std::ranges::stable_sort(expected, {}, &std::pair<std::uint64_t, std::size_t>::first);
      radix_sort(items, [](const auto& item) { return item.first; });
      ASSERT_EQ(items, expected) << bits << ' ' << count;
    }
  }
}

TEST(RadixSort, DigitsThatAllShareAreLeftOut) {
  std::vector<std::uint64_t> keys{0xFF00000000000003, 0xFF00000000000001, 0xFF00000000000002};
  radix_sort(keys, [](std::uint64_t key) { return key; });
  EXPECT_EQ(keys, (std::vector<std::uint64_t>{0xFF00000000000001, 0xFF00000000000002, 0xFF00000000000003}));
}

}  // namespace
}  // namespace urbiome
