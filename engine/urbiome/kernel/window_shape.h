// Windows round a cell: how many columns to either side belong to it, row by row.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "urbiome/kernel/reach.h"

namespace urbiome {

// The cells of rows first_row .. first_row + half_widths.size() - 1 that are at most half_widths[i] columns from the
// window's own column; -1: none in that row.
struct WindowShape {
  std::int64_t first_row = 0;
  std::vector<std::int32_t> half_widths;

  std::int64_t end_row() const { return first_row + static_cast<std::int64_t>(half_widths.size()); }
  std::int32_t half_width(std::int64_t row) const {
    return row < first_row || row >= end_row() ? -1 : half_widths[static_cast<std::size_t>(row - first_row)];
  }
};

// Rows up and down and columns to either side; of a square window in metres.
struct WindowSides {
  std::int32_t up, down, across;
};

// The shape of every row's windows: discs by a Reach (centre to centre), or squares.
class WindowShapes {
 public:
  WindowShapes(Reach disc, std::int64_t height);
  // One entry for all rows, or one for each row of a grid.
  WindowShapes(std::vector<WindowSides> squares, std::int64_t height);

  // The windows of the cells in `row`; rows outside the grid may be named.
  void at(std::int64_t row, WindowShape& shape) const;
  bool same_for_all_rows() const { return same_; }
  std::int64_t most_rows() const { return most_rows_; }        // farthest up or down
  std::int64_t most_columns() const { return most_columns_; }  // farthest to a side
  std::int64_t most_cells() const { return most_cells_; }      // in any window
  // Columns to either side in all rows of all windows, where that is one number.
  std::optional<std::int64_t> only_half_width() const { return only_half_width_; }

 private:
  std::optional<Reach> disc_;
  std::vector<WindowSides> squares_;
  bool same_ = true;
  std::int64_t height_, most_rows_ = 0, most_columns_ = 0, most_cells_ = 0;
  std::optional<std::int64_t> only_half_width_;
};

}  // namespace urbiome
