// All patches of a raster of any size: how many, what each measures, and which cell is whose.
//
// Two passes over bands of rows. The first labels every band and keeps what lies open at its border (kernel/label.h,
// kernel/seam.h); a seam then gives every patch its number: 1, 2, ... by first cell. The second labels the bands again
// and hands out the patches in that order, with the rows of numbers if wanted. No table of all patches is ever held:
// memory is bands x width. Numbers and figures are integers that depend on the cells alone.
//
//   PatchLabels patches(source, rule, areas, metric, executor);       // first pass
//   patches.count();
//   patches.write({.records = text_of, .write_records = append}, executor);  // second pass
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/kernel/label.h"
#include "urbiome/kernel/seam.h"
#include "urbiome/raster/cell_areas.h"

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

class PatchLabels {
 public:
  // `source` and `areas` must outlive this. Error{memory} when what lies open at the borders of bands outgrows the
  // budget; the message tells how much the whole raster needs.
  PatchLabels(const TileSource& source, const LabelRule& rule, const CellAreas& areas, const GridMetric& metric,
              Executor& executor);

  std::int64_t count() const { return count_; }

  // What the second pass hands out; what is left empty costs nothing.
  struct Outputs {
    std::function<std::string(std::span<const Patch>)> records;  // called on all threads
    std::function<void(std::string_view)> write_records;         // what `records` made, in the order of ids
    // Rows of ids from the top down, 0 outside patches. The 32-bit form serves while ids fit; give one.
    std::function<void(std::int64_t first_row, std::int64_t rows, std::span<const std::uint32_t>)> write_ids;
    std::function<void(std::int64_t first_row, std::int64_t rows, std::span<const std::int64_t>)> write_long_ids;
  };
  void write(const Outputs& outputs, Executor& executor);

  double area_m2(const Patch& patch) const { return areas_.to_m2(patch.area); }
  double perimeter_m(const Patch& patch) const { return sides_.perimeter_m(patch); }
  std::int64_t bytes() const;  // of what is kept between the passes

  // Bytes that `threads` bands at work may hold in labels; the plan adds them to the bands' cells.
  static std::int64_t label_bytes(const Executor& executor);

 private:
  // Rows that are labelled at once: a band, or a part of one that is full of patches.
  struct Piece {
    std::int64_t first_row = 0, rows = 0;
    std::int64_t closed = 0;      // components that touch no border
    std::int64_t first_id = 0;    // ids of patches that begin here: first_id + 1, ...
    std::int64_t first_open = 0;  // open patches that begin in the pieces above
  };
  struct Summary {
    Piece piece;
    BandBorder border;
    std::vector<Patch> open;
    std::vector<std::uint32_t> closed_before;  // of each open component
  };

  std::vector<Summary> summarise(const Band& band, std::span<const ClassIndex> cells, BandLabeller& labeller) const;
  void add(Summary summary, Executor& executor);
  void count_shared_sides(const BorderRows& upper, const BorderRows& lower, std::int64_t first_node);
  void number();
  Patch patch_of(const PatchSums& sums, std::int64_t first_row) const;
  template <class Id>
  void name_components(const Piece& piece, std::int64_t index, const BandLabeller& labeller,
                       std::span<const std::int32_t> open_of, std::vector<Id>& ids, std::vector<Patch>& patches) const;
  template <class Id, class WriteRows>
  void write_pieces(const Outputs& outputs, const WriteRows& write_rows, Executor& executor);

  const TileSource& source_;
  LabelRule rule_;
  const CellAreas& areas_;
  CellSides sides_;
  bool equal_areas_ = false;  // every cell of the grid has the same
  Seam seam_;
  BorderRows last_;  // the last row of the pieces so far
  std::vector<Piece> pieces_;
  std::vector<Patch> open_;  // of every node of the seam; then of every patch that crosses a border
  std::vector<std::uint32_t> closed_before_;
  std::int64_t count_ = 0, most_labels_ = 0;
};

}  // namespace urbiome
