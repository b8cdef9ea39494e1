// Reach: how far a rule goes sideways for each step up or down.
//
// One table expresses every neighbourhood rule on a grid. For a pair of rows `down` apart, the rule holds between
// columns a and b when |b - a| <= half_width(row, down). Patches with 4 or 8 neighbours, links between patches
// less than 100 m apart, and places within 300 m of green are all such rules.
//
// On planar grids the table is the same for all rows; on lat/lon grids it has a line per row.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace urbiome {

class Reach {
 public:
  // `half_widths` holds lines of max_down + 1 entries: line 0 for all rows when `per_row` is false, else a line per row
  // of the grid, entry `down` for the pair (row, row + down). -1: no pair of cells in those rows satisfies the rule.
  Reach(std::int32_t max_down, bool per_row, std::vector<std::int32_t> half_widths)
      : max_down_(max_down), per_row_(per_row), half_widths_(std::move(half_widths)), nested_(nests()) {}

  std::int32_t max_down() const { return max_down_; }
  // Largest column difference between a cell in `row` and one in `row + down` (down >= 0) under the rule, or -1.
  std::int32_t half_width(std::int64_t row, std::int32_t down) const {
    const std::int64_t line = per_row_ ? row : 0;
    return half_widths_[static_cast<std::size_t>(line * (max_down_ + 1) + down)];
  }
  bool per_row() const { return per_row_; }
  // True when two cells within reach have every cell of the rectangle between them within reach of both: rows that lie
  // between reach at least as far. So it is on a plane, and on lat/lon grids of usual cells; it is looked up, not
  // assumed.
  bool nested() const { return nested_; }

 private:
  bool nests() const;

  std::int32_t max_down_;
  bool per_row_;
  std::vector<std::int32_t> half_widths_;
  bool nested_;
};

// 4 neighbours: {1 in the row, 0 one row down}; 8: {1, 1}.
Reach neighbour_reach(int directions);

// A rule on distances: reach of all pairs of cells with distance(row, down, across) <= limit (or < limit when strict).
// `distance` must grow with `down` and `across`; a relative difference below 1e-12 of the limit counts as equal, so
// that ties on decimal cell sizes are ties. `rows` is the grid's height;
// when `same_for_all_rows`, row 0 speaks for all.
Reach reach_within(double limit, bool strict, std::int64_t rows, bool same_for_all_rows,
                   const std::function<double(std::int64_t row, std::int32_t down, std::int32_t across)>& distance);

}  // namespace urbiome
