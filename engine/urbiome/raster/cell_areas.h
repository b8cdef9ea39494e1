// True cell areas of a grid, as integers whose sum over any run of cells costs two look-ups.
//
// A row is cut into segments of `segment_cols` cells anchored at column 0. Inside a segment the running area is a
// cubic in the column, so cell areas may vary smoothly along the row (projected grids) or be constant (lat/lon and
// planar grids: one segment). The area of cell c is defined as before(row, c+1) - before(row, c): integers, so sums
// do not depend on tiles or threads. `vector/cell_area.h` makes the table for a grid and its CRS.
//
//   Int128 units = areas.between(row, 10, 20);         // ten cells
//   double m2 = areas.to_m2(units);
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "urbiome/base/exact.h"

namespace urbiome {

class CellAreas {
 public:
  struct Segment {
    std::int64_t before = 0;                        // units from column 0 to the segment's first cell
    std::int64_t first = 0;                         // whole units per cell
    std::int64_t linear = 0, square = 0, cube = 0;  // corrections, in 2^-20 units per column power

    // Units up to the segment's column `m`.
    std::int64_t up_to(std::int64_t m) const {
      return before + first * m + ((m * (linear + m * (square + m * cube))) >> 20);
    }
  };

  CellAreas() = default;
  // `segments` is row-major, `segments_per_row` for each of `rows`; `m2_per_unit` is a power of two.
  CellAreas(std::int64_t rows, std::int64_t segments_per_row, std::int64_t segment_cols, double m2_per_unit,
            std::vector<Segment> segments)
      : segments_per_row_(segments_per_row),
        segment_cols_(segment_cols),
        m2_per_unit_(m2_per_unit),
        segments_(std::move(segments)),
        rows_(rows) {}

  // Units of area from column 0 of the row to column `col` (0..width), 2^-40 of the largest cell or finer.
  std::int64_t before(std::int64_t row, std::int64_t col) const {
    std::int64_t index = segments_per_row_ == 1 ? 0 : col / segment_cols_;
    if (index == segments_per_row_) --index;
    const Segment& s = segments_[static_cast<std::size_t>(row * segments_per_row_ + index)];
    return s.up_to(col - index * segment_cols_);
  }
  std::int64_t between(std::int64_t row, std::int64_t col, std::int64_t col_end) const {
    return before(row, col_end) - before(row, col);
  }
  std::int64_t cell(std::int64_t row, std::int64_t col) const { return between(row, col, col + 1); }

  // before() for columns that never go back: the same numbers without a division for each.
  class Walk {
   public:
    Walk(const CellAreas& areas, std::int64_t row, std::int64_t col) : cols_(areas.segment_cols_) {
      const std::int64_t index = std::min(col / cols_, areas.segments_per_row_ - 1);
      segment_ = areas.segments_.data() + row * areas.segments_per_row_ + index;
      left_ = areas.segments_per_row_ - 1 - index;
      begin_ = index * cols_;
    }
    std::int64_t before(std::int64_t col) {
      for (; left_ > 0 && col - begin_ >= cols_; --left_, begin_ += cols_) ++segment_;
      return segment_->up_to(col - begin_);
    }

   private:
    const Segment* segment_;
    std::int64_t cols_, begin_, left_;  // left_: segments to the right
  };

  // True when all cells of a row are equal (lat/lon and planar grids); then cell(row, 0) is that area.
  bool constant_in_row() const { return segments_per_row_ == 1; }
  double m2_per_unit() const { return m2_per_unit_; }
  double to_m2(Int128 units) const { return static_cast<double>(units) * m2_per_unit_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t bytes() const { return static_cast<std::int64_t>(segments_.size() * sizeof(Segment)); }

 private:
  std::int64_t segments_per_row_ = 1, segment_cols_ = 1;
  double m2_per_unit_ = 1;
  std::vector<Segment> segments_;
  std::int64_t rows_ = 0;
};

}  // namespace urbiome
