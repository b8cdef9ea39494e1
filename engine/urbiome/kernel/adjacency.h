// Which classes lie side by side: pairs of neighbouring cells counted by class.
//
// A pair of rows is cut where either changes its class; each stretch between two cuts is one addition. Cost is linear
// in runs, with a few instructions per 64 cells to find them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/coverage.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

class PairCounts {
 public:
  PairCounts() = default;
  explicit PairCounts(std::size_t classes) : classes_(classes), counts_(classes * classes, 0) {}

  // Adds the pairs (a[i], b[i]); both as long as the shorter. Classes must be below classes().
  void add(std::span<const ClassIndex> a, std::span<const ClassIndex> b);
  void merge(const PairCounts& other);

  std::size_t classes() const { return classes_; }
  // Pairs of a cell of class `a` with a neighbour of class `b`, every pair of cells counted from both sides.
  std::int64_t both_ways(std::size_t a, std::size_t b) const {
    return counts_[a * classes_ + b] + counts_[b * classes_ + a];
  }

 private:
  std::size_t classes_ = 0;
  std::vector<std::int64_t> counts_;
};

// Pairs of cells side by side in a row, both in the row's spans. `row` begins at column 0.
void add_pairs_in_row(std::span<const ClassIndex> row, std::span<const CellSpan> spans, PairCounts& counts);

// Pairs of a cell and one of the row below: under it (4 directions), or under it and at its corners (8).
void add_pairs_below(std::span<const ClassIndex> row, std::span<const CellSpan> spans,
                     std::span<const ClassIndex> below, std::span<const CellSpan> spans_below, int directions,
                     PairCounts& counts);

}  // namespace urbiome
