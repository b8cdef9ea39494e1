// How far the nearest of many targets is along streets, for every place at once.
//
// One search from all entrances together (Dijkstra 1959, bounded): each node is settled once, with the nearest target
// and, of several at the same distance, the one with the smallest number. The way between an entrance or a person and
// the street counts, and so does the part of an edge: a place lies on an edge, not on its ends.
//
//   StreetReach reach(graph, entrances, street_length(1000));
//   if (auto found = reach.from(*graph.nearest({x, y}, 250))) metres_of(found->length);
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "urbiome/graph/street_graph.h"

namespace urbiome {

// Where a target is entered.
struct StreetEntrance {
  StreetPosition at;  // at.away_m: from the street to the target, counted
  std::uint32_t target;
};

class StreetReach {
 public:
  // Keeps the graph and the entrances; both must outlive it. `limit` >= 0: what is farther is not found.
  StreetReach(const StreetGraph& graph, std::span<const StreetEntrance> entrances, StreetLength limit);

  struct Found {
    StreetLength length;  // to the target, from where the person is: at.away_m counts
    std::uint32_t target;
  };
  std::optional<Found> from(const StreetPosition& at) const;

 private:
  struct Label {
    StreetLength length;
    std::uint32_t target;
  };
  static bool better(const Label& a, const Label& b) {
    return a.length < b.length || (a.length == b.length && a.target < b.target);
  }
  void search();

  const StreetGraph& graph_;
  std::span<const StreetEntrance> entrances_;
  StreetLength limit_;
  std::vector<Label> labels_;           // of every node
  std::vector<std::uint32_t> by_edge_;  // entrances in the order of their edges
};

}  // namespace urbiome
