// Patches of a band of rows in one sweep: which cells are connected, and what every patch adds up to.
//
// A row becomes bits (mask.h): where its runs begin, and where a run meets one of the row above - at most once for
// each pair of runs, by an edge or (8 neighbours) a corner. A run takes the label of the first run that it meets; only
// further meetings touch the union-find. Labels are given in the order of first cells, so a component's number does not
// depend on anything but the cells. Cost is linear in runs; memory in the labels given, and in runs when they are kept.
//
//   BandLabeller labeller({.directions = 8, .by_class = true, .members = known}, true);
//   std::int64_t rows = labeller.label(cells, cols, first_row, most_labels);
//   labeller.sums(3).counts.cells;  labeller.paint(0, ids, out);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "urbiome/base/exact.h"
#include "urbiome/kernel/raw_buffer.h"
#include "urbiome/kernel/seam.h"
#include "urbiome/raster/cell_areas.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

struct LabelRule {
  int directions = 8;     // 4 or 8 neighbours
  bool by_class = false;  // cells connect to their own class only; else all members are alike
  ClassSet members{};     // the cells that patches are made of
};

struct RowMasks;

// What is counted of one component inside a band of fewer than 2^32 cells. Rows count from the band's first.
struct PatchCounts {
  std::uint32_t cells, runs;  // runs: stretches of cells in rows; each has two sides at its ends
  std::uint32_t shared;       // sides between one of its cells and another below it
  std::int32_t first_row, first_col;
  std::int32_t row_end, col_begin, col_end;
};

// The same while it is added up. Small, and in one cache line, because every run of every row comes here; four entries
// that add up, then four that only grow, so that they take two steps (the first cell's row and column stay).
struct alignas(32) RunningCounts {
  std::uint32_t cells, shared, runs;
  std::int32_t first_row;
  std::int32_t minus_begin, col_end, row_end;
  std::int32_t first_col;
};

// What is measured of it besides, where cells differ.
struct PatchLengths {
  Int128 area;         // units of CellAreas
  std::int64_t sides;  // of its outline, in units of SideLengths
};

struct PatchSums {
  PatchCounts counts{};
  PatchLengths lengths{};      // 0 where nothing was measured
  ClassIndex class_index = 0;  // of the first cell
};

// Lengths of cell sides by row of the grid, in units of 2^-30 of the longest, so that sums are integers.
struct SideLengths {
  std::vector<std::int64_t> across;  // by parallel: entry r is the upper side of row r, rows + 1 entries
  std::vector<std::int64_t> down;    // by row: either side of a cell
  double m_per_unit = 1;
};

// What is measured besides counts; null: not. Rows of both are rows of the grid.
struct PatchMeasures {
  const CellAreas* areas = nullptr;
  const SideLengths* sides = nullptr;
};

class BandLabeller {
 public:
  // `keep_runs`: for paint(); else only what a border needs is kept, the first row and the last.
  BandLabeller(const LabelRule& rule, const PatchMeasures& measures, bool keep_runs);
  ~BandLabeller();

  // Labels the first rows of `cells` (class indexes, row-major, `cols` > 0 wide); row 0 is grid row `first_row`.
  // Stops after the row with which labels, and an eighth of the runs, exceed `most_labels`; returns the rows done, at
  // least one.
  std::int64_t label(std::span<const ClassIndex> cells, std::int64_t cols, std::int64_t first_row,
                     std::int64_t most_labels);

  // Of the last call: components by number, which is the order of their first cells.
  PatchSums sums(std::int64_t component) const {
    const auto i = static_cast<std::size_t>(component);
    const RunningCounts& sum = counts_[i];
    return {{sum.cells, sum.runs, sum.shared, sum.first_row, sum.first_col, sum.row_end, -sum.minus_begin, sum.col_end},
            measures() ? lengths_[i] : PatchLengths{},
            rule_.by_class ? classes_[i] : ClassIndex{0}};
  }
  std::int64_t count() const { return count_; }
  std::int64_t rows() const { return rows_; }
  // Border of the labelled rows, for patches (Reach of max_down 1); `first_row` is the grid row of the first.
  BandBorder border(std::int64_t first_row, BandSides sides) const;
  // All that sums(), border() and paint() need, in memory of just its size: this one can go on to other rows.
  std::unique_ptr<BandLabeller> finished_copy() const;
  // Writes ids[component] into the cells of every component of a row, and `none` elsewhere. Needs keep_runs.
  template <class Id>
  void paint(std::int64_t row, std::span<const Id> ids, Id none, std::span<Id> out) const;
  std::int64_t bytes() const;
  // What keep_runs costs for every row, however many runs it has.
  static std::int64_t mask_bytes_per_row(std::int64_t cols);

 private:
  struct Work;
  struct StoredRow {
    std::size_t first_column, first_label, runs;
  };
  void number_components(std::uint32_t labels);
  bool measures() const { return measures_.areas != nullptr || measures_.sides != nullptr; }
  void keep_border_classes(std::span<const ClassIndex> cells);
  void measure_row(std::int64_t row, std::int64_t grid_row);
  StoredRow place_for_row(std::int64_t row, std::size_t cols);
  void copy_border_row(std::int64_t row, std::vector<std::int32_t>& open_of, BorderRows& out) const;
  RowMasks masks(std::int64_t row);
  const StoredRow& stored(std::int64_t row) const;

  LabelRule rule_;
  PatchMeasures measures_;
  bool keep_runs_;
  std::unique_ptr<Work> work_;
  // Of the first row and of two that take turns: where runs begin (and end, unless all classes make runs).
  RawBuffer<std::int32_t> columns_;
  RawBuffer<std::uint64_t> masks_;    // of every row that is kept, to paint by: members, or (by class) where runs begin
  RawBuffer<std::uint32_t> labels_;   // of runs; then the component
  RawBuffer<std::uint32_t> parents_;  // of labels; when all rows are done the component of every label
  RawBuffer<RunningCounts> counts_;   // of labels, then of components; so are the next two
  RawBuffer<PatchLengths> lengths_;
  RawBuffer<ClassIndex> classes_;
  std::vector<StoredRow> stored_;
  std::vector<ClassIndex> first_classes_, last_classes_;
  std::int64_t count_ = 0, rows_ = 0;
  std::size_t labels_given_ = 0;
  std::int32_t cols_ = 0;
};

}  // namespace urbiome
