#include "urbiome/kernel/label.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "reference/patch_reference.h"
#include "reference/shapes_on_grid.h"

namespace urbiome {
namespace {

using reference::CellMap;

ClassSet set_of(std::initializer_list<int> classes) {
  ClassSet set{};
  for (const int c : classes) set[static_cast<std::size_t>(c)] = true;
  return set;
}

reference::SlowPatch as_slow(const PatchSums& sums, std::int64_t cols) {
  const PatchCounts& counts = sums.counts;
  return {counts.first_row * cols + counts.first_col,
          counts.cells,
          2 * (static_cast<std::int64_t>(counts.cells) - counts.shared),
          2 * static_cast<std::int64_t>(counts.runs),
          counts.first_row,
          counts.row_end,
          counts.col_begin,
          counts.col_end,
          sums.class_index};
}

// A copy that holds no more than it needs paints the same.
template <class Id>
void expect_painted(const BandLabeller& labeller, const std::vector<std::int64_t>& expected, int cols,
                    const std::string& name) {
  constexpr Id kNone = 7'000'000;
  const std::unique_ptr<BandLabeller> copy = labeller.finished_copy();
  std::vector<Id> ids(static_cast<std::size_t>(labeller.count())), row(static_cast<std::size_t>(cols)), copied(row);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<Id>(i + 1);
  for (std::int64_t r = 0; r < labeller.rows(); ++r) {
    labeller.paint<Id>(r, ids, kNone, row);
    copy->paint<Id>(r, ids, kNone, copied);
    ASSERT_EQ(row, copied) << name << ' ' << r;
    for (int col = 0; col < cols; ++col) {
      const std::int64_t id = expected[static_cast<std::size_t>(r * cols + col)];
      ASSERT_EQ(row[static_cast<std::size_t>(col)], id > 0 ? static_cast<Id>(id) : kNone)
          << name << ' ' << r << ' ' << col;
    }
  }
}

// The whole map as one band, with and without runs kept.
void expect_as_flood_filled(const CellMap& map, const LabelRule& rule, const std::string& name) {
  const auto expected = reference::slow_patches(map, rule.members, rule.directions, rule.by_class);
  for (const bool keep_runs : {false, true}) {
    BandLabeller labeller(rule, {}, keep_runs);
    ASSERT_EQ(labeller.label(map.cells, map.cols, 0, 1 << 30), map.rows);
    ASSERT_EQ(labeller.count(), static_cast<std::int64_t>(expected.patches.size())) << name;
    for (std::size_t i = 0; i < expected.patches.size(); ++i) {
      reference::SlowPatch slow = expected.patches[i];
      if (!rule.by_class) slow.class_index = 0;
      ASSERT_EQ(as_slow(labeller.sums(static_cast<std::int64_t>(i)), map.cols), slow) << name << ' ' << i;
    }
    if (!keep_runs) continue;
    expect_painted<std::uint32_t>(labeller, expected.ids, map.cols, name);
    expect_painted<std::int64_t>(labeller, expected.ids, map.cols, name);
  }
}

void expect_all_rules(const CellMap& map, const ClassSet& members, const std::string& name) {
  for (const int directions : {4, 8}) {
    for (const bool by_class : {false, true}) {
      expect_as_flood_filled(map, {directions, by_class, members},
                             name + (by_class ? " by class " : " ") + std::to_string(directions));
    }
  }
}

TEST(Label, CountsByHand) {
  const CellMap map = reference::map_of({"##.#", "..##", "#..."});
  BandLabeller labeller({4, false, set_of({1})}, {}, false);
  labeller.label(map.cells, map.cols, 0, 100);
  ASSERT_EQ(labeller.count(), 3);
  EXPECT_EQ(as_slow(labeller.sums(0), 4), (reference::SlowPatch{0, 2, 4, 2, 0, 1, 0, 2, 0}));
  EXPECT_EQ(as_slow(labeller.sums(1), 4), (reference::SlowPatch{3, 3, 4, 4, 0, 2, 2, 4, 0}));
  EXPECT_EQ(as_slow(labeller.sums(2), 4), (reference::SlowPatch{8, 1, 2, 2, 2, 3, 0, 1, 0}));
  BandLabeller by_corners({8, false, set_of({1})}, {}, false);
  by_corners.label(map.cells, map.cols, 0, 100);
  EXPECT_EQ(by_corners.count(), 2);
}

TEST(Label, ShapesOfManyWidths) {
  for (const auto& [rows, cols] : std::vector<std::pair<int, int>>{{1, 1},
                                                                   {1, 200},
                                                                   {200, 1},
                                                                   {7, 63},
                                                                   {64, 64},
                                                                   {65, 65},
                                                                   {30, 127},
                                                                   {40, 128},
                                                                   {33, 129},
                                                                   {20, 300},
                                                                   {3, 1024},
                                                                   {2, 2055}}) {
    for (const auto& [name, map] : reference::shapes_on_grid(rows, cols)) {
      expect_all_rules(map, set_of({1}), name);
      expect_all_rules(map, set_of({0, 1}), name + " and the rest");
    }
  }
}

TEST(Label, RandomMapsOfClasses) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 150; ++trial) {
    const int rows = 1 + static_cast<int>(random() % 40), cols = 1 + static_cast<int>(random() % 200);
    const int classes = 2 + static_cast<int>(random() % (trial % 3 == 0 ? 200 : 5));
    const CellMap map = reference::patchy_map(random, rows, cols, classes, 1 + static_cast<int>(random() % 8));
    ClassSet members{};
    for (auto& member : members) member = random() % 4 != 0;
    expect_all_rules(map, members, "trial " + std::to_string(trial));
  }
}

