// Connected components of runs while rows come in from the top: only what may still grow is kept.
//
// The rule is a Reach: patches under 4 or 8 neighbours, groups of patches under a distance. Components that no later
// row can join are handed out with their area and forgotten, so memory follows the width of the raster and not its
// length. The same components as connect() finds on the whole table; ids are nodes that change at every close().
//
//   OpenComponents patches(reach, width);
//   for each row: patches.add_row(row, runs, areas);        // now and then:
//   patches.close([](std::int32_t node, const Component& c) { ... });
//   patches.finish([](std::int32_t node, const Component& c) { ... });
//
// Where the reach is nested a row costs its runs and what it sees above (skyline.h), however far the rule reaches;
// else every row within reach is met.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "urbiome/base/exact.h"
#include "urbiome/kernel/reach.h"
#include "urbiome/kernel/skyline.h"

namespace urbiome {

struct Component {
  std::int64_t first_cell = 0;  // row * width + column of its first cell, row-major
  Int128 area = 0;              // units of whoever adds rows
};

class OpenComponents {
 public:
  // `reach` must outlive this. `width` numbers the cells.
  OpenComponents(const Reach& reach, std::int64_t width) : reach_(&reach), width_(width) {}

  // The next row, below all before it: runs as in a RunTable with the area of each. Returns the node of each run, valid
  // until the next call or close().
  std::span<const std::int32_t> add_row(std::int64_t row, std::span<const Run> runs,
                                        std::span<const std::int64_t> areas);

  // A component of its own from the start, with an area and no cells, that stays open until finish(). Call before any
  // row. Returns its number for pinned().
  std::size_t pin(Int128 area);
  std::int32_t pinned(std::size_t number) { return find(pins_[number]); }

  // The component that a node stands for now, and its figures so far.
  std::int32_t find(std::int32_t node);
  const Component& at(std::int32_t root) const { return components_[static_cast<std::size_t>(root)]; }
  std::int32_t unite(std::int32_t a, std::int32_t b);
  void add_area(std::int32_t node, Int128 area) { components_[static_cast<std::size_t>(find(node))].area += area; }

  std::size_t nodes() const { return parent_.size(); }
  // Many nodes have gathered since the last close().
  bool crowded() const { return parent_.size() > 2 * open_ + 4096; }

  // Hands out components that are complete, in order of their nodes, and numbers the others anew. Returns the new node
  // of every old one, -1 for those handed out.
  template <class Closed>
  const std::vector<std::int32_t>& close(Closed&& closed) {
    return renumber(false, std::forward<Closed>(closed));
  }
  // No more rows: hands out all that is left.
  template <class Closed>
  const std::vector<std::int32_t>& finish(Closed&& closed) {
    return renumber(true, std::forward<Closed>(closed));
  }
  std::int64_t bytes() const;

 private:
  void link_neighbours(std::int64_t row, std::span<const Run> runs);
  void link_seen(std::int64_t row, std::span<const Run> runs);
  void look_sideways(std::int64_t row, std::span<const Run> runs, std::size_t i, std::size_t first, std::size_t past);
  void link_all(std::int64_t row, std::span<const Run> runs);
  void link(std::size_t run, std::int32_t node);
  std::int32_t add_node(std::int64_t first_cell, Int128 area);
  void mark_open(bool at_end);
  void renumber_kept(std::span<const std::int32_t> remap);

  template <class Closed>
  const std::vector<std::int32_t>& renumber(bool at_end, Closed&& closed) {
    mark_open(at_end);
    remap_.assign(parent_.size(), -1);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parent_.size(); ++i) {
      const auto root = static_cast<std::size_t>(find(static_cast<std::int32_t>(i)));
      if (root == i && open_mark_[i] == 0) closed(static_cast<std::int32_t>(i), components_[i]);
      if (root == i && open_mark_[i] != 0) {
        components_[kept] = components_[i];
        remap_[i] = static_cast<std::int32_t>(kept++);
      } else if (open_mark_[root] != 0) {
        remap_[i] = remap_[root];  // a root comes before its nodes
      }
    }
    renumber_kept(remap_);
    components_.resize(kept);
    parent_.resize(kept);
    for (std::size_t i = 0; i < kept; ++i) parent_[i] = static_cast<std::int32_t>(i);
    open_ = kept;
    return remap_;
  }

  const Reach* reach_;
  std::int64_t width_;
  std::vector<std::int32_t> parent_;  // every root is the smallest of its tree: the node that came first
  std::vector<Component> components_;
  std::vector<std::int32_t> pins_;
  std::size_t open_ = 0;
  std::int64_t last_row_ = -1;
  Skyline seen_;                               // the row above, or all that is seen from here
  std::deque<std::vector<SeenRun>> all_rows_;  // every row within reach, for rules that are not nested
  std::vector<std::int32_t> node_of_run_, remap_;
  std::vector<char> open_mark_;
};

}  // namespace urbiome
