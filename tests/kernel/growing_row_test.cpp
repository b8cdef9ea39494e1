#include "urbiome/kernel/growing_row.h"

#include <gtest/gtest.h>

#include <random>

#include "urbiome/kernel/cell_mask.h"

namespace urbiome {
namespace {

using Cells = std::vector<bool>;

Cells grown(const Cells& cells, int k) {
  Cells result(cells.size(), false);
  const auto width = static_cast<int>(cells.size());
  for (int col = 0; col < width; ++col) {
    const int reach = std::min(k, width);
    for (int from = std::max(col - reach, 0); from <= std::min(col + reach, width - 1); ++from) {
      if (cells[static_cast<std::size_t>(from)]) result[static_cast<std::size_t>(col)] = true;
    }
  }
  return result;
}

std::vector<urbiome::Run> runs_of(const Cells& cells) {
  std::vector<urbiome::Run> runs;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i]) continue;
    const auto col = static_cast<std::int32_t>(i);
    if (i > 0 && cells[i - 1]) {
      ++runs.back().end;
    } else {
      runs.push_back({col, col + 1});
    }
  }
  return runs;
}

Cells cells_of(const std::vector<std::uint64_t>& words, std::size_t width) {
  Cells cells(width);
  for (std::size_t i = 0; i < width; ++i) cells[i] = (words[i / 64] >> (i % 64) & 1) != 0;
  return cells;
}

TEST(GrowingRow, HoldsWhatLiesWithinReach) {
  std::mt19937 random(8);
  for (const std::size_t width : {1U, 2U, 63U, 64U, 65U, 128U, 500U, 1000U}) {
    GrowingRow row(static_cast<std::int64_t>(width));
    for (const double density : {0.0, 0.003, 0.05, 0.5, 1.0}) {
      Cells cells(width);
      for (std::size_t i = 0; i < width; ++i) cells[i] = std::bernoulli_distribution(density)(random);
      for (const std::vector<int>& steps :
           {std::vector{0, 1, 2, 3, 4, 5, 30}, {2, 2, 70, 71}, {300}, {64, 128}, {1200}, {1 << 30}}) {
        row.set(runs_of(cells));
        for (const int k : steps) {
          row.grow_to(k);
          std::vector<std::uint64_t> words(static_cast<std::size_t>(row.words()), 0);
          row.add_to(words);
          ASSERT_EQ(cells_of(words, width), grown(cells, k)) << width << " wide, density " << density << ", " << k;
        }
      }
    }
  }
}

TEST(GrowingRow, AddsToWhatIsThere) {
  GrowingRow row(130);
  row.set(std::vector<urbiome::Run>{{128, 130}});
  std::vector<std::uint64_t> words = {5, 0, 0};
  row.grow_to(1);
  row.add_to(words);
  EXPECT_EQ(words[0], 5U);
  EXPECT_EQ(words[1], std::uint64_t{1} << 63);
  EXPECT_EQ(words[2] & 3, 3U);
}

}  // namespace
}  // namespace urbiome
