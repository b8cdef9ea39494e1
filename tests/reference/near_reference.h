// The cells of a row that satisfy a rule with some cell of a table of runs: run by run, counted by where each one's
// reach begins and ends.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "urbiome/kernel/near.h"

namespace urbiome::reference {

// As a row of near_rows(); rows of the table are rows of the grid.
inline std::vector<Run> near_runs(const RunTable& table, const TwoWayReach& reach, std::int64_t row,
                                  std::int64_t width) {
  std::vector<int> change(static_cast<std::size_t>(width) + 1, 0);
  for (std::int64_t other = 0; other < table.rows(); ++other) {
    const Reach& rule = other >= row ? reach.down : reach.up;
    const std::int64_t apart = std::abs(other - row);
    if (apart > rule.max_down()) continue;
    const std::int64_t k = rule.half_width(std::min(row, other), static_cast<std::int32_t>(apart));
    for (const Run& run : table.of_row(other)) {
      if (k < 0) continue;
      ++change[static_cast<std::size_t>(std::max<std::int64_t>(run.begin - k, 0))];
      --change[static_cast<std::size_t>(std::min<std::int64_t>(run.end + k, width))];
    }
  }
  std::vector<Run> runs;
  int covered = 0;
  for (std::int32_t col = 0; col < width; ++col) {
    covered += change[static_cast<std::size_t>(col)];
    if (covered == 0) continue;
    if (!runs.empty() && runs.back().end == col) {
      ++runs.back().end;
    } else {
      runs.push_back({col, col + 1});
    }
  }
  return runs;
}

}  // namespace urbiome::reference
