#include "urbiome/kernel/reach.h"

#include <algorithm>
#include <utility>

namespace urbiome {
namespace {

constexpr std::int32_t kFarthest = std::int32_t{1} << 30;  // columns: wider than any grid, so that sums do not overflow

// Largest `across` with holds(across), or -1. `holds` is monotone: true up to some column, then false. The search
// doubles its step away from `guess`, which is the answer of the line before and so nearly right.
template <typename Holds>
std::int32_t largest_across(std::int32_t guess, const Holds& holds) {
  if (!holds(0)) return -1;
  std::int32_t good = 0, bad = kFarthest + 1;
  std::int32_t step = 1, at = std::clamp(guess, 0, kFarthest);
  if (holds(at)) {
    good = at;
    while (good < kFarthest) {
      at = good > kFarthest - step ? kFarthest : good + step;
      if (!holds(at)) {
        bad = at;
        break;
      }
      good = at;
      step = std::min(step * 2, kFarthest / 2);
    }
  } else {
    bad = at;
    while (bad > 0) {
      at = std::max(0, bad - step);
      if (holds(at)) {
        good = at;
        break;
      }
      bad = at;
      step = std::min(step * 2, kFarthest / 2);
    }
  }
  while (bad - good > 1) {
    const std::int32_t middle = good + (bad - good) / 2;
    (holds(middle) ? good : bad) = middle;
  }
  return good;
}

}  // namespace

// Taking a row away at either end must not shorten the reach; step by step that covers every rectangle.
bool Reach::nests() const {
  const auto lines = static_cast<std::int64_t>(half_widths_.size()) / (max_down_ + 1);
  for (std::int64_t row = 0; row < lines; ++row) {
    for (std::int32_t down = 1; down <= max_down_; ++down) {
      const std::int32_t width = half_width(row, down);
      if (width > half_width(row, down - 1)) return false;
      const bool there = !per_row_ || row + 1 < lines;
      if (there && width > half_width(row + 1, down - 1)) return false;
    }
  }
  return true;
}

Reach neighbour_reach(int directions) { return {1, false, {1, directions == 4 ? 0 : 1}}; }

Reach reach_within(double limit, bool strict, std::int64_t rows, bool same_for_all_rows,
                   const std::function<double(std::int64_t row, std::int32_t down, std::int32_t across)>& distance) {
  const double tolerance = 1e-12 * limit;
  const double bound = strict ? limit - tolerance : limit + tolerance;
  const auto within = [&](double value) { return strict ? value < bound : value <= bound; };

  const std::int64_t line_count = same_for_all_rows ? 1 : rows;
  std::vector<std::vector<std::int32_t>> lines(static_cast<std::size_t>(line_count));
  std::size_t longest = 1;
  for (std::int64_t row = 0; row < line_count; ++row) {
    std::vector<std::int32_t>& line = lines[static_cast<std::size_t>(row)];
    for (std::int32_t down = 0; row + down < rows; ++down) {
      std::int32_t guess = line.empty() ? 0 : line.back();
      if (row > 0) {
        const std::vector<std::int32_t>& before = lines[static_cast<std::size_t>(row - 1)];
        if (static_cast<std::size_t>(down) < before.size()) guess = before[static_cast<std::size_t>(down)];
      }
      const std::int32_t width =
          largest_across(guess, [&](std::int32_t across) { return within(distance(row, down, across)); });
      if (width < 0) break;
      line.push_back(width);
    }
    longest = std::max(longest, line.size());
  }

  std::vector<std::int32_t> half_widths;
  half_widths.reserve(longest * lines.size());
  for (const std::vector<std::int32_t>& line : lines) {
    half_widths.insert(half_widths.end(), line.begin(), line.end());
    half_widths.insert(half_widths.end(), longest - line.size(), -1);
  }
  if (half_widths.empty()) half_widths.push_back(-1);
  return {static_cast<std::int32_t>(longest) - 1, !same_for_all_rows, std::move(half_widths)};
}

}  // namespace urbiome
