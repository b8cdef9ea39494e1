// What is known of a patch, and how long its outline is.
#pragma once

#include <cstdint>
#include <optional>

#include "urbiome/base/exact.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/kernel/label.h"

namespace urbiome {

struct Patch {
  std::int64_t id = 0;                           // 1, 2, ... by first cell
  std::int64_t first_cell = 0;                   // row * width + column
  std::int64_t cells = 0, runs = 0, shared = 0;  // shared: sides between its cells one above the other
  Int128 area = 0;                               // units of CellAreas
  std::int64_t sides = 0;                        // units of SideLengths, on lat/lon grids
  std::int32_t row_begin = 0, row_end = 0, col_begin = 0, col_end = 0;
  ClassIndex class_index = 0;  // of the first cell
};

// Adds what another part of the same patch has; `patch` is the part with the first cell.
void merge(Patch& patch, const Patch& other);

// The lengths of all cell sides: one width and height on planar grids; arcs of parallels and meridians on lat/lon ones.
class CellSides {
 public:
  CellSides(const Grid& grid, const GridMetric& metric);
  const SideLengths* by_row() const { return by_row_ ? &*by_row_ : nullptr; }  // null on planar grids
  // Of the patch's outline, holes and the grid's border included.
  double perimeter_m(const Patch& patch) const;

 private:
  double across_m_ = 1, down_m_ = 1;
  std::optional<SideLengths> by_row_;
};

}  // namespace urbiome
