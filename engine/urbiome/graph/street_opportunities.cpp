#include "urbiome/graph/street_opportunities.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace urbiome {

StreetDoors::StreetDoors(const StreetGraph& graph, std::span<const StreetEntrance> entrances, StreetMeasure measure)
    : graph_(graph), entrances_(entrances), measure_(measure), by_edge_(entrances) {
  struct Seen {
    std::uint32_t node, target;
    StreetLength length;
  };
  std::vector<Seen> seen;
  seen.reserve(2 * entrances.size());
  for (const StreetEntrance& entrance : entrances) {
    const StreetPosition& at = entrance.at;
    const StreetGraph::Edge& edge = graph.edge(at.edge);
    const StreetLength away = street_length(at.away_m);
    seen.push_back({edge.from, entrance.target, away + graph.along(measure, at.edge, 0, at.from_start)});
    seen.push_back({edge.to, entrance.target, away + graph.along(measure, at.edge, edge.length, at.from_start)});
    targets_ = std::max(targets_, entrance.target + 1);
  }
  std::ranges::sort(seen, [](const Seen& a, const Seen& b) {
    return std::tuple(a.node, a.target, a.length) < std::tuple(b.node, b.target, b.length);
  });
  first_doors_.assign(graph.nodes() + 1, 0);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (i > 0 && seen[i].node == seen[i - 1].node && seen[i].target == seen[i - 1].target) continue;
    doors_.push_back({seen[i].length, seen[i].target});
    ++first_doors_[seen[i].node + 1];
  }
  for (std::size_t i = 1; i < first_doors_.size(); ++i) first_doors_[i] += first_doors_[i - 1];
}

std::int64_t StreetDoors::bytes() const {
  return static_cast<std::int64_t>(first_doors_.capacity() * sizeof(std::uint32_t) + doors_.capacity() * sizeof(Door) +
                                   entrances_.size() * sizeof(std::uint32_t));
}

void TargetsFound::clear() {
  found_.clear();
  if (++now_ != 0) return;
  std::ranges::fill(mark_, 0U);
  now_ = 1;
}

OpportunitySearch::OpportunitySearch(const StreetDoors& doors) : doors_(doors), nodes_(doors.graph().nodes()) {}

void OpportunitySearch::next_search() {
  if (++search_ != 0) return;
  std::ranges::fill(nodes_, Seen());
  search_ = 1;
}

void OpportunitySearch::offer_node(std::uint32_t node, StreetLength length) {
  Seen& seen = nodes_[node];
  if (length > limit_ || (seen.search == search_ && seen.length <= length)) return;
  seen = {length, search_};
  queue_.push({length, node});
}

void OpportunitySearch::from(const StreetPosition& at, StreetLength limit, TargetsFound& found) {
  next_search();
  limit_ = limit;
  const StreetGraph& graph = doors_.graph();
  const StreetMeasure measure = doors_.measure();
  const auto offer = [&](std::uint32_t target, StreetLength length) {
    if (length <= limit) found.offer(target, length);
  };
  const StreetLength away = street_length(at.away_m);
  for (const std::uint32_t i : doors_.on_edge(at.edge)) {
    const StreetEntrance& entrance = doors_.entrances()[i];
    offer(entrance.target, away + street_length(entrance.at.away_m) +
                               graph.along(measure, at.edge, at.from_start, entrance.at.from_start));
  }
  const StreetGraph::Edge& edge = graph.edge(at.edge);
  offer_node(edge.from, away + graph.along(measure, at.edge, at.from_start, 0));
  offer_node(edge.to, away + graph.along(measure, at.edge, at.from_start, edge.length));
  const bool timed = measure == StreetMeasure::time && graph.has_times();
  while (!queue_.empty()) {
    const StreetQueue::Waiting here = queue_.pop();
    if (nodes_[here.node].length != here.length) continue;  // it came out before, from nearer
    for (const StreetDoors::Door& door : doors_.at(here.node)) offer(door.target, here.length + door.length);
    const auto arcs = graph.arcs(here.node);
    if (timed) {
      const auto times = graph.arc_times(here.node);
      for (std::size_t i = 0; i < arcs.size(); ++i) offer_node(arcs[i].to, here.length + times[i].forward);
    } else {
      for (const StreetGraph::Arc& arc : arcs) offer_node(arc.to, here.length + arc.length);
    }
  }
}

}  // namespace urbiome
