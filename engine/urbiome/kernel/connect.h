// Connected components of runs: patches, and groups of patches under a distance rule.
//
// Two runs belong together when a cell of one and a cell of the other satisfy the Reach rule; components are the
// transitive closure. Ids are numbered by first cell (row-major), so they do not depend on threads or tiles.
// Complexity: runs x (rows of reach), by merging two sorted rows at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/reach.h"
#include "urbiome/kernel/runs.h"

namespace urbiome {

struct Components {
  std::vector<std::int32_t> of_run;    // component id 0..count-1 of each run of the table
  std::vector<std::size_t> first_run;  // the run that holds the component's first cell
  std::int64_t count() const { return static_cast<std::int64_t>(first_run.size()); }
};

// `first_row` is the grid row of the table's row 0 (the rule may depend on it).
Components connect(const RunTable& table, const Reach& reach, std::int64_t first_row = 0);

}  // namespace urbiome
