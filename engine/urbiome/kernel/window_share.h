// Share of a role in the disc round each cell, for one row of cells.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/reach.h"
#include "urbiome/kernel/runs.h"

namespace urbiome {

// For every column of `row` the number of cells of `table` inside the disc given by `reach` (symmetric in rows, centre
// to centre); `counts` is width long. Integers, no drift. Cost: rows of reach x runs of a row, plus width. `first_row`
// is the grid row of the table's row 0; rows of the grid outside the table hold nothing.
void count_in_reach(const RunTable& table, const Reach& reach, std::int64_t row, std::span<std::int64_t> counts,
                    std::int64_t first_row = 0);

}  // namespace urbiome
