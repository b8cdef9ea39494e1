// The nearest patch of every cell: distance.h with the ids of members instead of marks.
//
// Of several members at the same, least distance the smallest id is given. In every column only the nearest member up
// and down can be one of them, so the same two passes do; along a row all columns that tie lie between the first
// winner of the block's first cell and the last winner of its last.
//
//   const std::array ends = {ends_of(width, 0, top), ends_of(width, 512, bottom)};     // rows of ids, 0: no member
//   const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
//   NearestBand work(keys, width, height);       // one per thread
//   work.measure(beyond[1], 512, bottom, metres, nearest);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "urbiome/kernel/distance.h"

namespace urbiome {

class NearestBand {
 public:
  NearestBand(const DistanceKeys& keys, std::int64_t width, std::int64_t height);
  NearestBand(NearestBand&&) noexcept;
  ~NearestBand();

  // Distances as DistanceBand::measure; `nearest` is the id of the nearest member, 0 where the distance is NaN.
  // Ids are below 2^53.
  void measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::int64_t> ids,
               std::span<double> out, std::span<std::int64_t> nearest);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urbiome
