// The nearest patch of every cell: distance.h with the ids of members instead of marks.
//
// Of several members at the same, least distance the smallest id is given. In every column only the nearest member up
// and down can be one of them, so the same two passes do; along a row all columns that tie lie between the first
// winner of the block's first cell and the last winner of its last.
//
//   NearestEnds ends(width, bands);
//   ends.record(band, first_row, ids);           // rows of ids, 0: no member
//   ends.close();
//   NearestBand work(keys, width, height);       // one per thread
//   work.measure(ends, band, first_row, ids, metres, nearest);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "urbiome/kernel/distance.h"

namespace urbiome {

// ColumnEnds with the ids of the members at the ends.
class NearestEnds {
 public:
  NearestEnds(std::int64_t width, std::int64_t bands);

  // As ColumnEnds::record; ids >= 0, below 2^53, 0 where no member is. Bands may be recorded in parts: rows of a band
  // in ascending order.
  void record(std::int64_t band, std::int64_t first_row, std::span<const std::int64_t> ids);
  void close();

  struct Side {
    std::span<const std::int32_t> rows;  // ColumnEnds::kNone without a member
    std::span<const std::int64_t> ids;
  };
  Side above(std::int64_t band) const { return of(last_, band); }
  Side below(std::int64_t band) const { return of(first_, band); }
  bool any() const { return any_; }
  static std::int64_t bytes(std::int64_t width, std::int64_t bands) { return 24 * width * bands; }

 private:
  struct Ends {
    std::vector<std::int32_t> rows;
    std::vector<std::int64_t> ids;
  };
  Side of(const Ends& ends, std::int64_t band) const {
    const auto width = static_cast<std::size_t>(width_), at = static_cast<std::size_t>(band) * width;
    return {{ends.rows.data() + at, width}, {ends.ids.data() + at, width}};
  }
  void shift(Ends& ends, std::int64_t band, Ends& seen) const;

  std::int64_t width_, bands_;
  bool any_ = false;
  Ends first_, last_;
};

class NearestBand {
 public:
  NearestBand(const DistanceKeys& keys, std::int64_t width, std::int64_t height);
  NearestBand(NearestBand&&) noexcept;
  ~NearestBand();

  // Distances as DistanceBand::measure; `nearest` is the id of the nearest member, 0 where the distance is NaN.
  void measure(const NearestEnds& ends, std::int64_t band, std::int64_t first_row, std::span<const std::int64_t> ids,
               std::span<double> out, std::span<std::int64_t> nearest);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urbiome
