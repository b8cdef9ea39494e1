#include "urbiome/kernel/cost.h"

#include <algorithm>
#include <limits>

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();
constexpr std::ptrdiff_t kMargin = CostLines::kMargin, kBlock = CostLines::kBlock;

// Rows of a tile lie far apart in memory: they are asked for a few rows before they are copied.
constexpr std::int64_t kRowsAhead = 4;

void ask_for(const double* cells, std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kBlock) __builtin_prefetch(cells + i);
}

}  // namespace

// Copies the tile and the cells round it; beyond the raster there are barriers.
void CostSolver::load(const CostMap& map, const Window& tile) {
  CostLines &rows = tile_.rows, &columns = tile_.columns;
  const Window wide{tile.row - kMargin, tile.col - kMargin, tile.rows + 2 * kMargin, tile.cols + 2 * kMargin};
  const Window there = intersection(wide, {0, 0, map.height, map.width});
  if (there.cells() != wide.cells() || tile.rows != rows_ || tile.cols != cols_) {
    for (CostLines* lines : {&rows, &columns}) lines->cost.fill(kFar), lines->resistance.fill(kFar);
  }
  // A tile at the raster's end leaves cells beyond it infinite; the next one must not take them for its own.
  rows_ = there.cells() == wide.cells() ? tile.rows : 0;
  cols_ = tile.cols;
  rows.lines = tile.rows, columns.lines = tile.cols;
  rows.blocks = (tile.cols + kBlock - 1) / kBlock, columns.blocks = (tile.rows + kBlock - 1) / kBlock;
  for (std::int64_t row = there.row; row < there.row_end(); ++row) {
    const std::int64_t from = row * map.width + there.col, later = from + kRowsAhead * map.width;
    if (row + kRowsAhead < there.row_end()) {
      ask_for(map.resistance.data() + later, there.cols);
      ask_for(map.cost.data() + later, there.cols);
    }
    std::copy_n(map.resistance.data() + from, there.cols, rows.resistance_of(row - tile.row) + (there.col - tile.col));
    std::copy_n(map.cost.data() + from, there.cols, rows.cost_of(row - tile.row) + (there.col - tile.col));
  }
  CostWeights& weights = tile_.weights;
  for (std::size_t i = 0; i < weights.across.size(); ++i) {
    const std::int64_t row = tile.row + static_cast<std::int64_t>(i) + CostWeights::kFirst;
    const StepLengths& step = map.steps[static_cast<std::size_t>(std::clamp<std::int64_t>(row, 0, map.height - 1))];
    weights.across[i] = step.across / 2, weights.down[i] = step.down / 2, weights.diagonal[i] = step.diagonal / 2;
    weights.flat_knight[i] = step.flat_knight / 4, weights.steep_knight[i] = step.steep_knight / 4;
  }
  tile_.directions = map.directions;
  cost_lines::turn(tile_);
}

void CostSolver::wake(bool all) {
  for (CostLines* lines : {&tile_.rows, &tile_.columns}) {
    const CostLines::Blocks every = (CostLines::Blocks{1} << lines->blocks) - 1;
    for (std::ptrdiff_t away = 1; away <= kMargin; ++away) {
      lines->wake(-away, every);
      lines->wake(lines->lines - 1 + away, every);
    }
    if (!all) continue;
    for (std::ptrdiff_t line = 0; line < lines->lines; ++line) lines->wake(line, every);
  }
}

CostSolver::Outcome CostSolver::solve(const CostMap& map, const Window& tile, bool all) {
  load(map, tile);
  wake(all);
  Outcome outcome{cost_lines::settle(tile_), {}};
  outcome.offered.fill(kFar);
  for (std::int64_t row = 0; outcome.lowered && row < tile.rows; ++row) {
    const double* const from = tile_.rows.cost_of(row);
    double* const to = map.cost.data() + (tile.row + row) * map.width + tile.col;
    if (!std::equal(from, from + tile.cols, to)) std::copy_n(from, tile.cols, to);  // memory is what threads wait for
  }
  if (outcome.lowered || all) outcome.offered = cost_lines::offer(tile_);
  return outcome;
}

}  // namespace urbiome