// A run may meet the row above for the first time many words after its begin, by a side or at one of its corners.
TEST(Label, RunsOverManyWords) {
  std::mt19937 random(6);
  for (int trial = 0; trial < 60; ++trial) {
    CellMap map{2 + static_cast<int>(random() % 12), 1 + static_cast<int>(random() % 700), {}};
    for (int row = 0; row < map.rows; ++row) {
      const std::size_t end = map.cells.size() + static_cast<std::size_t>(map.cols);
      while (map.cells.size() < end) {
        const std::size_t length = 1 + random() % (std::size_t{1} << (random() % 9));
        const auto cell = static_cast<std::uint8_t>(random() % 4);
        map.cells.insert(map.cells.end(), std::min(length, end - map.cells.size()), cell);
      }
    }
    expect_all_rules(map, set_of({0, 1, 2}), "trial " + std::to_string(trial));
  }
}

TEST(Label, AgreesWithPublishedLabels) {
  const std::filesystem::path path = URBIOME_TEST_DATA "/../truth/labels/label_cases.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "labels/label_cases.json is absent";
  std::ifstream file(path);
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_GE(cases.size(), 6U);
  for (const nlohmann::json& one : cases) {
    SCOPED_TRACE(one["test"].get<std::string>());
    CellMap map{static_cast<int>(one["input"].size()), static_cast<int>(one["input"][0].size()), {}};
    for (const auto& row : one["input"]) {
      for (const auto& cell : row) map.cells.push_back(cell.get<std::uint8_t>());
    }
    LabelRule rule{one["connectivity"].get<int>(), true, {}};
    rule.members.fill(true);
    rule.members[0] = false;
    BandLabeller labeller(rule, {}, true);
    labeller.label(map.cells, map.cols, 0, 1 << 30);
    EXPECT_EQ(labeller.count(), one["n_components"].get<std::int64_t>());
    std::vector<std::int64_t> ids(static_cast<std::size_t>(labeller.count())), line(static_cast<std::size_t>(map.cols));
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i) + 1;
    std::map<std::int64_t, std::int64_t> theirs, ours;  // the partitions must be the same, whatever the numbers
    for (int row = 0; row < map.rows; ++row) {
      labeller.paint<std::int64_t>(row, ids, 0, line);
      for (int col = 0; col < map.cols; ++col) {
        const auto their =
            one["expected"][static_cast<std::size_t>(row)][static_cast<std::size_t>(col)].get<std::int64_t>();
        const std::int64_t mine = line[static_cast<std::size_t>(col)];
        ASSERT_EQ(theirs.try_emplace(mine, their).first->second, their);
        ASSERT_EQ(ours.try_emplace(their, mine).first->second, mine);
      }
    }
  }
}

TEST(Label, StopsWhereLabelsAreMany) {
  const CellMap map = reference::shapes_on_grid(50, 40).at(7).map;  // the checkerboard
  BandLabeller labeller({4, false, set_of({1})}, {}, false);
  EXPECT_EQ(labeller.label(map.cells, map.cols, 0, 0), 1);
  EXPECT_EQ(labeller.count(), 20);
  EXPECT_EQ(labeller.label(map.cells, map.cols, 0, 100), 5);  // 22 or 23 to a row
  EXPECT_EQ(labeller.count(), 100);
}

TEST(Label, AreasAndSidesByRow) {
  const CellMap map = reference::map_of({"##.", "##.", ".##"});
  CellAreas areas(3, 1, 3, 1, {{0, 10, 0, 0, 0}, {0, 20, 0, 0, 0}, {0, 30, 0, 0, 0}});
  const SideLengths sides{{1, 10, 100, 1000}, {7, 70, 700}, 1};
  for (const bool by_class : {false, true}) {
    BandLabeller labeller({4, by_class, set_of({1})}, {&areas, &sides}, false);
    labeller.label(map.cells, map.cols, 0, 100);
    ASSERT_EQ(labeller.count(), 1);
    EXPECT_EQ(labeller.sums(0).lengths.area, 2 * 10 + 2 * 20 + 2 * 30);
    EXPECT_EQ(labeller.sums(0).lengths.sides, 2 * 1 + 2 * 100 + 2 * 1000 + 2 * (7 + 70 + 700));
  }
}

TEST(Label, AreasThatChangeAlongTheRow) {
  std::mt19937 random(8);
  const CellMap map = reference::patchy_map(random, 20, 150, 3, 5);
  std::vector<CellAreas::Segment> segments;
  for (int row = 0; row < 20; ++row) {
    for (int i = 0; i < 3; ++i) segments.push_back({i * 1000000, 10000 + row, 1 << 20, 77, 0});
  }
  const CellAreas areas(20, 3, 50, 1, segments);
  const LabelRule rule{8, true, set_of({0, 2})};
  const auto expected = reference::slow_patches(map, rule.members, 8, true);
  std::vector<Int128> sums(expected.patches.size(), 0);
  for (int i = 0; i < 20 * 150; ++i) {
    if (const auto id = expected.ids[static_cast<std::size_t>(i)]; id > 0)
      sums[static_cast<std::size_t>(id - 1)] += areas.cell(i / 150, i % 150);
  }
  BandLabeller labeller(rule, {&areas, nullptr}, false);
  labeller.label(map.cells, map.cols, 0, 1 << 20);
  ASSERT_EQ(labeller.count(), static_cast<std::int64_t>(sums.size()));
  for (std::size_t i = 0; i < sums.size(); ++i)
    EXPECT_EQ(labeller.sums(static_cast<std::int64_t>(i)).lengths.area, sums[i]) << i;
}

}  // namespace
}  // namespace urbiome
