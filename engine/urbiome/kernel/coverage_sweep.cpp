#include "urbiome/kernel/coverage_sweep.h"

#include <algorithm>

namespace urbiome {

void RowBuilder::add(std::int64_t begin, std::int64_t end, std::int64_t share) {
  // One unit is 9.1e-13 of a cell: rounding, not ground.
  if (begin >= end || share <= 1) return;
  const auto first = static_cast<std::int32_t>(begin), last = static_cast<std::int32_t>(end);
  if (share < kOne - 1) {
    for (std::int32_t col = first; col < last; ++col) partials_.push_back({col, share});
  } else if (!spans_.empty() && spans_.back().end == first) {
    spans_.back().end = last;
  } else {
    spans_.push_back({first, last});
  }
}

void RowBuilder::move_to(Coverage& coverage) {
  coverage.append_row(spans_, partials_);
  spans_.clear();
  partials_.clear();
}

// By row (counting), then by column.
void CoverageSweep::sort_steps() {
  std::int32_t first = steps_.front().row, last = first;
  for (const Step& step : steps_) first = std::min(first, step.row), last = std::max(last, step.row);
  std::vector<std::size_t> offsets(static_cast<std::size_t>(last - first) + 2, 0);
  for (const Step& step : steps_) ++offsets[static_cast<std::size_t>(step.row - first) + 1];
  for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
  std::vector<Step> sorted(steps_.size());
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  for (const Step& step : steps_) sorted[next[static_cast<std::size_t>(step.row - first)]++] = step;
  const auto by_col = [](const Step& a, const Step& b) { return a.col < b.col; };
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(offsets[i]),
              sorted.begin() + static_cast<std::ptrdiff_t>(offsets[i + 1]), by_col);
  }
  steps_ = std::move(sorted);
}

void CoverageSweep::compact() {
  sort_steps();
  std::size_t kept = 0;
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    if (steps_[i].row == steps_[kept].row && steps_[i].col == steps_[kept].col) {
      steps_[kept].cover += steps_[i].cover;
      steps_[kept].area += steps_[i].area;
    } else {
      steps_[++kept] = steps_[i];
    }
  }
  steps_.resize(kept + 1);
  compact_at_ = std::max(compact_at_, 2 * steps_.size());
}

void CoverageSweep::sweep_row(std::size_t begin, std::size_t end, RowBuilder& builder) const {
  std::int64_t running = 0, col = 0;
  for (std::size_t i = begin; i < end;) {
    const std::int64_t at = steps_[i].col;
    builder.add(col, at, running);
    std::int64_t area = 0;
    for (; i < end && steps_[i].col == at; ++i) {
      running += steps_[i].cover;
      area += steps_[i].area;
    }
    builder.add(at, at + 1, running - area);
    col = at + 1;
  }
  builder.add(col, width_, running);
}

Coverage CoverageSweep::finish() {
  Coverage result;
  if (steps_.empty()) return result;
  sort_steps();
  RowBuilder builder;
  for (std::size_t begin = 0, end = 0; begin < steps_.size(); begin = end) {
    const std::int64_t row = steps_[begin].row;
    while (end < steps_.size() && steps_[end].row == row) ++end;
    sweep_row(begin, end, builder);
    if (builder.empty()) continue;  // so that no empty rows stand at either end
    if (result.empty()) result.first_row = row;
    while (result.row_end() < row) result.append_row({}, {});
    builder.move_to(result);
  }
  steps_.clear();
  return result;
}

}  // namespace urbiome
