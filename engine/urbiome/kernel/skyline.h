// The nearest row with a run in every column, seen from a row: what rules on distances have to look at.
//
// Walking down a raster, of all runs above only those are kept that no later run hides, column by column. Where closer
// rows reach at least as far as farther ones (Reach::nested), hidden cells decide nothing, so a row costs the runs that
// are seen from it, however many rows the rule spans. Walking up works the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/runs.h"

namespace urbiome {

// Columns begin .. end - 1, whose nearest run lies in `row`; `node` is the caller's.
struct SeenRun {
  std::int32_t begin, end, row, node;
};

class Skyline {
 public:
  std::span<const SeenRun> seen() const { return seen_; }
  std::span<SeenRun> seen() { return seen_; }
  void clear() { seen_.clear(); }

  // Lays a row over what is seen (`nodes` of its runs, or nothing) and forgets rows outside keep_first .. keep_last.
  void lay(std::int64_t row, std::span<const Run> runs, std::span<const std::int32_t> nodes, std::int64_t keep_first,
           std::int64_t keep_last);

 private:
  std::vector<SeenRun> seen_, next_;
};

}  // namespace urbiome
