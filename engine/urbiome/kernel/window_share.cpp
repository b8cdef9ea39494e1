#include "urbiome/kernel/window_share.h"

#include <algorithm>

namespace urbiome {

// A run [begin, end) seen through a half width k adds a trapezoid to the counts: +1 per column from begin - k on,
// level from end - k on, falling from begin + k + 1 on, nothing from end + k + 1 on. Four second differences per run,
// and two running sums at the end.
void count_in_reach(const RunTable& table, const Reach& reach, std::int64_t row, std::span<std::int64_t> counts,
                    std::int64_t first_row) {
  std::fill(counts.begin(), counts.end(), 0);
  const auto width = static_cast<std::int64_t>(counts.size());
  std::int64_t slope = 0, count = 0;  // at column -1: what lies left of the grid already
  const auto bend = [&](std::int64_t col, std::int64_t change) {
    if (col >= width) return;
    if (col >= 0) {
      counts[static_cast<std::size_t>(col)] += change;
    } else {
      slope += change;
      count += change * -col;
    }
  };

  const std::int64_t first = std::max(first_row, row - reach.max_down());
  const std::int64_t last = std::min(first_row + table.rows() - 1, row + reach.max_down());
  for (std::int64_t other = first; other <= last; ++other) {
    const std::int64_t k = reach.half_width(std::min(row, other), static_cast<std::int32_t>(std::abs(other - row)));
    if (k < 0) continue;
    for (const Run& run : table.of_row(other - first_row)) {
      bend(run.begin - k, 1);
      bend(run.end - k, -1);
      bend(run.begin + k + 1, -1);
      bend(run.end + k + 1, 1);
    }
  }
  for (std::int64_t& entry : counts) {
    slope += entry;
    count += slope;
    entry = count;
  }
}

}  // namespace urbiome
