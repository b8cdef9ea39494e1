#include "urbiome/facts/zone_cut.h"

#include <algorithm>

namespace urbiome {
namespace {

// Adds the runs' parts in columns begin .. end - 1, all covered by `share`. `r` is the first run that may reach them.
class RowCutter {
 public:
  RowCutter(std::span<const Run> runs, std::int64_t row, const CellAreas& areas, CutRow& out)
      : runs_(runs), walk_(areas, row, 0), out_(out) {}

  void take(std::int32_t begin, std::int32_t end, std::int64_t share) {
    while (r_ < runs_.size() && runs_[r_].end <= begin) ++r_;
    for (std::size_t i = r_; i < runs_.size() && runs_[i].begin < end; ++i) {
      const std::int32_t from = std::max(runs_[i].begin, begin), to = std::min(runs_[i].end, end);
      const std::int64_t before = walk_.before(from), whole = walk_.before(to) - before;
      const std::int64_t area = share == kOne ? whole : scale_exactly(whole, share, kOne);
      if (!out_.runs.empty() && out_.runs.back().end == from) {
        out_.runs.back().end = to;
        out_.areas.back() += area;
      } else {
        out_.runs.push_back({from, to});
        out_.areas.push_back(area);
        out_.source.push_back(static_cast<std::int32_t>(i));
      }
    }
  }
  // Passes over the runs left of a column.
  void skip_to(std::int32_t col) {
    r_ = static_cast<std::size_t>(
        std::partition_point(runs_.begin(), runs_.end(), [&](const Run& run) { return run.end <= col; }) -
        runs_.begin());
  }

 private:
  std::span<const Run> runs_;
  CellAreas::Walk walk_;
  CutRow& out_;
  std::size_t r_ = 0;
};

}  // namespace

void cut_row(std::span<const Run> runs, const Coverage& zone, std::int64_t row, const CellAreas& areas, CutRow& out) {
  out.runs.clear();
  out.areas.clear();
  out.source.clear();
  const auto spans = zone.spans_of(row);
  const auto partials = zone.partials_of(row);
  if (runs.empty() || (spans.empty() && partials.empty())) return;
  RowCutter cutter(runs, row, areas, out);
  cutter.skip_to(zone.col_begin);
  std::size_t s = 0, p = 0;
  while (s < spans.size() || p < partials.size()) {
    if (p == partials.size() || (s < spans.size() && spans[s].begin < partials[p].col)) {
      cutter.take(spans[s].begin, spans[s].end, kOne);
      ++s;
    } else {
      cutter.take(partials[p].col, partials[p].col + 1, partials[p].share);
      ++p;
    }
  }
}

bool covers_all(const Coverage& zone, const Window& window) {
  if (window.row < zone.first_row || window.row_end() > zone.row_end()) return false;
  for (std::int64_t row = window.row; row < window.row_end(); ++row) {
    const auto spans = zone.spans_of(row);
    if (spans.size() != 1 || spans[0].begin > window.col || spans[0].end < window.col_end()) return false;
  }
  return true;
}

}  // namespace urbiome
