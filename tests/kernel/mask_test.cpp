#include "urbiome/kernel/mask.h"

#include <gtest/gtest.h>

#include "reference/cell_map.h"

namespace urbiome {
namespace {

std::vector<ClassIndex> random_row(std::mt19937& random, std::size_t size, int classes, int mean_run) {
  const reference::CellMap map = reference::patchy_map(random, 1, static_cast<int>(size), classes, mean_run);
  return map.cells;
}

ClassSet random_set(std::mt19937& random) {
  ClassSet set{};
  const unsigned kind = random() % 4;
  for (std::size_t i = 0; i < set.size(); ++i)
    set[i] = kind == 0 ? i == random() % 16 : kind == 1 ? random() % 2 : kind == 2 ? i >= 16 : random() % 3 == 0;
  return set;
}

void expect_all_as_cell_by_cell(const std::vector<ClassIndex>& row, const ClassSet& set) {
  std::vector<std::uint64_t> members(mask_words(row.size()), 77), changes(members);
  member_bits(row, set, members);
  change_bits(row, changes);
  std::vector<urbiome::Run> expected_runs, runs;
  ClassRuns expected_classes, classes;
  for (std::size_t i = 0; i < 64 * members.size(); ++i) {
    const bool inside = i < row.size(), member = inside && set[row[i]];
    const bool changed = inside && (i == 0 || row[i] != row[i - 1]);
    ASSERT_EQ((members[i / 64] >> (i % 64)) & 1, member ? 1U : 0U) << i << " of " << row.size();
    ASSERT_EQ((changes[i / 64] >> (i % 64)) & 1, changed ? 1U : 0U) << i << " of " << row.size();
    const auto col = static_cast<std::int32_t>(i) + 5;
    if (changed) {
      expected_classes.begins.push_back(col);
      expected_classes.classes.push_back(row[i]);
    }
    if (!member) continue;
    if (expected_runs.empty() || expected_runs.back().end != col) expected_runs.push_back({col, col});
    expected_runs.back().end = col + 1;
  }
  expected_classes.begins.push_back(static_cast<std::int32_t>(row.size()) + 5);
  runs.push_back({1, 5});  // what is there already stays, even where the row begins at its end
  expected_runs.insert(expected_runs.begin(), {1, 5});
  append_runs(row, set, 5, runs);
  class_runs(row, 5, classes);
  ASSERT_EQ(runs, expected_runs) << row.size();
  ASSERT_EQ(classes.begins, expected_classes.begins);
  ASSERT_EQ(classes.classes, expected_classes.classes);
}

TEST(Mask, AgreesWithCellsOneByOne) {
  std::mt19937 random(1);
  for (const std::size_t size : {1, 2, 15, 16, 17, 31, 63, 64, 65, 127, 128, 129, 500, 4095, 4096, 4097, 8192, 12289}) {
    for (const int classes : {2, 11, 16, 17, 40, 256}) {
      for (const int mean_run : {1, 2, 6, 100}) {
        expect_all_as_cell_by_cell(random_row(random, size, classes, mean_run), random_set(random));
      }
    }
  }
}

TEST(Mask, AllAndNone) {
  ClassSet all;
  all.fill(true);
  for (const std::size_t size : {1, 64, 100, 4096, 9000}) {
    const std::vector<ClassIndex> row(size, 255);
    expect_all_as_cell_by_cell(row, all);
    expect_all_as_cell_by_cell(row, ClassSet{});
    std::vector<urbiome::Run> runs;
    append_runs(row, all, 0, runs);
    EXPECT_EQ(runs, (std::vector<urbiome::Run>{{0, static_cast<std::int32_t>(size)}}));
  }
}

TEST(Mask, AnEmptyRowHasNoRuns) {
  std::vector<urbiome::Run> runs;
  ClassRuns classes;
  append_runs({}, ClassSet{}, 0, runs);
  class_runs({}, 3, classes);
  EXPECT_TRUE(runs.empty());
  EXPECT_EQ(classes.size(), 0U);
  EXPECT_EQ(classes.begins, std::vector<std::int32_t>{3});
}

}  // namespace
}  // namespace urbiome
