#include "urbiome/kernel/cost.h"

#include <algorithm>
#include <limits>

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();
constexpr std::int16_t kNotQueued = -1;

}  // namespace

// Copies the tile and the cells round it. Cells round it have a cost that nothing can lower, those beyond the raster
// are barriers.
void CostSolver::load(const CostMap& map, const Window& tile) {
  const std::size_t size = static_cast<std::size_t>(kStride) * kStride;
  resistance_.resize(size);
  cost_.resize(size);
  bucket_of_.resize(size, kNotQueued);
  weights_.resize(static_cast<std::size_t>(kStride));
  rows_ = static_cast<std::int32_t>(tile.rows), cols_ = static_cast<std::int32_t>(tile.cols);
  const Window all{0, 0, map.height, map.width};
  const Window wide =
      intersection({tile.row - kMargin, tile.col - kMargin, tile.rows + 2 * kMargin, tile.cols + 2 * kMargin}, all);
  for (std::int32_t row = 0; row < rows_ + 2 * kMargin; ++row) {
    const auto at = static_cast<std::size_t>(row) * kStride;
    std::fill_n(resistance_.begin() + static_cast<std::ptrdiff_t>(at), cols_ + 2 * kMargin, kFar);
    std::fill_n(cost_.begin() + static_cast<std::ptrdiff_t>(at), cols_ + 2 * kMargin, -kFar);
    const std::int64_t there = tile.row - kMargin + row;
    if (there < 0 || there >= map.height) continue;
    const std::size_t from = static_cast<std::size_t>(there * map.width + wide.col);
    const std::size_t to = at + static_cast<std::size_t>(wide.col - tile.col + kMargin);
    std::copy_n(map.resistance.data() + from, wide.cols, resistance_.data() + to);
    if (there >= tile.row && there < tile.row_end())
      std::copy_n(map.cost.data() + there * map.width + tile.col, cols_, cost_.data() + at + kMargin);
    const auto step = [&](std::int64_t r) {
      return map.steps[static_cast<std::size_t>(std::clamp<std::int64_t>(r, 0, map.height - 1))];
    };
    const StepLengths below = step(there), above = step(there - 1), above2 = step(there - 2);
    weights_[static_cast<std::size_t>(row)] = {below.across / 2,      above.down / 2,          below.down / 2,
                                               above.diagonal / 2,    below.diagonal / 2,      above.flat_knight / 4,
                                               below.flat_knight / 4, above2.steep_knight / 4, below.steep_knight / 4};
  }
}

void CostSolver::queue(std::int32_t cell, double cost) {
  if (collecting_) {
    seeds_.push_back(cell);
    return;
  }
  const auto bucket = std::min(static_cast<std::size_t>((cost - least_) * per_cost_), kBuckets - 1);
  std::int16_t& place = bucket_of_[static_cast<std::size_t>(cell)];
  if (place == static_cast<std::int16_t>(bucket)) return;
  place = static_cast<std::int16_t>(bucket);
  buckets_[bucket].push_back(cell);
}

template <int kDirections>
void CostSolver::spread_from(std::int32_t cell, double cost) {
  const double* r = resistance_.data() + cell;
  const RowWeights& w = weights_[static_cast<std::size_t>(cell / kStride)];
  const double here = *r;
  const auto side = [&](std::int32_t to, double weight) { reach(cell + to, cost + weight * (here + r[to])); };
  side(-1, w.across);
  side(1, w.across);
  side(-kStride, w.up);
  side(kStride, w.down);
  if constexpr (kDirections >= 8) {
    side(-kStride - 1, w.corner_up);
    side(-kStride + 1, w.corner_up);
    side(kStride - 1, w.corner_down);
    side(kStride + 1, w.corner_down);
  }
  if constexpr (kDirections >= 16) {
    // `a` and `b` lie between: the straight line crosses them.
    const auto knight = [&](std::int32_t to, std::int32_t a, std::int32_t b, double weight) {
      reach(cell + to, cost + weight * ((here + r[to]) + (r[a] + r[b])));
    };
    for (const std::int32_t x : {-1, 1}) {
      knight(-kStride + 2 * x, x, -kStride + x, w.flat_up);
      knight(kStride + 2 * x, x, kStride + x, w.flat_down);
      knight(-2 * kStride + x, -kStride, -kStride + x, w.steep_up);
      knight(2 * kStride + x, kStride, kStride + x, w.steep_down);
    }
  }
}

