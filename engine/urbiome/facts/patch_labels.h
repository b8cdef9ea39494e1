// All patches of a raster of any size: how many, what each measures, and which cell is whose.
//
// Two passes over bands of rows. The first labels every band and keeps what lies open at its border (kernel/label.h);
// a seam (patch_seam.h) then gives every patch its number: 1, 2, ... by first cell. The second labels the bands again
// and hands out the patches in that order, with the rows of numbers if wanted. No table of all patches is ever held:
// memory is some bands and some rows, however many patches there are; what is known of borders goes to the scratch
// folder when it outgrows its share of the budget. Numbers and figures are integers that depend on the cells alone.
//
//   PatchLabels patches(source, rule, areas, metric, executor);       // first pass
//   patches.count();
//   patches.write({.records = text_of, .write_records = append}, executor);  // second pass
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/patch_figures.h"
#include "urbiome/facts/patch_seam.h"
#include "urbiome/kernel/label.h"
#include "urbiome/raster/cell_areas.h"

namespace urbiome {

class PatchLabels {
 public:
  // `source` and `areas` must outlive this. `keep_labels`: whether labels may stay in memory for write() where a
  // quarter of the budget holds all of them; callers that only count say no. Error{unwritable} when the scratch folder
  // is full.
  PatchLabels(const TileSource& source, const LabelRule& rule, const CellAreas& areas, const GridMetric& metric,
              Executor& executor, bool keep_labels = true);

  std::int64_t count() const { return count_; }
  std::int64_t scratch_bytes() const { return seam_.scratch_bytes(); }  // most that lay in the scratch folder at once

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

  // Most bytes that cells, labels and what is known of borders hold while patches are found.
  static std::int64_t most_bytes(const TileSource& source, const LabelRule& rule, const Executor& executor);
  // Most bytes that it may write to the scratch folder: when every border is as full of patches as can be.
  static std::int64_t most_scratch_bytes(const TileSource& source, const LabelRule& rule, const Executor& executor);
  static std::int64_t most_pieces(const TileSource& source, const LabelRule& rule, const Executor& executor);
  // The bands it goes through.
  static std::vector<Band> patch_bands(const TileSource& source, const Executor& executor);

 private:
  // Rows that are labelled at once: a band, or a part of one that is full of patches.
  struct Piece {
    std::int64_t first_row = 0, rows = 0;
    bool empty = false;  // of patches
  };
  struct Summary {
    Piece piece;
    BandBorder border;
    std::int64_t closed = 0;  // components that touch no border
    std::vector<Patch> open;  // id: closed ones before it
  };

  // What the first pass learns of a band, and its labels while all of them fit the budget: then nothing is read twice.
  struct Found {
    std::int64_t rows = 0;  // less than the band's when the rest has to wait until these are added
    std::vector<Summary> summaries;
    std::unique_ptr<BandLabeller> labeller;
  };
  template <class Id>
  class Writing;

  PatchMeasures measures() const { return {equal_areas_ ? nullptr : &areas_, sides_.by_row()}; }
  Found found_in(const Band& band, std::span<const ClassIndex> cells, BandLabeller& labeller,
                 const Executor& executor) const;
  Found nothing_in(const Band& band) const;
  void find(Executor& executor);
  void keep(Found& found, const Executor& executor);
  Patch patch_of(const PatchSums& sums, std::int64_t first_row) const;
  template <class Id>
  void name_components(std::size_t piece, const BandLabeller& labeller, const Outputs& outputs, std::vector<Id>& ids,
                       std::string& records) const;
  template <class Id, class WriteRows>
  void write_pieces(const Outputs& outputs, const WriteRows& write_rows, Executor& executor);

  const TileSource& source_;
  LabelRule rule_;
  const CellAreas& areas_;
  CellSides sides_;
  bool equal_areas_ = false;  // every cell of the grid has the same
  PatchSeam seam_;
  std::vector<Piece> pieces_;
  std::vector<std::unique_ptr<BandLabeller>> kept_;  // of every piece, or none
  std::atomic<bool> keeping_;
  std::int64_t kept_bytes_ = 0;
  std::int64_t count_ = 0, most_labels_ = 0;
};

}  // namespace urbiome
