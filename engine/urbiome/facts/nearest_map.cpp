#include "urbiome/facts/nearest_map.h"

#include <algorithm>

#include "urbiome/facts/ends_log.h"
#include "urbiome/kernel/distance_geographic.h"
#include "urbiome/kernel/nearest.h"

namespace urbiome {

NearestMap::NearestMap(PatchLabels& labels, const Grid& grid, const GridMetric& metric, DistanceMeasure measure,
                       double largest_m, const Executor& executor)
    : labels_(labels),
      grid_(grid),
      metric_(metric),
      measure_(measure),
      largest_m_(largest_m),
      bands_(bands_of(1, whole(grid), 0, kBytesPerCell, executor)) {}

// Labels come in rows of their own liking; they are put together to bands.
void NearestMap::for_each_band(Executor& executor, const BandBody& body) {
  std::vector<std::int64_t> waiting;
  std::size_t band = 0;
  const auto take = [&](std::int64_t, std::int64_t, std::span<const std::int64_t> ids) {
    while (!ids.empty()) {
      const Window& core = bands_[band].core;
      const std::size_t wanted = static_cast<std::size_t>(core.cells()) - waiting.size();
      const std::size_t taken = std::min(wanted, ids.size());
      waiting.insert(waiting.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(taken));
      ids = ids.subspan(taken);
      if (taken < wanted) continue;
      body(static_cast<std::int64_t>(band), core.row, waiting);
      waiting.clear();
      ++band;
    }
  };
  labels_.write({.records = {}, .write_records = {}, .write_ids = {}, .write_long_ids = take}, executor);
}

void NearestMap::measure(Executor& executor, const Sink& sink) {
  const std::int64_t bytes =
      EndsLog::memory_bytes(grid_.width, static_cast<std::int64_t>(bands_.size()), true, executor);
  executor.memory().reserve(bytes, "the patches' rows");
  EndsLog log(grid_.width, true, executor);
  for_each_band(executor, [&](std::int64_t, std::int64_t first_row, std::span<const std::int64_t> ids) {
    log.append(ends_of(grid_.width, first_row, ids));
  });
  log.close();
  std::vector<double> distances;
  std::vector<std::int64_t> nearest;
  const auto measure_with = [&](auto work) {
    for_each_band(executor, [&](std::int64_t band, std::int64_t first_row, std::span<const std::int64_t> ids) {
      distances.resize(ids.size());
      nearest.resize(ids.size());
      work.measure(log.beyond(band), first_row, ids, distances, nearest);
      sink(first_row, distances, nearest);
    });
  };
  if (metric_.is_geographic()) {
    measure_with(GeographicDistanceBand(grid_, metric_.ellipsoid(), measure_, largest_m_));
  } else {
    const double unit = metric_.unit_to_metre();
    const DistanceKeys keys(grid_.dx * unit, grid_.dy * unit, measure_, largest_m_);
    measure_with(NearestBand(keys, grid_.width, grid_.height));
  }
  executor.memory().release(bytes);
}

}  // namespace urbiome
