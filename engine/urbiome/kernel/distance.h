// Exact Euclidean distance of every cell to the nearest member cell, band by band of rows, in two passes.
//
// Pass 1 notes for every column of every band the first and the last row that holds a member (column_ends.h). Pass 2
// knows from these, without any other cell, how far up and down the nearest member of every column lies, and takes the
// minimum along each row (DistanceBand). Bands are independent in both passes.
//
// The minimum along a row is sought outwards from every cell while columns farther out can still win; where that goes
// too far, by divide and conquer: the column that wins moves to the right as the cell does (the squares form a Monge
// array), so the winner of a middle cell splits both cells and columns. Cost: linear in cells where distances are
// small, times log2(width / 64) at worst.
//
//   // 1 or 0 per cell, full-width rows
//   const std::array ends = {ends_of(width, 0, top), ends_of(width, 512, bottom)};
//   const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
//   DistanceBand band(keys, width, height);      // one per thread
//   band.measure(beyond[1], 512, bottom, metres);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "urbiome/kernel/column_ends.h"
#include "urbiome/kernel/distance_keys.h"

namespace urbiome {

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
  void measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
               std::span<double> out);
  void measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
               std::span<float> out);

  // What the workspace of a band of `rows` takes besides `member` and `out`.
  static std::int64_t bytes(std::int64_t rows, std::int64_t width, std::int64_t height);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urbiome
