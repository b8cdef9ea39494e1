// Components across bands: what a band of rows leaves behind, and how bands are joined.
//
// A raster is labelled band by band (connect.h, label.h). Components with runs in a band's first or last
// `Reach::max_down` rows are open: they may go on in other bands, under patches (max_down 1) as under any rule on
// distances. All others are closed, and their figures final. A Seam takes the border rows of every band from the top
// down and says which open components are one. It keeps `max_down` rows and forgets a component as soon as no later
// row can reach it, so it holds what one row may hold, however many bands there are. Bands may be lower than max_down.
//
//   BandBorder border = border_of(table, components.of_run, components.count(), first_row, reach, {above, below});
//   seam.add(border);                       // each band in turn
//   seam.of_part()[seam.above() + open]     // what the band's open component belongs to ...
//   seam.goes_on()[component]               // ... and whether that can grow further down
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

  // The next band below those that were added; rows between bands hold no runs.
  void add(const BandBorder& band);

  // What the last add() joined. Parts are the components that went on from the bands above, in order of first cells:
  // 0 .. above() - 1; then the band's open components. Linear in runs and parts.
  std::int64_t above() const { return above_; }
  // The component of each part, numbered by first cell; those that go on are the next band's parts, in this order.
  std::span<const std::uint32_t> of_part() const { return of_part_; }
  // Of each component: whether a run of it lies within reach of rows to come.
  std::span<const char> goes_on() const { return goes_on_; }
  std::int64_t bytes() const;

 private:
  struct KeptRow {
    std::int64_t row;
    std::vector<Run> runs;
    std::vector<std::uint32_t> parts;
    std::vector<ClassIndex> classes;
  };
  void join(const KeptRow& upper, const KeptRow& lower);
  void unite(std::uint32_t a, std::uint32_t b);
  std::uint32_t root(std::uint32_t part);
  void number();
  KeptRow row_of(const BorderRows& rows, std::int64_t i) const;

  Reach reach_;
  std::vector<std::uint32_t> of_part_;  // while bands are joined: parents, every root the smallest of its tree
  std::vector<char> goes_on_;
  std::deque<KeptRow> kept_;  // the rows that the next band can reach
  std::int64_t above_ = 0, next_above_ = 0;
};

}  // namespace urbiome
