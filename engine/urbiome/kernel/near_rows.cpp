#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "urbiome/kernel/cell_mask.h"
#include "urbiome/kernel/growing_row.h"
#include "urbiome/kernel/near.h"
#include "urbiome/kernel/skyline.h"

namespace urbiome {
namespace {

// Runs with their columns grown by the reach of their row, joined. Those that are added come from left to right before
// they are grown, so one that reaches back swallows the last ones only.
class GrownRuns {
 public:
  explicit GrownRuns(std::int64_t width) : width_(width) {}

  void add(std::int64_t begin, std::int64_t end) {
    begin = std::max<std::int64_t>(begin, 0);
    end = std::min(end, width_);
    if (begin >= end) return;
    Run run{static_cast<std::int32_t>(begin), static_cast<std::int32_t>(end)};
    while (!runs_.empty() && run.begin <= runs_.back().end) {
      run.begin = std::min(run.begin, runs_.back().begin);
      run.end = std::max(run.end, runs_.back().end);
      runs_.pop_back();
    }
    runs_.push_back(run);
  }
  std::span<const Run> runs() const { return runs_; }
  void clear() { runs_.clear(); }

 private:
  std::int64_t width_;
  std::vector<Run> runs_;
};

// Appends the union of two sorted lists as a row.
void append_union(std::span<const Run> a, std::span<const Run> b, RunTable& table) {
  const std::size_t start = table.runs.size();
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    const Run& next = j == b.size() || (i < a.size() && a[i].begin <= b[j].begin) ? a[i++] : b[j++];
    if (table.runs.size() > start && next.begin <= table.runs.back().end) {
      table.runs.back().end = std::max(table.runs.back().end, next.end);
    } else {
      table.runs.push_back(next);
    }
  }
  table.offsets.push_back(table.runs.size());
}

class NearSweep {
 public:
  NearSweep(std::int64_t rows, std::int64_t width, const TwoWayReach& reach,
            const std::function<std::span<const Run>(std::int64_t)>& runs_of)
      : rows_(rows), reach_(reach), runs_of_(runs_of), grown_(width) {}

  // What lies below and in the row itself, for rows end - 1 up to first: row by row from the last.
  RunTable from_below(std::int64_t first, std::int64_t end) {
    const std::int64_t down = reach_.down.max_down();
    RunTable result;
    Skyline seen;
    for (std::int64_t row = std::min(end - 1 + down, rows_ - 1); row >= first; --row) {
      seen.lay(row, runs_of_(row), {}, row, row + down);
      if (row >= end) continue;
      grown_.clear();
      for (const SeenRun& run : seen.seen()) {
        const std::int64_t k = reach_.down.half_width(row, static_cast<std::int32_t>(run.row - row));
        if (k >= 0) grown_.add(run.begin - k, run.end + k);
      }
      result.append_row(grown_.runs());
    }
    return result;
  }

  RunTable all(std::int64_t first, std::int64_t end) {
    const RunTable below = from_below(first, end);
    const std::int64_t up = reach_.up.max_down();
    RunTable result;
    Skyline seen;
    for (std::int64_t row = std::max<std::int64_t>(first - up, 0); row < end; ++row) {
      if (row >= first) {
        grown_.clear();
        for (const SeenRun& run : seen.seen()) {
          const std::int64_t k = reach_.up.half_width(run.row, static_cast<std::int32_t>(row - run.row));
          if (k >= 0) grown_.add(run.begin - k, run.end + k);
        }
        append_union(grown_.runs(), below.of_row(end - 1 - row), result);
      }
      seen.lay(row, runs_of_(row), {}, row + 1 - up, row);
    }
    return result;
  }

 private:
  std::int64_t rows_;
  const TwoWayReach& reach_;
  const std::function<std::span<const Run>(std::int64_t)>& runs_of_;
  GrownRuns grown_;
};

// Every row with runs is grown once, in ascending steps, and laid over all rows that it reaches: any rule, at a cost
// that grows with the rows it spans.
RunTable by_bits(std::int64_t first, std::int64_t end, std::int64_t rows, std::int64_t width, const TwoWayReach& reach,
                 const std::function<std::span<const Run>(std::int64_t)>& runs_of) {
  CellMask near(first, end - first, width);
  GrowingRow grown(width);
  std::vector<std::pair<std::int32_t, std::int64_t>> targets;  // by how far they see to the side, and their rows
  const std::int64_t down = reach.down.max_down(), up = reach.up.max_down();
  for (std::int64_t row = std::max<std::int64_t>(first - up, 0); row < std::min(end + down, rows); ++row) {
    const std::span<const Run> runs = runs_of(row);
    if (runs.empty()) continue;
    targets.clear();
    for (std::int64_t to = std::max(row - down, first); to < std::min(row + up + 1, end); ++to) {
      const std::int32_t k = to <= row ? reach.down.half_width(to, static_cast<std::int32_t>(row - to))
                                       : reach.up.half_width(row, static_cast<std::int32_t>(to - row));
      if (k >= 0) targets.emplace_back(k, to);
    }
    std::sort(targets.begin(), targets.end());
    grown.set(runs);
    for (const auto& [k, to] : targets) {
      grown.grow_to(k);
      grown.add_to(near.row(to));
    }
  }
  RunTable result;
  for (std::int64_t row = first; row < end; ++row) {
    append_runs(near.row(row), 0, width, result.runs);
    result.offsets.push_back(result.runs.size());
  }
  return result;
}

}  // namespace

RunTable near_rows(std::int64_t first, std::int64_t end, std::int64_t rows, std::int64_t width,
                   const TwoWayReach& reach, const std::function<std::span<const Run>(std::int64_t)>& runs_of) {
  constexpr std::int32_t kFewRows = 100;  // to either side, for which bits cost less than looking at the skyline
  const bool few = std::max(reach.down.max_down(), reach.up.max_down()) <= kFewRows;
  if (few || !reach.down.nested() || !reach.up.nested()) return by_bits(first, end, rows, width, reach, runs_of);
  return NearSweep(rows, width, reach, runs_of).all(first, end);
}

}  // namespace urbiome
