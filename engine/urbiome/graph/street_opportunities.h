// All targets within a limit of one place after another, along streets.
//
// One bounded search (Dijkstra 1959) for each place, in the direction in which people walk. What a search leaves behind
// is marked with its number, so nothing is cleared between two of them and nothing is allocated once the buffers have
// grown: time is that of the nodes within the limit, whatever the size of the graph.
//
//   const StreetDoors doors(graph, entrances, StreetMeasure::length);   // once
//   OpportunitySearch search(doors);                                    // one for each thread: 16 bytes a node
//   TargetsFound found(doors.targets());                                // likewise
//   found.clear();
//   search.from(*graph.nearest({x, y}, 250), street_length(500), found);
//   for (const auto& [target, length] : found.all()) metres_of(length);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/graph/street_graph.h"
#include "urbiome/graph/street_queue.h"
#include "urbiome/graph/street_reach.h"

namespace urbiome {

// Targets as they are seen from the ends of the edges where they are entered.
class StreetDoors {
 public:
  // Keeps the graph and the entrances; both must outlive it.
  StreetDoors(const StreetGraph& graph, std::span<const StreetEntrance> entrances, StreetMeasure measure);

  struct Door {
    StreetLength length;  // from the node over one edge into the target
    std::uint32_t target;
  };
  std::span<const Door> at(std::uint32_t node) const {
    return std::span(doors_).subspan(first_doors_[node], first_doors_[node + 1] - first_doors_[node]);
  }
  const StreetGraph& graph() const { return graph_; }
  std::span<const StreetEntrance> entrances() const { return entrances_; }
  StreetMeasure measure() const { return measure_; }
  std::uint32_t targets() const { return targets_; }  // one more than the largest number
  std::span<const std::uint32_t> on_edge(std::uint32_t edge) const { return by_edge_.on(edge); }
  std::int64_t bytes() const;

 private:
  const StreetGraph& graph_;
  std::span<const StreetEntrance> entrances_;
  StreetMeasure measure_;
  std::uint32_t targets_ = 0;
  std::vector<std::uint32_t> first_doors_;  // of every node, and the end
  std::vector<Door> doors_;
  EntrancesByEdge by_edge_;
};

// Targets, each with the least of the lengths that were offered for it. Cleared in no time.
class TargetsFound {
 public:
  explicit TargetsFound(std::size_t targets) : mark_(targets, 0), place_(targets, 0) {}

  struct Found {
    std::uint32_t target;
    StreetLength length;
  };
  void clear();
  void offer(std::uint32_t target, StreetLength length) {
    if (mark_[target] != now_) {
      mark_[target] = now_;
      place_[target] = static_cast<std::uint32_t>(found_.size());
      found_.push_back({target, length});
    } else if (Found& found = found_[place_[target]]; length < found.length) {
      found.length = length;
    }
  }
  bool has(std::uint32_t target) const { return mark_[target] == now_; }
  StreetLength of(std::uint32_t target) const { return found_[place_[target]].length; }  // one that it has
  std::span<const Found> all() const { return found_; }                                  // as they came
  static std::int64_t bytes(std::size_t targets) {
    return static_cast<std::int64_t>(targets * 2 * sizeof(std::uint32_t));
  }

 private:
  std::uint32_t now_ = 1;
  std::vector<std::uint32_t> mark_, place_;  // of every target: when it was found last, its place in found_
  std::vector<Found> found_;
};

class OpportunitySearch {
 public:
  explicit OpportunitySearch(const StreetDoors& doors);

  // Offers each target that is at most `limit` away; at.away_m and the way from the street to the target count.
  void from(const StreetPosition& at, StreetLength limit, TargetsFound& found);
  static std::int64_t bytes(const StreetGraph& graph) {
    return static_cast<std::int64_t>(graph.nodes() * sizeof(Seen));
  }

 private:
  struct Seen {
    StreetLength length = 0;
    std::uint32_t search = 0;  // in which it was seen last
  };
  void next_search();
  void offer_node(std::uint32_t node, StreetLength length);

  const StreetDoors& doors_;
  std::uint32_t search_ = 0;
  StreetLength limit_ = 0;
  std::vector<Seen> nodes_;
  StreetQueue queue_;
};

}  // namespace urbiome
