// Signed contributions of edges to cells, swept into a Coverage.
//
// A step at (row, col) adds `cover` to all cells from col on to the right, less `area` in the cell `col` itself, in
// units of 2^-40 cells. All sums are integers, so the order of the steps does not matter.
#pragma once

#include <cstdint>
#include <vector>

#include "urbiome/kernel/coverage.h"

namespace urbiome {

// Collects the spans and partial cells of one row from left to right.
class RowBuilder {
 public:
  void add(std::int64_t begin, std::int64_t end, std::int64_t share);
  bool empty() const { return spans_.empty() && partials_.empty(); }
  void move_to(Coverage& coverage);  // appends the row and clears

 private:
  std::vector<CellSpan> spans_;
  std::vector<PartialCell> partials_;
};

class CoverageSweep {
 public:
  explicit CoverageSweep(const Grid& grid) : width_(grid.width), height_(grid.height) {}

  void add(std::int64_t row, std::int64_t col, std::int64_t cover, std::int64_t area) {
    if (!steps_.empty() && steps_.back().row == row && steps_.back().col == col) {
      steps_.back().cover += cover;
      steps_.back().area += area;
      return;
    }
    if (steps_.size() >= compact_at_) compact();
    steps_.push_back({static_cast<std::int32_t>(row), static_cast<std::int32_t>(col), cover, area});
  }
  std::int64_t width() const { return width_; }
  std::int64_t height() const { return height_; }

  Coverage finish();

 private:
  struct Step {
    std::int32_t row, col;
    std::int64_t cover, area;
  };
  void sort_steps();
  void compact();  // one step per cell, so that memory follows the touched cells and not the crossings
  void sweep_row(std::size_t begin, std::size_t end, RowBuilder& builder) const;

  std::int64_t width_, height_;
  std::vector<Step> steps_;
  std::size_t compact_at_ = std::size_t{1} << 20;
};

}  // namespace urbiome
