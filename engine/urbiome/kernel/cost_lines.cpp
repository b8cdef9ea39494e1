#include "urbiome/kernel/cost_lines.h"

#include <algorithm>
#include <bit>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/cost_lines.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::cost_lines::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<double, CostLines::kBlock>;
using Vector = hn::Vec<Tag>;
using Blocks = CostLines::Blocks;
constexpr std::ptrdiff_t kBlock = CostLines::kBlock, kStride = CostLines::kStride;
constexpr double kFar = std::numeric_limits<double>::infinity();

// How costs come to a line: from the line before it (`step` 1) or after it (-1), and with knights from the next but
// one.
template <int kDirections, bool kColumns>
struct Step {
  const CostWeights& weights;
  std::ptrdiff_t line, step;

  // In a column weights change from cell to cell, in a row they are those of the upper one of both.
  HWY_INLINE Vector weight(const CostWeights::Rows& rows, std::ptrdiff_t cell, std::ptrdiff_t away) const {
    const Tag d;
    const double* const first = rows.data() - CostWeights::kFirst;
    if constexpr (kColumns) return hn::LoadU(d, first + cell);
    return hn::Set(d, first[step > 0 ? line - away : line]);
  }
  // A step of no length from a barrier is none either: 0 x infinity is no number, and lowers nothing.
  static HWY_INLINE void lower(Vector& best, Vector cost) { best = hn::IfThenElse(hn::Lt(cost, best), cost, best); }
  // Lowers costs of a block and says whether it did.
  HWY_INLINE bool into(CostLines& lines, std::ptrdiff_t block) const {
    const Tag d;
    const std::ptrdiff_t back = -step * kStride;
    bool lowered = false;
    for (std::ptrdiff_t cell = block * kBlock; cell < (block + 1) * kBlock;
         cell += static_cast<std::ptrdiff_t>(hn::Lanes(d))) {
      double* const cost = lines.cost_of(line) + cell;
      const double* const resistance = lines.resistance_of(line) + cell;
      const Vector old = hn::Load(d, cost), here = hn::Load(d, resistance);
      Vector best = old;
      const auto from = [&](std::ptrdiff_t place, Vector weight) {
        const Vector ends = hn::Add(here, hn::LoadU(d, resistance + place));
        lower(best, hn::Add(hn::LoadU(d, cost + place), hn::Mul(weight, ends)));
      };
      from(back, weight(kColumns ? weights.across : weights.down, cell, 1));
      if constexpr (kDirections >= 8) {
        from(back - 1, weight(weights.diagonal, cell - 1, 1));
        from(back + 1, weight(weights.diagonal, cell, 1));
      }
      if constexpr (kDirections >= 16) {
        // `a` and `b` lie between: the straight line crosses them.
        const auto knight = [&](std::ptrdiff_t place, std::ptrdiff_t a, std::ptrdiff_t b, Vector weight_of) {
          const Vector ends = hn::Add(here, hn::LoadU(d, resistance + place));
          const Vector between = hn::Add(hn::LoadU(d, resistance + a), hn::LoadU(d, resistance + b));
          const Vector length = hn::Mul(weight_of, hn::Add(ends, between));
          lower(best, hn::Add(hn::LoadU(d, cost + place), length));
        };
        const CostWeights::Rows& along = kColumns ? weights.steep_knight : weights.flat_knight;
        const CostWeights::Rows& away = kColumns ? weights.flat_knight : weights.steep_knight;
        knight(back - 2, -1, back - 1, weight(along, cell - 2, 1));
        knight(back + 2, 1, back + 1, weight(along, cell, 1));
        knight(2 * back - 1, back, back - 1, weight(away, cell - 1, 2));
        knight(2 * back + 1, back, back + 1, weight(away, cell, 2));
      }
      lowered |= !hn::AllFalse(d, hn::Lt(best, old));
      hn::Store(best, d, cost);
    }
    return lowered;
  }
};

