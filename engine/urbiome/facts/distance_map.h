// Distance of every cell to the nearest member cell, streamed: bands of rows go out in order, whatever the size.
//
// Without a limit, or with one of many rows, the land cover is decoded twice and held nowhere: the first pass leaves
// for each band and column the nearest members' rows (ends_log.h). With a small limit one pass with a margin of rows
// does.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/kernel/distance_keys.h"

namespace urbiome {

struct DistanceRequest {
  ClassSet member{};
  DistanceMeasure measure = DistanceMeasure::centre;
  double largest_m = kNoLimit;  // beyond it: NaN
};

// Rows [first_row, first_row + cells.size() / width), ascending and without gaps.
template <class Cell>
using RowsSink = std::function<void(std::int64_t first_row, std::span<const Cell> cells)>;

class DistanceMap {
 public:
  DistanceMap(const TileSource& source, const GridMetric& metric, const DistanceRequest& request,
              const Executor& executor);

  // What it will take: for plans.
  std::int64_t passes() const { return one_pass_ ? 1 : 2; }
  const std::vector<Band>& bands() const { return bands_; }
  std::int64_t table_bytes(const Executor& executor) const;  // what the first pass leaves in memory at most
  std::int64_t scratch_bytes(const Executor& executor) const;
  static constexpr std::int64_t kBytesPerCell = 13;

  // Metres; 0 in members, NaN beyond the limit and everywhere when there is no member. Nodata cells have distances too:
  // where a place lies is known even if what grows there is not.
  void measure(Executor& executor, const RowsSink<double>& sink) const;

 private:
  const TileSource& source_;
  const GridMetric& metric_;
  DistanceRequest request_;
  bool one_pass_ = false;
  std::vector<Band> bands_;
};

}  // namespace urbiome
