// How far the nearest of many targets is along streets, for every place at once.
//
// One search from all entrances together (Dijkstra 1959, bounded): each node is settled once, with the nearest target
// and, of several at the same distance, the one with the smallest number. The way between an entrance or a person and
// the street counts, and so does the part of an edge: a place lies on an edge, not on its ends. Where times differ in
// the two directions, they are those of walking to the target.
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
  StreetPosition at;  // at.away_m: from the street to the target, counted, and flat
  std::uint32_t target;
};

// Entrances in the order of their edges.
class EntrancesByEdge {
 public:
  EntrancesByEdge() = default;
  explicit EntrancesByEdge(std::span<const StreetEntrance> entrances);
  std::span<const std::uint32_t> on(std::uint32_t edge) const;  // numbers of entrances, ascending

 private:
  std::span<const StreetEntrance> entrances_;
  std::vector<std::uint32_t> numbers_;
};

class StreetReach {
 public:
  // Keeps the graph and the entrances; both must outlive it. `limit` >= 0 of that measure: what is farther is not
  // found.
  StreetReach(const StreetGraph& graph, std::span<const StreetEntrance> entrances, StreetLength limit,
              StreetMeasure measure = StreetMeasure::length);

  struct Found {
    StreetLength length;  // in that measure: to the target, from where the person is; at.away_m counts
    std::uint32_t target;
    StreetLength walked;  // how long that way is
  };
  std::optional<Found> from(const StreetPosition& at) const;

  const StreetGraph& graph() const { return graph_; }
  StreetMeasure measure() const { return measure_; }
  // What there is from a node to the nearest target; empty beyond the limit.
  std::optional<StreetLength> from_node(std::uint32_t node) const {
    return labels_[node].target == kNoTarget ? std::nullopt : std::optional(labels_[node].length);
  }
  template <class Visit>  // visit(entrance) for those on an edge
  void each_entrance_on(std::uint32_t edge, const Visit& visit) const {
    for (const std::uint32_t i : by_edge_.on(edge)) visit(entrances_[i]);
  }
  std::int64_t bytes() const;

 private:
  static constexpr std::uint32_t kNoTarget = std::numeric_limits<std::uint32_t>::max();
  struct Label {
    StreetLength length;
    std::uint32_t target;
  };
  static bool better(const Label& a, const Label& b) {
    return a.length < b.length || (a.length == b.length && a.target < b.target);
  }
  template <bool kTimed>
  void search();

  const StreetGraph& graph_;
  std::span<const StreetEntrance> entrances_;
  StreetLength limit_;
  StreetMeasure measure_;
  std::vector<Label> labels_;         // of every node
  std::vector<StreetLength> walked_;  // likewise, where that is something else
  EntrancesByEdge by_edge_;
};

}  // namespace urbiome
