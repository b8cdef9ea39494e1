// Exact Euclidean distance of every cell to the nearest member cell, band by band of rows, in two passes.
//
// Pass 1 notes for every column of every band the first and the last row that holds a member (ColumnEnds). Pass 2 knows
// from these, without any other cell, how far up and down the nearest member of every column lies, and takes the
// minimum along each row (DistanceBand). Bands are independent in both passes, and memory grows with bands x width, not
// with cells.
//
// The minimum along a row is sought outwards from every cell while columns farther out can still win; where that goes
// too far, by divide and conquer: the column that wins moves to the right as the cell does (the squares form a Monge
// array), so the winner of a middle cell splits both cells and columns. Cost: linear in cells where distances are
// small, times log2(width / 64) at worst.
//
//   ColumnEnds ends(width, 2);
//   ends.record(0, 0, top);                      // 1 or 0 per cell, full-width rows
//   ends.record(1, 512, bottom);
//   ends.close();
//   DistanceBand band(keys, width, height);      // one per thread
//   band.measure(ends, 1, 512, bottom, metres);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "urbiome/kernel/distance_keys.h"

namespace urbiome {

// The rows of the nearest members above and below every band, column by column.
class ColumnEnds {
 public:
  static constexpr std::int32_t kNone = -1;

  ColumnEnds(std::int64_t width, std::int64_t bands);

  // Notes the members of a band whose first row in the grid is `first_row`. `member` holds its rows, 1 or 0 per cell.
  // Bands may be recorded from several threads at once.
  void record(std::int64_t band, std::int64_t first_row, std::span<const std::uint8_t> member);
  // After the last record(): the nearest members beyond each band become known.
  void close();

  // After close(), per column: the grid's row of the nearest member above or below the band, or kNone.
  std::span<const std::int32_t> above(std::int64_t band) const { return of(last_, band); }
  std::span<const std::int32_t> below(std::int64_t band) const { return of(first_, band); }
  bool any() const { return any_; }  // whether there is any member at all
  static std::int64_t bytes(std::int64_t width, std::int64_t bands) { return 8 * width * bands; }

 private:
  std::span<const std::int32_t> of(const std::vector<std::int32_t>& rows, std::int64_t band) const {
    const auto width = static_cast<std::size_t>(width_);
    return {rows.data() + static_cast<std::size_t>(band) * width, width};
  }

  std::int64_t width_, bands_;
  bool any_ = false;
  std::vector<std::int32_t> first_, last_;  // bands x width; after close() shifted to the neighbours' view
};

// Distances of one band after another; holds the workspace, so make one per thread and keep it.
class DistanceBand {
 public:
  // `width`, `height`: of the whole grid, in cells; below 2^31.
  DistanceBand(const DistanceKeys& keys, std::int64_t width, std::int64_t height);
  DistanceBand(DistanceBand&&) noexcept;
  ~DistanceBand();

  // `member` holds the band's rows, at most 65534. out[i] = distance of cell i to the nearest member, 0 for members,
  // NaN where there is none or it lies beyond the limit of the keys. Doubles as DistanceKeys::distance; floats within
  // one unit of their last place.
  void measure(const ColumnEnds& ends, std::int64_t band, std::int64_t first_row, std::span<const std::uint8_t> member,
               std::span<double> out);
  void measure(const ColumnEnds& ends, std::int64_t band, std::int64_t first_row, std::span<const std::uint8_t> member,
               std::span<float> out);

  // What the workspace of a band of `rows` takes besides `member` and `out`.
  static std::int64_t bytes(std::int64_t rows, std::int64_t width, std::int64_t height);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urbiome
