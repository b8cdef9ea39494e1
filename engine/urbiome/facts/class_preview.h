// Land cover as a map for looking: every so many cells one, taken from the tiles as they are decoded for the facts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/raster/grid.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

// The cells of `window` whose rows and columns, counted from its first, leave the rest factor / 2 when divided by
// `factor` (the last row and column stand for a part that has none of those). Row-major.
struct ClassPreview {
  Window window;
  std::int64_t factor = 1, rows = 0, cols = 0;
  std::vector<ClassIndex> cells;

  ClassPreview() = default;
  // The least factor that leaves at most `most_cells`; `nodata` stands where no tile comes.
  ClassPreview(const Window& of, std::int64_t most_cells, ClassIndex nodata) : window(of) {
    const auto parts = [&](std::int64_t extent) { return (extent + factor - 1) / factor; };
    while (parts(window.rows) * parts(window.cols) > most_cells) ++factor;
    rows = parts(window.rows);
    cols = parts(window.cols);
    cells.assign(static_cast<std::size_t>(rows * cols), nodata);
  }
  // Where cell i of the preview, along rows or columns, is taken from, counted from the window's first.
  std::int64_t from(std::int64_t i, std::int64_t extent) const { return std::min(i * factor + factor / 2, extent - 1); }

  // Tiles may come on several threads.
  void consume(const Window& tile, std::span<const ClassIndex> of_tile) {
    const auto first = [&](std::int64_t tile_first, std::int64_t window_first) {
      return std::max<std::int64_t>((tile_first - window_first) / factor - 1, 0);
    };
    for (std::int64_t row = first(tile.row, window.row); row < rows; ++row) {
      const std::int64_t r = window.row + from(row, window.rows) - tile.row;
      if (r < 0) continue;
      if (r >= tile.rows) break;
      for (std::int64_t col = first(tile.col, window.col); col < cols; ++col) {
        const std::int64_t c = window.col + from(col, window.cols) - tile.col;
        if (c < 0) continue;
        if (c >= tile.cols) break;
        cells[static_cast<std::size_t>(row * cols + col)] = of_tile[static_cast<std::size_t>(r * tile.cols + c)];
      }
    }
  }
};

}  // namespace urbiome
