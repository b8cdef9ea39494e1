#include "urbiome/kernel/window_shape.h"

#include <algorithm>

namespace urbiome {

WindowShapes::WindowShapes(Reach disc, std::int64_t height)
    : disc_(std::move(disc)), same_(!disc_->per_row()), height_(height) {
  most_rows_ = disc_->max_down();
  WindowShape shape;
  for (std::int64_t row = 0; row < (same_ ? 1 : height); ++row) {
    at(row, shape);
    std::int64_t cells = 0;
    for (const std::int32_t half : shape.half_widths) {
      most_columns_ = std::max<std::int64_t>(most_columns_, half);
      cells += 2 * half + 1;  // -1 takes one away that the next line gives back
      cells += half < 0 ? 1 : 0;
    }
    most_cells_ = std::max(most_cells_, cells);
  }
}

WindowShapes::WindowShapes(std::vector<WindowSides> squares, std::int64_t height)
    : squares_(std::move(squares)), same_(squares_.size() == 1), height_(height) {
  for (const WindowSides& sides : squares_) {
    most_rows_ = std::max<std::int64_t>(most_rows_, std::max(sides.up, sides.down));
    most_columns_ = std::max<std::int64_t>(most_columns_, sides.across);
    const std::int64_t rows = std::int64_t{sides.up} + sides.down + 1;
    most_cells_ = std::max(most_cells_, rows * (2 * std::int64_t{sides.across} + 1));
  }
  const auto as_wide = [&](const WindowSides& sides) { return sides.across == squares_.front().across; };
  if (std::all_of(squares_.begin(), squares_.end(), as_wide)) only_half_width_ = most_columns_;
}

void WindowShapes::at(std::int64_t row, WindowShape& shape) const {
  if (!disc_) {
    const WindowSides& sides = squares_[same_ ? 0 : static_cast<std::size_t>(row)];
    shape.first_row = row - sides.up;
    shape.half_widths.assign(static_cast<std::size_t>(sides.up + sides.down + 1), sides.across);
    return;
  }
  // A Reach speaks of pairs of rows of the grid; the same for all rows, it may speak of any.
  const std::int64_t first = same_ ? row - most_rows_ : std::max<std::int64_t>(row - most_rows_, 0);
  const std::int64_t last = same_ ? row + most_rows_ : std::min(row + most_rows_, height_ - 1);
  shape.first_row = first;
  shape.half_widths.clear();
  for (std::int64_t other = first; other <= last; ++other) {
    const auto apart = static_cast<std::int32_t>(std::abs(other - row));
    shape.half_widths.push_back(disc_->half_width(same_ ? 0 : std::min(row, other), apart));
  }
}

}  // namespace urbiome
