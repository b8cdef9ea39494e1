// A small land cover and what its cells' surroundings are, one cell at a time.
#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "reference/cell_map.h"
#include "urbiome/exec/executor.h"
#include "urbiome/facts/grid_metric.h"

namespace urbiome::test {

// Classes "10", "20", ... by index; the last one is unknown, and index `classes` is nodata.
inline std::shared_ptr<TileSource> land_cover(const Grid& grid, const reference::CellMap& map, int classes) {
  std::vector<LegendClass> legend;
  for (int i = 0; i < classes + 1; ++i) {
    LegendClass entry;
    entry.code = std::to_string(10 * (i + 1));
    entry.first = entry.last = 10 * (i + 1);
    if (i == classes - 1) entry.missing = Missing::unknown;
    if (i == classes) entry.missing = Missing::nodata;
    legend.push_back(entry);
  }
  return memory_source(grid, legend, static_cast<ClassIndex>(classes), map.cells);
}

inline Grid grid_of(const reference::CellMap& map, double dx, double dy) {
  return {100, 5000, dx, dy, map.cols, map.rows};
}

// Calls body(executor) for thread counts and band heights that cut the map in all ways.
inline void for_all_executions(const std::function<void(Executor&)>& body) {
  for (const int threads : {1, 2, 7}) {
    for (const std::int64_t tile : {0, 1, 5, 64, 4096}) {
      SCOPED_TRACE(testing::Message() << threads << " threads, bands of " << tile);
      Executor executor({.threads = threads,
                         .memory_bytes = std::int64_t{1} << 33,
                         .tile_size = tile,
                         .cancel = nullptr,
                         .progress = {}});
      body(executor);
    }
  }
}

// What measure() hands on, put together; rows must come in order.
template <class Cell, class Map>
std::vector<Cell> collected(const Map& map, Executor& executor, const Grid& grid) {
  std::vector<Cell> cells;
  map.measure(executor, [&](std::int64_t first_row, std::span<const Cell> rows) {
    EXPECT_EQ(first_row * grid.width, static_cast<std::int64_t>(cells.size()));
    cells.insert(cells.end(), rows.begin(), rows.end());
  });
  EXPECT_EQ(static_cast<std::int64_t>(cells.size()), grid.cells());
  return cells;
}

// Calls body(row, col) for all cells within `radius` of a cell, centre to centre, or within that many rows and columns.
template <class Body>
void around(const reference::CellMap& map, const GridMetric& metric, int row, int col, double radius, bool square,
            const Body& body) {
  const double bound = radius * (1 + 1e-12);
  for (int r = 0; r < map.rows; ++r) {
    for (int c = 0; c < map.cols; ++c) {
      const std::int64_t upper = std::min(row, r);
      const bool in = square ? metric.centre(upper, std::abs(r - row), 0) <= bound &&
                                   metric.centre(row, 0, std::abs(c - col)) <= bound
                             : metric.centre(upper, std::abs(r - row), std::abs(c - col)) <= bound;
      if (in) body(r, c);
    }
  }
}

}  // namespace urbiome::test