template <int kDirections, bool kColumns>
bool sweep(CostLines& lines, const CostWeights& weights, std::ptrdiff_t step) {
  auto& awake = step > 0 ? lines.forward : lines.backward;
  const Blocks all = (Blocks{1} << lines.blocks) - 1;
  bool lowered = false;
  const std::ptrdiff_t first = step > 0 ? 0 : lines.lines - 1, end = step > 0 ? lines.lines : -1;
  for (std::ptrdiff_t line = first; line != end; line += step) {
    Blocks seen = awake[static_cast<std::size_t>(line - step + CostLines::kMargin)];
    if constexpr (kDirections >= 16) seen |= awake[static_cast<std::size_t>(line - 2 * step + CostLines::kMargin)];
    if (seen == 0) continue;
    Blocks changed = 0;
    for (Blocks left = (seen | seen << 1 | seen >> 1) & all; left != 0; left &= left - 1) {
      const int block = std::countr_zero(left);
      changed |= Blocks{Step<kDirections, kColumns>{weights, line, step}.into(lines, block)} << block;
    }
    lines.wake(line, changed);
    lines.changed[static_cast<std::size_t>(line / kBlock)] |= changed;
    lowered |= changed != 0;
  }
  awake.fill(0);
  return lowered;
}

// A square of blocks' cells, lines for cells.
HWY_INLINE void transpose(const double* from, double* to, std::ptrdiff_t to_stride) {
#if HWY_TARGET == HWY_SCALAR
  for (std::ptrdiff_t i = 0; i < kBlock; ++i) {
    for (std::ptrdiff_t j = 0; j < kBlock; ++j) to[j * to_stride + i] = from[i * kStride + j];
  }
#else
  const hn::FixedTag<double, 2> d;
  for (std::ptrdiff_t i = 0; i < kBlock; i += 2) {
    for (std::ptrdiff_t j = 0; j < kBlock; j += 2) {
      const auto a = hn::Load(d, from + i * kStride + j), b = hn::Load(d, from + (i + 1) * kStride + j);
      hn::Store(hn::InterleaveLower(d, a, b), d, to + j * to_stride + i);
      hn::Store(hn::InterleaveUpper(d, a, b), d, to + (j + 1) * to_stride + i);
    }
  }
#endif
}

// Costs that changed in `from` reach the other lines.
void hand_over(CostLines& from, CostLines& to) {
  const Tag d;
  for (std::ptrdiff_t group = 0; group < to.blocks; ++group) {
    Blocks& changed = from.changed[static_cast<std::size_t>(group)];
    for (; changed != 0; changed &= changed - 1) {
      const std::ptrdiff_t block = std::countr_zero(changed);
      alignas(64) double costs[kBlock * kBlock];
      transpose(from.cost_of(group * kBlock) + block * kBlock, costs, kBlock);
      for (std::ptrdiff_t line = 0; line < kBlock; ++line) {
        double* const old = to.cost_of(block * kBlock + line) + group * kBlock;
        bool lowered = false;
        for (std::ptrdiff_t cell = 0; cell < kBlock; cell += static_cast<std::ptrdiff_t>(hn::Lanes(d))) {
          const Vector cost = hn::Load(d, costs + line * kBlock + cell);
          lowered |= !hn::AllFalse(d, hn::Lt(cost, hn::Load(d, old + cell)));
          hn::Store(cost, d, old + cell);
        }
        to.wake(block * kBlock + line, Blocks{lowered} << group);
      }
    }
  }
}

template <int kDirections>
bool settle_tile(CostTile& tile) {
  bool lowered = false;
  for (bool waits = true; waits;) {
    const bool down = sweep<kDirections, false>(tile.rows, tile.weights, 1);
    const bool up = sweep<kDirections, false>(tile.rows, tile.weights, -1);
    hand_over(tile.rows, tile.columns);
    const bool right = sweep<kDirections, true>(tile.columns, tile.weights, 1);
    const bool left = sweep<kDirections, true>(tile.columns, tile.weights, -1);
    hand_over(tile.columns, tile.rows);
    waits = up || right || left;  // what came down was seen by all that followed
    lowered |= down || waits;
  }
  return lowered;
}

template <int kDirections, bool kColumns>
double lower_margin(CostLines& lines, const CostWeights& weights, std::ptrdiff_t line, std::ptrdiff_t step,
                    std::ptrdiff_t first_block, std::ptrdiff_t end_block) {
  double least = kFar;
  for (std::ptrdiff_t block = first_block; block < end_block; ++block) {
    const double* const cost = lines.cost_of(line) + block * kBlock;
    std::array<double, static_cast<std::size_t>(kBlock)> before;
    std::copy_n(cost, kBlock, before.begin());
    if (!Step<kDirections, kColumns>{weights, line, step}.into(lines, block)) continue;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (cost[i] < before[i]) least = std::min(least, cost[i]);
    }
  }
  return least;
}

