// True cell areas of a grid, as integers whose sum over any run of cells costs two look-ups.
//
// Rows are taken in bands of `band_rows`, anchored at row 0, and a band is cut into segments of `segment_cols` cells,
// anchored at column 0. Inside a segment the running area along the band's first row is a cubic in the column, and so
// is what each further row adds to it; cell areas may so vary smoothly along rows and columns (projected grids) or be
// constant in each row (lat/lon and planar grids: one segment, bands of one row). The area of cell c is defined as
// before(row, c+1) - before(row, c): integers, so sums do not depend on tiles or threads. `vector/cell_area.h` makes
// the table for a grid and its CRS.
//
//   Int128 units = areas.between(row, 10, 20);         // ten cells
//   double m2 = areas.to_m2(units);
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
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
    std::int64_t up_to(std::int64_t m) const { return before + first * m + correction(m); }
    std::int64_t correction(std::int64_t m) const { return (m * (linear + m * (square + m * cube))) >> 20; }
  };

  CellAreas() = default;
  // `segments` is row-major, `segments_per_row` for each band of rows; `m2_per_unit` is a power of two. With bands of
  // more than one row `slopes` says, segment by segment, what each row adds to the one above it. A table of some rows
  // only begins with the band of `first_row`; other rows must not be asked for.
  CellAreas(std::int64_t rows, std::int64_t segments_per_row, std::int64_t segment_cols, double m2_per_unit,
            std::vector<Segment> segments, std::int64_t band_rows = 1, std::vector<Segment> slopes = {},
            std::int64_t first_row = 0)
      : segments_per_row_(segments_per_row),
        segment_cols_(segment_cols),
        band_rows_(band_rows),
        first_band_(first_row / band_rows),
        m2_per_unit_(m2_per_unit),
        segments_(std::move(segments)),
        slopes_(std::move(slopes)),
        rows_(rows) {}

  // Units of area from column 0 of the row to column `col` (0..width), 2^-40 of the largest cell or finer.
  std::int64_t before(std::int64_t row, std::int64_t col) const {
    const std::int64_t segment = segments_per_row_ == 1 ? 0 : std::min(col / segment_cols_, segments_per_row_ - 1);
    const std::int64_t band = band_rows_ == 1 ? row : row / band_rows_;
    const auto index = static_cast<std::size_t>((band - first_band_) * segments_per_row_ + segment);
    const std::int64_t m = col - segment * segment_cols_;
    const std::int64_t first_row = segments_[index].up_to(m);
    return slopes_.empty() ? first_row : first_row + (row - band * band_rows_) * slopes_[index].up_to(m);
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
      const std::int64_t band = row / areas.band_rows_;
      const std::int64_t at = (band - areas.first_band_) * areas.segments_per_row_ + index;
      segment_ = areas.segments_.data() + at;
      if (!areas.slopes_.empty()) slope_ = areas.slopes_.data() + at;
      down_ = row - band * areas.band_rows_;
      left_ = areas.segments_per_row_ - 1 - index;
      begin_ = index * cols_;
    }
    std::int64_t before(std::int64_t col) {
      while (left_ > 0 && col - begin_ >= cols_) next();
      const std::int64_t first_row = segment_->up_to(col - begin_);
      return down_ == 0 ? first_row : first_row + down_ * slope_->up_to(col - begin_);
    }

   private:
    void next() {
      --left_, begin_ += cols_, ++segment_;
      if (slope_ != nullptr) ++slope_;
    }

    const Segment* segment_;
    const Segment* slope_ = nullptr;
    std::int64_t cols_, begin_, left_, down_;  // left_: segments to the right; down_: rows below the band's first
  };

  // The segments of a row's band, and what each row of the band adds (empty in bands of one row).
  std::span<const Segment> segments_of(std::int64_t row) const { return part(segments_, row); }
  std::span<const Segment> slopes_of(std::int64_t row) const {
    return slopes_.empty() ? std::span<const Segment>() : part(slopes_, row);
  }
  std::int64_t band_rows() const { return band_rows_; }
  std::int64_t segment_cols() const { return segment_cols_; }

  // True when all cells of a row are equal (lat/lon and planar grids); then cell(row, 0) is that area.
  bool constant_in_row() const { return segments_per_row_ == 1; }
  double m2_per_unit() const { return m2_per_unit_; }
  double to_m2(Int128 units) const { return static_cast<double>(units) * m2_per_unit_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t bytes() const {
    return static_cast<std::int64_t>((segments_.size() + slopes_.size()) * sizeof(Segment));
  }

 private:
  std::span<const Segment> part(const std::vector<Segment>& table, std::int64_t row) const {
    return {table.data() + (row / band_rows_ - first_band_) * segments_per_row_,
            static_cast<std::size_t>(segments_per_row_)};
  }

  std::int64_t segments_per_row_ = 1, segment_cols_ = 1, band_rows_ = 1, first_band_ = 0;
  double m2_per_unit_ = 1;
  std::vector<Segment> segments_, slopes_;
  std::int64_t rows_ = 0;
};

}  // namespace urbiome
