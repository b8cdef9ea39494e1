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

#include "urbiome/kernel/cost_lines.h"
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
  static constexpr std::int64_t kMostSide = CostLines::kMostSide, kSideStep = CostLines::kBlock;  // of a tile

  struct Outcome {
    bool lowered;                   // costs of the tile
    std::array<double, 9> offered;  // by neighbouring tile (3 * (down + 1) + right + 1): the least cost that a step
                                    // from here gives one of its cells and that is less than what it has; else infinite
  };

  // Lowers the costs of the tile to the least that its steps and those from cells round it give. Unless `all` only
  // those cells round it may have changed since the last call. Reads two cells round the tile and writes none of them:
  // tiles that do not touch may be solved at once. Sides are whole kSideSteps, but at the raster's end. Time: a few
  // dozen steps per cell; at worst, along a way that winds through the tile, cells x windings.
  Outcome solve(const CostMap& map, const Window& tile, bool all);

 private:
  void load(const CostMap& map, const Window& tile);
  void wake(bool all);

  CostTile tile_;
  std::int64_t rows_ = 0, cols_ = 0;  // where there were cells in tile and margin at the last call
};

}  // namespace urbiome
