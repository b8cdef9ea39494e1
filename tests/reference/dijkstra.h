// Least costs by the textbook: a heap of cells, one at a time, from the sources outwards.
#pragma once

#include <cstdint>
#include <limits>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "urbiome/kernel/cost.h"

namespace urbiome::reference {

// As spread_costs() without a limit, for a whole map at once.
inline std::vector<double> least_costs(std::int64_t rows, std::int64_t cols, std::span<const double> resistance,
                                       const std::vector<bool>& sources, std::span<const StepLengths> steps,
                                       int directions) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::vector<double> cost(resistance.size(), kFar);
  using Entry = std::pair<double, std::int64_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  for (std::size_t i = 0; i < cost.size(); ++i) {
    if (!sources[i]) continue;
    cost[i] = 0;
    open.push({0, static_cast<std::int64_t>(i)});
  }
  const auto at = [&](std::int64_t row, std::int64_t col) { return static_cast<std::size_t>(row * cols + col); };
  while (!open.empty()) {
    const auto [here, cell] = open.top();
    open.pop();
    if (here > cost[static_cast<std::size_t>(cell)]) continue;
    const std::int64_t row = cell / cols, col = cell % cols;
    for (std::int64_t y = -2; y <= 2; ++y) {
      for (std::int64_t x = -2; x <= 2; ++x) {
        const std::int64_t long_way = std::max(std::abs(y), std::abs(x)),
                           short_way = std::min(std::abs(y), std::abs(x));
        const bool side = long_way == 1 && short_way == 0, corner = long_way == 1 && short_way == 1;
        const bool knight = long_way == 2 && short_way == 1;
        if (!(side || (corner && directions >= 8) || (knight && directions >= 16))) continue;
        const std::int64_t to_row = row + y, to_col = col + x;
        if (to_row < 0 || to_row >= rows || to_col < 0 || to_col >= cols) continue;
        const StepLengths& s = steps[static_cast<std::size_t>(std::min(row, to_row))];
        double step = 0;
        if (knight) {
          const std::int64_t half_y = y / 2, half_x = x / 2;  // along the long way; 0 along the short one
          const double between =
              resistance[at(row + half_y, col + half_x)] + resistance[at(to_row - half_y, to_col - half_x)];
          const double ends = resistance[at(row, col)] + resistance[at(to_row, to_col)];
          step = (std::abs(x) == 2 ? s.flat_knight : s.steep_knight) / 4 * (ends + between);
        } else {
          const double length = corner ? s.diagonal : y == 0 ? s.across : s.down;
          step = length / 2 * (resistance[at(row, col)] + resistance[at(to_row, to_col)]);
        }
        if (!(here + step < cost[at(to_row, to_col)])) continue;
        cost[at(to_row, to_col)] = here + step;
        open.push({here + step, static_cast<std::int64_t>(at(to_row, to_col))});
      }
    }
  }
  return cost;
}

}  // namespace urbiome::reference
