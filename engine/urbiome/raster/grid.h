// Grid geometry: where the cells of a raster lie, and rectangles of cells.
//
// A Grid is always north-up with positive cell sizes: readers turn south-up and mirrored files round, and refuse
// rotated ones. Row 0 is the top row; cell (row, col) covers x0 + col*dx .. x0 + (col+1)*dx and
// y0 - (row+1)*dy .. y0 - row*dy, in units of the grid's CRS (degrees on lat/lon grids).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace urbiome {

struct Grid {
  double x0 = 0, y0 = 0;  // outer corner of the top-left cell
  double dx = 1, dy = 1;  // cell width and height, > 0
  std::int64_t width = 0, height = 0;

  double x_of(double col) const { return x0 + col * dx; }  // col may be fractional: 0.5 is the first cell's centre
  double y_of(double row) const { return y0 - row * dy; }
  double col_of(double x) const { return (x - x0) / dx; }
  double row_of(double y) const { return (y0 - y) / dy; }
  std::int64_t cells() const { return width * height; }

  bool operator==(const Grid&) const = default;
};

// Every cell of one is a cell of the other, to a millionth of its size.
bool same_grid(const Grid& a, const Grid& b);
// "40 x 30 cells of 10 x 10 from 500000, 9100000", for errors about grids.
std::string in_words(const Grid& grid);

struct Window {
  std::int64_t row = 0, col = 0, rows = 0, cols = 0;

  std::int64_t cells() const { return rows * cols; }
  bool empty() const { return rows <= 0 || cols <= 0; }
  std::int64_t row_end() const { return row + rows; }
  std::int64_t col_end() const { return col + cols; }
  bool operator==(const Window&) const = default;
};

inline Window whole(const Grid& grid) { return {0, 0, grid.height, grid.width}; }

inline Window intersection(const Window& a, const Window& b) {
  const std::int64_t row = std::max(a.row, b.row), col = std::max(a.col, b.col);
  const std::int64_t rows = std::min(a.row_end(), b.row_end()) - row, cols = std::min(a.col_end(), b.col_end()) - col;
  return {row, col, std::max<std::int64_t>(rows, 0), std::max<std::int64_t>(cols, 0)};
}

// The same grid grown or cut to `window` (which may lie partly outside): cell (window.row, window.col) becomes (0, 0).
inline Grid sub_grid(const Grid& grid, const Window& window) {
  return {grid.x_of(static_cast<double>(window.col)),
          grid.y_of(static_cast<double>(window.row)),
          grid.dx,
          grid.dy,
          window.cols,
          window.rows};
}

}  // namespace urbiome
