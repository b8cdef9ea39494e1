// Patches of a small map, one cell at a time: the reference of kernel/label.h and facts/patch_labels.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "reference/cell_map.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome::reference {

struct SlowPatch {
  std::int64_t first_cell = 0, cells = 0;
  std::int64_t across = 0, down = 0;  // sides of its outline along rows and along columns
  int row_begin = 0, row_end = 0, col_begin = 0, col_end = 0;
  std::uint8_t class_index = 0;
  bool operator==(const SlowPatch&) const = default;
};

struct SlowPatches {
  std::vector<std::int64_t> ids;   // of every cell: 1, 2, ... by first cell, 0 outside
  std::vector<SlowPatch> patches;  // patch i has id i + 1
};

// Members connect to members, or with `by_class` to members of their own class.
inline SlowPatches slow_patches(const CellMap& map, const ClassSet& members, int directions, bool by_class) {
  SlowPatches result;
  result.ids.assign(map.cells.size(), 0);
  const auto place = [&](int row, int col) { return static_cast<std::size_t>(row * map.cols + col); };
  const auto inside = [&](int row, int col) { return row >= 0 && row < map.rows && col >= 0 && col < map.cols; };
  const auto same = [&](int row, int col, std::uint8_t class_index) {
    if (!inside(row, col) || !members[map.at(row, col)]) return false;
    return !by_class || map.at(row, col) == class_index;
  };
  std::vector<int> open;
  for (int start = 0; start < map.rows * map.cols; ++start) {
    const std::uint8_t class_index = map.cells[static_cast<std::size_t>(start)];
    if (!members[class_index] || result.ids[static_cast<std::size_t>(start)] != 0) continue;
    SlowPatch patch;
    patch.first_cell = start;
    patch.class_index = class_index;
    patch.row_begin = start / map.cols;
    patch.col_begin = start % map.cols;
    const auto id = static_cast<std::int64_t>(result.patches.size()) + 1;
    result.ids[static_cast<std::size_t>(start)] = id;
    open.assign(1, start);
    while (!open.empty()) {
      const int row = open.back() / map.cols, col = open.back() % map.cols;
      open.pop_back();
      ++patch.cells;
      patch.row_end = std::max(patch.row_end, row + 1);
      patch.col_begin = std::min(patch.col_begin, col);
      patch.col_end = std::max(patch.col_end, col + 1);
      for (int down = -1; down <= 1; ++down) {
        for (int across = -1; across <= 1; ++across) {
          const int steps = std::abs(down) + std::abs(across);
          if (steps == 0) continue;
          const bool joins = same(row + down, col + across, class_index);
          if (steps == 1 && !joins) ++(down != 0 ? patch.across : patch.down);
          if (!joins || (steps == 2 && directions == 4)) continue;
          std::int64_t& other = result.ids[place(row + down, col + across)];
          if (other != 0) continue;
          other = id;
          open.push_back(static_cast<int>(place(row + down, col + across)));
        }
      }
    }
    result.patches.push_back(patch);
  }
  return result;
}

}  // namespace urbiome::reference
