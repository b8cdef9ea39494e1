// Components across bands: what a band of rows leaves behind, and how bands are joined.
//
// A raster is labelled band by band (connect.h, label.h). Components with runs in a band's first or last
// `Reach::max_down` rows are open: they may go on in other bands, under patches (max_down 1) as under any rule on
// distances. All others are closed, and their figures final. A Seam takes the border rows of every band from the top
// down and says which open components are one; it keeps the ids of the open components and `max_down` rows, never
// cells or closed components. Bands may be lower than max_down.
//
//   BandBorder border = border_of(table, components.of_run, components.count(), first_row, reach, {above, below});
//   seam.add(border);                       // each band in turn
//   seam.finish();
//   seam.of_band(band)[open]                // 0 .. seam.count() - 1, numbered by first cell
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "urbiome/kernel/reach.h"
#include "urbiome/kernel/runs.h"

namespace urbiome {

// Some rows of a band with the open component of every run.
struct BorderRows {
  std::int64_t first_row = 0;  // grid row of the table's row 0
  RunTable table;
  std::vector<std::int32_t> open;   // of each run
  std::vector<ClassIndex> classes;  // of each run: only equal ones connect; empty when runs are all of one kind
};

struct BandBorder {
  std::int64_t open = 0;  // how many components are open; they are numbered 0 .. open - 1 by their first cell
  BorderRows head, tail;  // the first and last max_down rows (all rows of a low band are in both)
  std::vector<std::int32_t> open_of;  // by the band's component: its open number, or -1 when it is closed
};

// Whether anything can lie above the band and below it: the first and last rows of a raster border on nothing.
struct BandSides {
  bool above = true, below = true;
};

// The border of a labelled band. `of_run` holds the component 0 .. components - 1 of every run of the table,
// numbered by first cell; `classes` the class of every run, or nothing. `first_row` is the grid row of table row 0.
BandBorder border_of(const RunTable& table, std::span<const std::int32_t> of_run, std::int64_t components,
                     std::int64_t first_row, const Reach& reach, BandSides sides,
                     std::span<const ClassIndex> classes = {});

class Seam {
 public:
  explicit Seam(const Reach& reach) : reach_(reach) {}

  // The next band below those that were added; rows between bands hold no runs. The open components of all bands
  // are numbered on: band b's first is node first_node(b).
  void add(const BandBorder& band);
  // Numbers the components by first cell. No band may be added afterwards.
  void finish();

  std::int64_t bands() const { return static_cast<std::int64_t>(first_node_.size()) - 1; }
  std::int64_t nodes() const { return static_cast<std::int64_t>(of_node_.size()); }
  std::int64_t first_node(std::int64_t band) const { return first_node_[static_cast<std::size_t>(band)]; }
  // After finish(): how many components the open ones of all bands make up, and the component of every open
  // component of a band. A component's number is at most that of its nodes, so figures can be added up in place.
  std::int64_t count() const { return count_; }
  std::span<const std::int64_t> of_band(std::int64_t band) const {
    const auto first = static_cast<std::size_t>(first_node(band)), end = static_cast<std::size_t>(first_node(band + 1));
    return {of_node_.data() + first, end - first};
  }
  std::span<const std::int64_t> of_nodes() const { return of_node_; }
  std::int64_t bytes() const;

 private:
  struct KeptRow {
    std::int64_t row;
    std::vector<Run> runs;
    std::vector<std::int64_t> nodes;
    std::vector<ClassIndex> classes;
  };
  void join(const KeptRow& upper, const KeptRow& lower);
  void unite(std::int64_t a, std::int64_t b);
  std::int64_t root(std::int64_t node);
  static KeptRow row_of(const BorderRows& rows, std::int64_t i, std::int64_t first_node);

  Reach reach_;
  std::vector<std::int64_t> first_node_{0};
  std::vector<std::int64_t> of_node_;  // until finish(): parents, every root the smallest of its tree
  std::deque<KeptRow> kept_;           // the rows that the next band can reach
  std::int64_t count_ = 0;
};

}  // namespace urbiome
