// Runs: the cells of a role or class, row by row, as maximal horizontal stretches.
//
// Land cover comes in runs of four to eight cells, so runs take less memory than a label raster and labelling,
// linking and distance rules work on them directly (connect.h, reach.h, near.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/raster/grid.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

struct Run {
  std::int32_t begin, end;  // columns, end excluded
  bool operator==(const Run&) const = default;
};

// Runs of a grid of `rows` rows, row-major; runs of a row are sorted, disjoint and maximal (not touching).
struct RunTable {
  std::vector<std::size_t> offsets{0};  // rows + 1 entries
  std::vector<Run> runs;

  std::int64_t rows() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
  std::span<const Run> of_row(std::int64_t row) const {
    const auto i = static_cast<std::size_t>(row);
    return {runs.data() + offsets[i], offsets[i + 1] - offsets[i]};
  }
  void append_row(std::span<const Run> row_runs) {
    runs.insert(runs.end(), row_runs.begin(), row_runs.end());
    offsets.push_back(runs.size());
  }
  std::int64_t cells() const;
  std::int64_t bytes() const;
};

// Appends to `out` the cells that are in both of two rows of runs.
void append_shared(std::span<const Run> a, std::span<const Run> b, std::vector<Run>& out);

// Appends to `out` the runs of cells in `row` (class indexes) whose class is a member; columns start at `first_col`.
// (In mask.cpp, as all that is built on masks of cells.)
void append_runs(std::span<const ClassIndex> row, const ClassSet& member, std::int32_t first_col,
                 std::vector<Run>& out);

}  // namespace urbiome