template <int kDirections>
std::array<double, 9> offer_of(CostTile& tile) {
  std::array<double, 9> offered;
  offered.fill(kFar);
  const auto side = [&]<bool kColumns>(CostLines& lines, std::ptrdiff_t step, std::array<std::size_t, 3> to) {
    for (std::ptrdiff_t away = 0; away < (kDirections >= 16 ? 2 : 1); ++away) {
      const std::ptrdiff_t line = step > 0 ? lines.lines + away : -1 - away;
      const auto lower = [&](std::size_t tile_there, std::ptrdiff_t first, std::ptrdiff_t end) {
        double& least = offered[tile_there];
        least = std::min(least, lower_margin<kDirections, kColumns>(lines, tile.weights, line, step, first, end));
      };
      lower(to[1], 0, lines.blocks);
      if constexpr (kDirections >= 8 && !kColumns) {  // rows see to the corners
        lower(to[0], -1, 0);
        lower(to[2], lines.blocks, lines.blocks + 1);
      }
    }
  };
  side.template operator()<false>(tile.rows, -1, {0, 1, 2});
  side.template operator()<false>(tile.rows, 1, {6, 7, 8});
  side.template operator()<true>(tile.columns, -1, {0, 3, 6});
  side.template operator()<true>(tile.columns, 1, {2, 5, 8});
  return offered;
}

void turn_rows(CostTile& tile) {
  CostLines &rows = tile.rows, &columns = tile.columns;
  for (std::ptrdiff_t row = 0; row < columns.blocks * kBlock; row += kBlock) {
    for (std::ptrdiff_t col = 0; col < rows.blocks * kBlock; col += kBlock) {
      transpose(rows.cost_of(row) + col, columns.cost_of(col) + row, kStride);
      transpose(rows.resistance_of(row) + col, columns.resistance_of(col) + row, kStride);
    }
  }
  const auto copy = [&](std::ptrdiff_t row, std::ptrdiff_t col) {
    columns.cost_of(col)[row] = rows.cost_of(row)[col];
    columns.resistance_of(col)[row] = rows.resistance_of(row)[col];
  };
  constexpr std::ptrdiff_t kMargin = CostLines::kMargin;
  for (std::ptrdiff_t away = 1; away <= kMargin; ++away) {
    for (std::ptrdiff_t row = -kMargin; row < rows.lines + kMargin; ++row)
      copy(row, -away), copy(row, columns.lines - 1 + away);
    for (std::ptrdiff_t col = 0; col < columns.lines; ++col) copy(-away, col), copy(rows.lines - 1 + away, col);
  }
}

bool settle_4(CostTile& tile) { return settle_tile<4>(tile); }
bool settle_8(CostTile& tile) { return settle_tile<8>(tile); }
bool settle_16(CostTile& tile) { return settle_tile<16>(tile); }
std::array<double, 9> offer_4(CostTile& tile) { return offer_of<4>(tile); }
std::array<double, 9> offer_8(CostTile& tile) { return offer_of<8>(tile); }
std::array<double, 9> offer_16(CostTile& tile) { return offer_of<16>(tile); }

}  // namespace urbiome::cost_lines::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome::cost_lines {

HWY_EXPORT(turn_rows);
HWY_EXPORT(settle_4);
HWY_EXPORT(settle_8);
HWY_EXPORT(settle_16);
HWY_EXPORT(offer_4);
HWY_EXPORT(offer_8);
HWY_EXPORT(offer_16);

void turn(CostTile& tile) { HWY_DYNAMIC_DISPATCH(turn_rows)(tile); }

bool settle(CostTile& tile) {
  if (tile.directions == 4) return HWY_DYNAMIC_DISPATCH(settle_4)(tile);
  if (tile.directions == 8) return HWY_DYNAMIC_DISPATCH(settle_8)(tile);
  return HWY_DYNAMIC_DISPATCH(settle_16)(tile);
}

std::array<double, 9> offer(CostTile& tile) {
  if (tile.directions == 4) return HWY_DYNAMIC_DISPATCH(offer_4)(tile);
  if (tile.directions == 8) return HWY_DYNAMIC_DISPATCH(offer_8)(tile);
  return HWY_DYNAMIC_DISPATCH(offer_16)(tile);
}

}  // namespace urbiome::cost_lines
#endif
