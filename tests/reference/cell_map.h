// A small map as a plain array, and what can be asked of it one cell at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "urbiome/kernel/runs.h"

namespace urbiome::reference {

struct CellMap {
  int rows = 0, cols = 0;
  std::vector<std::uint8_t> cells;

  std::uint8_t at(int row, int col) const { return cells[static_cast<std::size_t>(row * cols + col)]; }
  std::span<const std::uint8_t> row(int r) const {
    return {cells.data() + static_cast<std::size_t>(r * cols), static_cast<std::size_t>(cols)};
  }
};

// Rows of text; '.' is class 0, other characters class 1.
inline CellMap map_of(const std::vector<std::string>& text) {
  CellMap map{static_cast<int>(text.size()), static_cast<int>(text.front().size()), {}};
  for (const std::string& line : text) {
    for (const char c : line) map.cells.push_back(c == '.' ? 0 : 1);
  }
  return map;
}

// Class 1 with the given density, else class 0.
inline CellMap random_map(std::mt19937& random, int rows, int cols, double density) {
  std::bernoulli_distribution one(density);
  CellMap map{rows, cols, {}};
  for (int i = 0; i < rows * cols; ++i) map.cells.push_back(one(random) ? 1 : 0);
  return map;
}

// Classes in stretches of random length, as land cover has them.
inline CellMap patchy_map(std::mt19937& random, int rows, int cols, int classes, int mean_run) {
  CellMap map{rows, cols, {}};
  std::uniform_int_distribution<int> any(0, classes - 1), length(1, 2 * mean_run - 1);
  while (map.cells.size() < static_cast<std::size_t>(rows * cols)) {
    map.cells.insert(map.cells.end(), static_cast<std::size_t>(length(random)), static_cast<std::uint8_t>(any(random)));
  }
  map.cells.resize(static_cast<std::size_t>(rows * cols));
  return map;
}

inline RunTable runs_of(const CellMap& map, std::uint8_t class_index = 1) {
  std::array<bool, kMaxClasses> member{};
  member[class_index] = true;
  RunTable table;
  std::vector<Run> runs;
  for (int row = 0; row < map.rows; ++row) {
    runs.clear();
    append_runs(map.row(row), member, 0, runs);
    table.append_row(runs);
  }
  return table;
}

using Joined = std::function<bool(int row, int down, int across)>;  // row is the upper one

// Labels 1, 2, ... by first cell of the connected cells of one class; 0 elsewhere. Cells within `rows_apart` rows and
// `cols_apart` columns are asked for one by one.
inline std::vector<int> flood_filled(const CellMap& map, std::uint8_t class_index, int rows_apart, int cols_apart,
                                     const Joined& joined) {
  std::vector<int> labels(map.cells.size(), 0);
  int count = 0;
  std::vector<int> open;
  for (int start = 0; start < map.rows * map.cols; ++start) {
    int& first = labels[static_cast<std::size_t>(start)];
    if (map.cells[static_cast<std::size_t>(start)] != class_index || first != 0) continue;
    first = ++count;
    open.assign(1, start);
    while (!open.empty()) {
      const int row = open.back() / map.cols, col = open.back() % map.cols;
      open.pop_back();
      for (int r = std::max(0, row - rows_apart); r <= std::min(map.rows - 1, row + rows_apart); ++r) {
        for (int c = std::max(0, col - cols_apart); c <= std::min(map.cols - 1, col + cols_apart); ++c) {
          int& label = labels[static_cast<std::size_t>(r * map.cols + c)];
          if (label != 0 || map.at(r, c) != class_index) continue;
          if (!joined(std::min(r, row), std::abs(r - row), std::abs(c - col))) continue;
          label = count;
          open.push_back(r * map.cols + c);
        }
      }
    }
  }
  return labels;
}

}  // namespace urbiome::reference
