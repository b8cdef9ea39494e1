// Runs of one row from several sources, made one list: sorted, disjoint and not touching.
#pragma once

#include <algorithm>
#include <vector>

#include "urbiome/kernel/runs.h"

namespace urbiome {

// Runs in the order of their begins; those that touch or overlap become one.
inline void join_touching(std::vector<Run>& runs) {
  std::size_t kept = 0;
  for (const Run& run : runs) {
    if (kept > 0 && run.begin <= runs[kept - 1].end)
      runs[kept - 1].end = std::max(runs[kept - 1].end, run.end);
    else
      runs[kept++] = run;
  }
  runs.resize(kept);
}

// Runs in any order.
inline void sort_and_join(std::vector<Run>& runs) {
  std::ranges::sort(runs, {}, &Run::begin);
  join_touching(runs);
}

}  // namespace urbiome