// Costs that come in from round the tile, and the scale of the buckets.
void CostSolver::enter(const CostMap& map, const Window& tile, double horizon) {
  const std::int32_t ring = map.directions == 16 ? 2 : 1;
  const auto from = [&](std::int64_t row, std::int64_t col) {
    if (row < 0 || row >= map.height || col < 0 || col >= map.width) return;
    const double cost = map.cost[static_cast<std::size_t>(row * map.width + col)];
    if (!(cost < horizon)) return;
    const auto cell = static_cast<std::int32_t>((row - tile.row + kMargin) * kStride + col - tile.col + kMargin);
    if (map.directions == 4) return spread_from<4>(cell, cost);
    if (map.directions == 8) return spread_from<8>(cell, cost);
    return spread_from<16>(cell, cost);
  };
  for (std::int64_t row = tile.row - ring; row < tile.row_end() + ring; ++row) {
    const bool beside = row >= tile.row && row < tile.row_end();
    for (std::int64_t col = tile.col - ring; col < tile.col_end() + ring; ++col) {
      if (beside && col == tile.col) col = tile.col_end();
      from(row, col);
    }
  }
}

void CostSolver::note_sent(std::int32_t cell, double cost) {
  const std::int32_t row = cell / kStride - kMargin, col = cell % kStride - kMargin;
  const bool up = row < 2, down = row >= rows_ - 2, left = col < 2, right = col >= cols_ - 2;
  if (!(up || down || left || right)) return;
  for (int y = up ? -1 : 0; y <= (down ? 1 : 0); ++y) {
    for (int x = left ? -1 : 0; x <= (right ? 1 : 0); ++x) {
      double& sent = outcome_.sent[static_cast<std::size_t>(3 * (y + 1) + x + 1)];
      sent = std::min(sent, cost);
    }
  }
}

template <int kDirections>
void CostSolver::spread_all() {
  for (std::size_t b = 0; b < kBuckets; ++b) {
    std::vector<std::int32_t>& bucket = buckets_[b];
    for (std::size_t i = 0; i < bucket.size(); ++i) {  // grows while it is worked on, first in first out
      const std::int32_t cell = bucket[i];
      std::int16_t& place = bucket_of_[static_cast<std::size_t>(cell)];
      if (place != static_cast<std::int16_t>(b)) continue;  // a lower cost was spread since, or waits elsewhere
      place = kNotQueued;
      const double cost = cost_[static_cast<std::size_t>(cell)];
      note_sent(cell, cost);
      spread_from<kDirections>(cell, cost);
    }
    bucket.clear();
  }
}

CostSolver::Outcome CostSolver::store(const CostMap& map, const Window& tile) {
  double waiting = kFar;
  for (std::int32_t row = 0; row < rows_; ++row) {
    const double* from = cost_.data() + static_cast<std::ptrdiff_t>(row + kMargin) * kStride + kMargin;
    double* to = map.cost.data() + (tile.row + row) * map.width + tile.col;
    for (std::int32_t col = 0; col < cols_; ++col) {
      to[col] = from[col];
      waiting = std::min(waiting, from[col] < horizon_ ? kFar : from[col]);
    }
  }
  outcome_.waiting = waiting;
  return outcome_;
}

CostSolver::Outcome CostSolver::solve(const CostMap& map, const Window& tile, double settled, double horizon) {
  outcome_.sent.fill(kFar);
  horizon_ = horizon;
  load(map, tile);
  seeds_.clear();
  collecting_ = true;
  for (std::int32_t row = kMargin; row < rows_ + kMargin; ++row) {
    for (std::int32_t col = kMargin; col < cols_ + kMargin; ++col) {
      const std::int32_t cell = row * kStride + col;
      const double cost = cost_[static_cast<std::size_t>(cell)];
      if (cost >= settled && cost < horizon) seeds_.push_back(cell);
    }
  }
  enter(map, tile, horizon);
  collecting_ = false;
  least_ = horizon;
  for (const std::int32_t cell : seeds_) least_ = std::min(least_, cost_[static_cast<std::size_t>(cell)]);
  per_cost_ = static_cast<double>(kBuckets) / (horizon - least_);
  if (!(per_cost_ < std::numeric_limits<double>::max())) per_cost_ = 0;  // one bucket: first in, first out
  for (const std::int32_t cell : seeds_) queue(cell, cost_[static_cast<std::size_t>(cell)]);
  if (map.directions == 4) {
    spread_all<4>();
  } else if (map.directions == 8) {
    spread_all<8>();
  } else {
    spread_all<16>();
  }
  return store(map, tile);
}

}  // namespace urbiome
