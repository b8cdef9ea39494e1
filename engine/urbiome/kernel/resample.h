// Counts from one grid to another: each cell's amount goes to the cells it lies under, and none is lost or made.
//
// An amount is an integer. It is cut along the target cells in row-major order by rounding the running share, so the
// parts sum to the amount whatever the shares are. Grids of one CRS are separable: a cell's share of a target cell is
// the product of a row's and a column's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/base/exact.h"
#include "urbiome/raster/grid.h"

namespace urbiome {

// A stretch of a source row's height or column's width that lies in one target row or column.
struct AxisPart {
  std::int64_t target;  // -1: outside the target
  std::int64_t before;  // share of the source that comes before this part, 2^-40
  std::int64_t share;   // > 0; the shares of a source's parts sum to 2^40
};

// The parts of every source column (or row), in ascending order.
class AxisShares {
 public:
  static AxisShares of_columns(const Grid& source, const Grid& target);
  static AxisShares of_rows(const Grid& source, const Grid& target);

  std::span<const AxisPart> of(std::int64_t source) const {
    const auto i = static_cast<std::size_t>(source);
    return {parts_.data() + offsets_[i], offsets_[i + 1] - offsets_[i]};
  }
  // Source indexes whose parts meet the targets begin .. end - 1.
  struct Range {
    std::int64_t begin, end;
  };
  Range meeting(std::int64_t begin, std::int64_t end) const;

 private:
  AxisShares(const std::vector<double>& borders, std::int64_t targets);
  std::vector<std::size_t> offsets_{0};
  std::vector<AxisPart> parts_;
};

// Rows of the target while they are filled.
struct CountRows {
  Window window;                     // whole rows of the target
  std::vector<std::int64_t> amount;  // row-major
  std::vector<std::uint8_t> known;   // 1 where a cell that is not nodata lies on it

  explicit CountRows(const Window& rows)
      : window(rows),
        amount(static_cast<std::size_t>(rows.cells()), 0),
        known(static_cast<std::size_t>(rows.cells()), 0) {}
};

inline constexpr std::int64_t kNoCount = -1;  // nodata among amounts

// Adds a source row's amounts (>= 0, or kNoCount; columns from `first_col` on) as far as they lie in `rows`.
void spread_row(std::span<const std::int64_t> amounts, std::int64_t first_col, std::span<const AxisPart> row_parts,
                const AxisShares& columns, CountRows& rows);

// amount * (share / 2^40) * ..., cut at a running share of `share_of_rows` + `rows` * `columns` (2^-40 each), rounded
// down. amount < 2^63.
inline std::int64_t running_part(std::int64_t amount, std::int64_t rows_before, std::int64_t rows,
                                 std::int64_t columns) {
  const Int128 share = (static_cast<Int128>(rows_before) << kFractionBits) + static_cast<Int128>(rows) * columns;
  const auto high = static_cast<std::int64_t>(share >> kFractionBits),
             low = static_cast<std::int64_t>(share & (kOne - 1));
  const Int128 fine = (static_cast<Int128>(amount) * low) >> kFractionBits;
  return static_cast<std::int64_t>((static_cast<Int128>(amount) * high + fine) >> kFractionBits);
}

}  // namespace urbiome
