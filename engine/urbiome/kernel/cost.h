// Accumulated least cost: how much it takes at least to come to each cell from the nearest source, tile by tile.
//
// A step from one cell's centre to another's costs its length in metres times the mean resistance on the way. For the
// four sides and the four corners that is the mean of both cells (the convention of r.cost, MCP_Geometric and ESRI's
// cost distance); a knight's move (two cells one way, one across) also crosses the two cells in between, a quarter of
// its length in each of the four, so their mean is that along the straight line. A step over a barrier is none. Costs
// are sums from the source outwards, d[v] = fl(d[u] + w(u, v)) in double precision.
//
// Whatever the order of work, the same bytes: rounding to nearest keeps order, so fl(a + w) <= fl(b + w) where a <= b,
// and fl(a + w) >= a where w >= 0. Let D(v) be the least rounded sum over all ways from a source to v. Every label ever
// given is the rounded sum of some way, so never below D. When no step lowers a label any more, each label is at most
// D: along a way that attains D(v), the label of each next cell is at most fl(label before + w) <= fl(D before + w).
// Hence any order of steps - heaps, buckets, tiles, threads - ends with D and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/raster/grid.h"

namespace urbiome {

// Metres from a cell's centre: to the next column, the next row, both; one row down and two across, two down and one
// across.
struct StepLengths {
  double across = 1, down = 1, diagonal = 0, flat_knight = 0, steep_knight = 0;
};

// A raster in memory, row-major.
struct CostMap {
  std::int64_t width = 0, height = 0;
  std::span<const double> resistance;  // >= 0; infinite on barriers
  std::span<double> cost;              // 0 on sources, infinite where nothing came yet
  std::span<const StepLengths> steps;  // by row: from it downwards
  int directions = 8;                  // 4, 8 or 16
};

// Works on one tile at a time, in tables of its own that fit a core's cache.
class CostSolver {
 public:
  static constexpr std::int64_t kMostSide = 240;  // of a tile

  struct Outcome {
    double waiting;              // the least cost in the tile that was not spread yet; infinite when none waits
    std::array<double, 9> sent;  // by neighbouring tile (3 * (down + 1) + right + 1): the least cost it may go on from
  };

  // Spreads all costs below `horizon` within the tile, from cells round it too, and writes what came out to map.cost.
  // Cells of the tile with costs below `settled` had been spread by an earlier call.
  Outcome solve(const CostMap& map, const Window& tile, double settled, double horizon);

 private:
  void load(const CostMap& map, const Window& tile);
  void enter(const CostMap& map, const Window& tile, double horizon);
  template <int kDirections>
  void spread_from(std::int32_t cell, double cost);
  template <int kDirections>
  void spread_all();
  void reach(std::int32_t cell, double cost) {
    if (!(cost < cost_[static_cast<std::size_t>(cell)])) return;
    cost_[static_cast<std::size_t>(cell)] = cost;
    if (cost < horizon_) queue(cell, cost);
  }
  void queue(std::int32_t cell, double cost);
  void note_sent(std::int32_t cell, double cost);
  Outcome store(const CostMap& map, const Window& tile);

  // Weights of the steps from a row: half the length to sides and corners, a quarter of it for knights.
  struct RowWeights {
    double across, up, down, corner_up, corner_down, flat_up, flat_down, steep_up, steep_down;
  };
  // Steps go two cells out of the tile, and from there two more.
  static constexpr std::int32_t kMargin = 4, kStride = kMostSide + 2 * kMargin;
  static constexpr std::size_t kBuckets = 256;

  std::int32_t rows_ = 0, cols_ = 0;
  double horizon_ = 0, least_ = 0, per_cost_ = 0;  // bucket of a cost: (cost - least_) * per_cost_
  bool collecting_ = false;                        // before the buckets' scale is known
  std::vector<double> resistance_, cost_;
  std::vector<RowWeights> weights_;
  std::vector<std::int32_t> seeds_;
  std::vector<std::int16_t> bucket_of_;
  std::array<std::vector<std::int32_t>, kBuckets> buckets_;
  Outcome outcome_{};
};

}  // namespace urbiome
