#include "urbiome/kernel/adjacency.h"

#include <gtest/gtest.h>

#include "reference/cell_map.h"

namespace urbiome {
namespace {

TEST(Adjacency, PairsAgreeWithCellsOneByOne) {
  std::mt19937 random(3);
  for (const int size : {1, 2, 63, 64, 65, 200, 4096, 4097, 9000}) {
    for (const int classes : {1, 3, 12, 256}) {
      const auto a = reference::patchy_map(random, 1, size, classes, 5).cells;
      const auto b = reference::patchy_map(random, 1, size, classes, 3).cells;
      const auto k = static_cast<std::size_t>(classes);
      PairCounts counts(k);
      counts.add(a, b);
      std::vector<std::int64_t> expected(k * k, 0);
      for (std::size_t i = 0; i < a.size(); ++i) {
        ++expected[a[i] * k + b[i]];
        ++expected[b[i] * k + a[i]];
      }
      for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) ASSERT_EQ(counts.both_ways(i, j), expected[i * k + j]) << size;
      }
    }
  }
}

TEST(Adjacency, CountsByHand) {
  // 0 1
  // 0 2
  const std::vector<ClassIndex> upper{0, 1}, lower{0, 2};
  const std::vector<CellSpan> both{{0, 2}};
  for (const int directions : {4, 8}) {
    PairCounts counts(3);
    add_pairs_in_row(upper, both, counts);
    add_pairs_in_row(lower, both, counts);
    add_pairs_below(upper, both, lower, both, directions, counts);
    EXPECT_EQ(counts.both_ways(0, 0), 2);
    EXPECT_EQ(counts.both_ways(0, 1), directions == 4 ? 1 : 2);
    EXPECT_EQ(counts.both_ways(1, 0), directions == 4 ? 1 : 2);
    EXPECT_EQ(counts.both_ways(0, 2), directions == 4 ? 1 : 2);
    EXPECT_EQ(counts.both_ways(1, 2), 1);
    EXPECT_EQ(counts.both_ways(1, 1), 0);
  }
}

}  // namespace
}  // namespace urbiome
