#include "urbiome/kernel/connect.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "reference/cell_map.h"

namespace urbiome {
namespace {

using reference::CellMap;

// Component + 1 of every cell, 0 for cells in no run.
std::vector<int> painted(const RunTable& table, const Components& components, int cols) {
  std::vector<int> labels(static_cast<std::size_t>(table.rows() * cols), 0);
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const auto at = static_cast<std::size_t>(row);
    for (std::size_t i = table.offsets[at]; i < table.offsets[at + 1]; ++i) {
      for (std::int32_t col = table.runs[i].begin; col < table.runs[i].end; ++col) {
        labels[static_cast<std::size_t>(row * cols + col)] = components.of_run[i] + 1;
      }
    }
  }
  return labels;
}

std::vector<int> labels_of(const CellMap& map, const Reach& reach, std::int64_t first_row = 0) {
  const RunTable table = reference::runs_of(map);
  const Components components = connect(table, reach, first_row);
  for (std::size_t i = 0; i < components.first_run.size(); ++i) {
    EXPECT_EQ(components.of_run[components.first_run[i]], static_cast<std::int32_t>(i));
    if (i > 0) {
      EXPECT_LT(components.first_run[i - 1], components.first_run[i]);
    }
  }
  return painted(table, components, map.cols);
}

TEST(Connect, CountsByHand) {
  const CellMap map = reference::map_of({
      "#.#.",
      ".#.#",
      "#..#",
  });
  EXPECT_EQ(labels_of(map, neighbour_reach(4)), (std::vector<int>{1, 0, 2, 0, 0, 3, 0, 4, 5, 0, 0, 4}));
  EXPECT_EQ(labels_of(map, neighbour_reach(8)), (std::vector<int>{1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1}));
  EXPECT_EQ(connect(RunTable{}, neighbour_reach(8)).count(), 0);
}

TEST(Connect, NumbersByFirstCellThroughBends) {
  // The right arm comes first in row 0 of its patch, and joins the left one only at the bottom.
  const CellMap map = reference::map_of({"..#.#", "#.#.#", "#.#.#", "###.#"});
  EXPECT_EQ(labels_of(map, neighbour_reach(4)),
            (std::vector<int>{0, 0, 1, 0, 2, 1, 0, 1, 0, 2, 1, 0, 1, 0, 2, 1, 1, 1, 0, 2}));
}

TEST(Connect, AgreesWithFloodFillOfNeighbours) {
  std::mt19937 random(6);
  for (const double density : {0.05, 0.3, 0.45, 0.59, 0.8, 1.0}) {
    for (int trial = 0; trial < 15; ++trial) {
      const int rows = 1 + static_cast<int>(random() % 50), cols = 1 + static_cast<int>(random() % 70);
      const CellMap map = reference::random_map(random, rows, cols, density);
      const auto four = [](int, int down, int across) { return down + across <= 1; };
      const auto eight = [](int, int, int) { return true; };
      ASSERT_EQ(labels_of(map, neighbour_reach(4)), reference::flood_filled(map, 1, 1, 1, four)) << density;
      ASSERT_EQ(labels_of(map, neighbour_reach(8)), reference::flood_filled(map, 1, 1, 1, eight)) << density;
    }
  }
}

double gap_m(std::int32_t down, std::int32_t across) {
  return 10 * std::hypot(std::max(0, down - 1), std::max(0, across - 1));
}

TEST(Connect, LinksAcrossGapsByTheTieRule) {
  for (const int empty : {9, 10, 11}) {
    const CellMap sideways{1, empty + 2, [&] {
                             std::vector<std::uint8_t> cells(static_cast<std::size_t>(empty + 2), 0);
                             cells.front() = cells.back() = 1;
                             return cells;
                           }()};
    const CellMap upright{empty + 2, 1, sideways.cells};
    for (const CellMap* map : {&sideways, &upright}) {
      for (const bool strict : {true, false}) {
        const auto distance = [](std::int64_t, std::int32_t down, std::int32_t across) { return gap_m(down, across); };
        const Reach reach = reach_within(100, strict, map->rows, true, distance);
        const bool together = strict ? empty * 10 < 100 : empty * 10 <= 100;
        EXPECT_EQ(connect(reference::runs_of(*map), reach).count(), together ? 1 : 2) << empty << strict;
      }
    }
  }
}

TEST(Connect, AgreesWithFloodFillOfDistances) {
  std::mt19937 random(7);
  for (const double limit : {10.0, 20.0, 35.0}) {
    for (const double density : {0.01, 0.03, 0.1, 0.4}) {
      for (int trial = 0; trial < 6; ++trial) {
        const CellMap map = reference::random_map(random, 40, 45, density);
        const auto distance = [](std::int64_t, std::int32_t down, std::int32_t across) { return gap_m(down, across); };
        const Reach reach = reach_within(limit, trial % 2 == 0, 40, true, distance);
        const auto joined = [&](int, int down, int across) {
          return trial % 2 == 0 ? gap_m(down, across) < limit : gap_m(down, across) <= limit;
        };
        ASSERT_EQ(labels_of(map, reach), reference::flood_filled(map, 1, 5, 5, joined)) << limit << ' ' << density;
      }
    }
  }
}

TEST(Connect, FollowsRowsOfDifferentReach) {
  std::mt19937 random(8);
  // Any table is a rule: rows that reach far below but not sideways must still meet every pair.
  const int rows = 30, max_down = 3, first_row = 11;
  for (int trial = 0; trial < 40; ++trial) {
    std::vector<std::int32_t> half_widths;
    for (int i = 0; i < (rows + first_row) * (max_down + 1); ++i) {
      half_widths.push_back(static_cast<int>(random() % 7) - 1);
    }
    for (int row = 0; row < rows + first_row; ++row) {  // cells of one run always belong together
      std::int32_t& own = half_widths[static_cast<std::size_t>(row * (max_down + 1))];
      own = std::max(own, 1);
    }
    const Reach reach(max_down, true, half_widths);
    const CellMap map = reference::random_map(random, rows, 40, trial % 2 ? 0.03 : 0.12);
    const auto joined = [&](int row, int down, int across) {
      return down <= max_down && across <= reach.half_width(row + first_row, down);
    };
    ASSERT_EQ(labels_of(map, reach, first_row), reference::flood_filled(map, 1, max_down, 6, joined)) << trial;
  }
}

TEST(Connect, AgreesWithPublishedLabels) {
  const std::filesystem::path path = URBIOME_TEST_DATA "/../truth/labels/label_cases.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "labels/label_cases.json is absent";
  std::ifstream file(path);
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_GE(cases.size(), 6U);
  for (const nlohmann::json& one : cases) {
    SCOPED_TRACE(one["test"].get<std::string>() + " " + std::to_string(one["connectivity"].get<int>()));
    CellMap map{static_cast<int>(one["input"].size()), static_cast<int>(one["input"][0].size()), {}};
    std::vector<int> expected;
    for (const auto& row : one["input"]) {
      for (const auto& cell : row) map.cells.push_back(cell.get<std::uint8_t>());
    }
    for (const auto& row : one["expected"]) {
      for (const auto& cell : row) expected.push_back(cell.get<int>());
    }
    // Each class apart; the partitions must be the same, whatever the numbers.
    std::int64_t count = 0;
    std::map<std::pair<int, int>, int> theirs;  // (class, our label) -> their label
    std::map<int, std::pair<int, int>> ours;
    for (int class_index = 1; class_index < kMaxClasses; ++class_index) {
      const RunTable table = reference::runs_of(map, static_cast<std::uint8_t>(class_index));
      const Components components = connect(table, neighbour_reach(one["connectivity"].get<int>()));
      count += components.count();
      const std::vector<int> labels = painted(table, components, map.cols);
      for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] == 0) continue;
        const std::pair<int, int> mine{class_index, labels[i]};
        EXPECT_EQ(theirs.try_emplace(mine, expected[i]).first->second, expected[i]);
        EXPECT_EQ(ours.try_emplace(expected[i], mine).first->second, mine);
      }
    }
    EXPECT_EQ(count, one["n_components"].get<std::int64_t>());
  }
}

}  // namespace
}  // namespace urbiome
