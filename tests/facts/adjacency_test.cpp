#include "urbiome/facts/adjacency.h"

#include <gtest/gtest.h>

#include "reference/cell_map.h"

namespace urbiome {
namespace {

using reference::CellMap;

// Every cell looks at each of its neighbours; `inside` says which cells count.
template <class Inside>
std::vector<std::int64_t> slow_pairs(const CellMap& map, int classes, int directions, const Inside& inside) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(classes * classes), 0);
  for (int row = 0; row < map.rows; ++row) {
    for (int col = 0; col < map.cols; ++col) {
      for (int down = -1; down <= 1; ++down) {
        for (int across = -1; across <= 1; ++across) {
          const int steps = std::abs(down) + std::abs(across), r = row + down, c = col + across;
          if (steps == 0 || (steps == 2 && directions == 4)) continue;
          if (r < 0 || c < 0 || r >= map.rows || c >= map.cols || !inside(row, col) || !inside(r, c)) continue;
          ++counts[static_cast<std::size_t>(map.at(row, col) * classes + map.at(r, c))];
        }
      }
    }
  }
  return counts;
}

Coverage coverage_of(const CellMap& zone) {
  Coverage coverage;
  for (int row = 0; row < zone.rows; ++row) {
    std::vector<CellSpan> spans;
    for (int col = 0; col < zone.cols; ++col) {
      if (zone.at(row, col) == 0) continue;
      if (spans.empty() || spans.back().end != col) spans.push_back({col, col});
      spans.back().end = col + 1;
    }
    coverage.append_row(spans, {});
  }
  return coverage;
}

TEST(Adjacencies, AgreeWithEveryCellAndNeighbour) {
  std::mt19937 random(4);
  for (int trial = 0; trial < 12; ++trial) {
    const int rows = 1 + static_cast<int>(random() % 60), cols = 1 + static_cast<int>(random() % 150), classes = 5;
    const CellMap map = reference::patchy_map(random, rows, cols, classes, 4);
    const CellMap zone = reference::random_map(random, rows, cols, trial % 2 == 0 ? 0.9 : 0.4);
    const auto source = memory_source({0, 0, 1, 1, cols, rows}, std::vector<LegendClass>(classes), 0, map.cells);
    const std::vector<Coverage> zones{cover_window({0, 0, rows, cols}), coverage_of(zone)};
    for (const int directions : {4, 8}) {
      const auto whole_map = slow_pairs(map, classes, directions, [](int, int) { return true; });
      const auto in_zone =
          slow_pairs(map, classes, directions, [&](int row, int col) { return zone.at(row, col) != 0; });
      for (const std::int64_t height : {0, 1, 2, 7, 64}) {
        Executor executor({.threads = height == 2 ? 7 : height == 1 ? 1 : 2, .tile_size = height});
        const std::vector<PairCounts> found = adjacencies(*source, zones, directions, executor);
        for (std::size_t a = 0; a < 5; ++a) {
          for (std::size_t b = 0; b < 5; ++b) {
            ASSERT_EQ(found[0].both_ways(a, b), whole_map[a * 5 + b]) << height;
            ASSERT_EQ(found[1].both_ways(a, b), in_zone[a * 5 + b]) << height;
          }
        }
      }
    }
  }
}

TEST(Adjacencies, RefuseWhatDoesNotFit) {
  const auto source = memory_source({0, 0, 1, 1, 1, 1}, std::vector<LegendClass>(200), 0, {0});
  const std::vector<Coverage> zones(1000, cover_window({0, 0, 1, 1}));
  Executor executor({.threads = 2, .memory_bytes = 64 << 20});
  EXPECT_THROW(adjacencies(*source, zones, 4, executor), Error);
}

}  // namespace
}  // namespace urbiome
