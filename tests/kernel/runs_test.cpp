#include "urbiome/kernel/runs.h"

#include <gtest/gtest.h>

#include <random>

#include "reference/cell_map.h"

namespace urbiome {
namespace {

using CellRun = Run;  // inside a test `Run` is GoogleTest's
using Members = std::array<bool, kMaxClasses>;

Members members(std::initializer_list<int> classes) {
  Members member{};
  for (const int c : classes) member[static_cast<std::size_t>(c)] = true;
  return member;
}

std::vector<Run> slow_runs(std::span<const ClassIndex> row, const Members& member, int first_col) {
  std::vector<Run> runs;
  for (int i = 0; i < static_cast<int>(row.size()); ++i) {
    if (!member[row[static_cast<std::size_t>(i)]]) continue;
    if (!runs.empty() && runs.back().end == first_col + i) {
      ++runs.back().end;
    } else {
      runs.push_back({first_col + i, first_col + i + 1});
    }
  }
  return runs;
}

TEST(Runs, JoinMemberClassesAndStartAtTheFirstColumn) {
  const std::vector<ClassIndex> row{1, 2, 2, 0, 1, 0, 0, 2};
  std::vector<CellRun> runs;
  append_runs(row, members({1, 2}), 100, runs);
  EXPECT_EQ(runs, (std::vector<CellRun>{{100, 103}, {104, 105}, {107, 108}}));
  append_runs(row, members({7}), 0, runs);
  append_runs({}, members({0}), 0, runs);
  EXPECT_EQ(runs.size(), 3U);
}

TEST(Runs, AgreeWithASlowScan) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 400; ++trial) {
    const int width = static_cast<int>(random() % 130) + 1;
    const reference::CellMap map = reference::patchy_map(random, 1, width, 4, 1 + static_cast<int>(random() % 30));
    for (const auto& member : {members({1}), members({0, 3}), members({0, 1, 2, 3}), members({255})}) {
      std::vector<CellRun> runs;
      append_runs(map.row(0), member, 7, runs);
      ASSERT_EQ(runs, slow_runs(map.row(0), member, 7)) << trial;
    }
  }
}

TEST(Runs, SharedCells) {
  std::vector<CellRun> shared;
  append_shared(std::vector<CellRun>{{0, 3}, {5, 9}, {12, 13}}, std::vector<CellRun>{{2, 6}, {7, 8}, {12, 20}}, shared);
  EXPECT_EQ(shared, (std::vector<CellRun>{{2, 3}, {5, 6}, {7, 8}, {12, 13}}));
  shared.clear();
  append_shared(std::vector<CellRun>{{0, 3}}, std::vector<CellRun>{{3, 6}}, shared);
  append_shared({}, std::vector<CellRun>{{3, 6}}, shared);
  EXPECT_TRUE(shared.empty());
}

TEST(Runs, TableCountsCellsAndBytes) {
  const RunTable table = reference::runs_of(reference::map_of({"##.#", "....", "####"}));
  EXPECT_EQ(table.rows(), 3);
  EXPECT_EQ(table.cells(), 7);
  EXPECT_TRUE(table.of_row(1).empty());
  EXPECT_GE(table.bytes(), static_cast<std::int64_t>(3 * sizeof(CellRun)));
}

}  // namespace
}  // namespace urbiome
