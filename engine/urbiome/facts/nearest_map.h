// The nearest patch of every cell, streamed: distances and the patch's id, as PatchLabels numbers them.
//
// The ids pass by twice, band after band: first to note the first and the last in every column of every band, then to
// be measured. Nothing is held but one band and what fits of those ends (ends_log.h); the patches are labelled anew
// each time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/facts/patch_labels.h"
#include "urbiome/kernel/distance_keys.h"

namespace urbiome {

class NearestMap {
 public:
  // On the grid of the labels' source; `labels` must outlive this. Nothing beyond `largest_m` is wanted.
  NearestMap(PatchLabels& labels, const Grid& grid, const GridMetric& metric, DistanceMeasure measure, double largest_m,
             const Executor& executor);

  const std::vector<Band>& bands() const { return bands_; }
  static constexpr std::int64_t kBytesPerCell = 40;

  // Rows in ascending order: metres (NaN beyond largest_m) and ids (0 there).
  using Sink =
      std::function<void(std::int64_t first_row, std::span<const double> distances, std::span<const std::int64_t> ids)>;
  void measure(Executor& executor, const Sink& sink);

 private:
  using BandBody = std::function<void(std::int64_t band, std::int64_t first_row, std::span<const std::int64_t> ids)>;
  void for_each_band(Executor& executor, const BandBody& body);

  PatchLabels& labels_;
  Grid grid_;
  GridMetric metric_;
  DistanceMeasure measure_;
  double largest_m_;
  std::vector<Band> bands_;
};

}  // namespace urbiome
