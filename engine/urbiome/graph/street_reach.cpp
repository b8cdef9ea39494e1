#include "urbiome/graph/street_reach.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "urbiome/graph/staged_street_queue.h"

namespace urbiome {
namespace {

constexpr StreetLength kFar = std::numeric_limits<StreetLength>::max();

}  // namespace

EntrancesByEdge::EntrancesByEdge(std::span<const StreetEntrance> entrances)
    : entrances_(entrances), numbers_(entrances.size()) {
  std::iota(numbers_.begin(), numbers_.end(), 0U);
  std::ranges::stable_sort(numbers_, {}, [&](std::uint32_t i) { return entrances_[i].at.edge; });
}

std::span<const std::uint32_t> EntrancesByEdge::on(std::uint32_t edge) const {
  const auto found =
      std::ranges::equal_range(numbers_, edge, {}, [&](std::uint32_t i) { return entrances_[i].at.edge; });
  return {found.begin(), found.end()};
}

StreetReach::StreetReach(const StreetGraph& graph, std::span<const StreetEntrance> entrances, StreetLength limit,
                         StreetMeasure measure)
    : graph_(graph), entrances_(entrances), limit_(limit), measure_(measure), by_edge_(entrances) {
  labels_.assign(graph.nodes(), {kFar, kNoTarget});
  if (measure == StreetMeasure::time && graph.has_times()) {
    walked_.assign(graph.nodes(), kFar);
    search<true>();
  } else {
    search<false>();
  }
}

// From the entrances outwards, against the way that people walk. Of ways of one time to one target the shorter counts.
template <bool kTimed>
void StreetReach::search() {
  StagedStreetQueue queue;
  const auto offer = [&](std::uint32_t node, const Label& label, StreetLength walked) {
    Label& known = labels_[node];
    if (label.length > limit_) return;
    const bool shorter =
        kTimed && label.length == known.length && label.target == known.target && walked < walked_[node];
    if (!shorter && !better(label, known)) return;
    known = label;
    if constexpr (kTimed) walked_[node] = walked;
    queue.push({label.length, node});
  };
  for (const StreetEntrance& entrance : entrances_) {
    const StreetPosition& at = entrance.at;
    const StreetGraph::Edge& edge = graph_.edge(at.edge);
    const StreetLength away = street_length(at.away_m);
    offer(edge.from, {away + graph_.along(measure_, at.edge, 0, at.from_start), entrance.target}, away + at.from_start);
    offer(edge.to, {away + graph_.along(measure_, at.edge, edge.length, at.from_start), entrance.target},
          away + edge.length - at.from_start);
  }
  // Edges are longer than nothing, so a node's label is final, its target too, when it comes out first.
  const auto go_on_from = [&](const StreetQueue::Waiting& here) {
    const Label label = labels_[here.node];
    if (label.length != here.length) return;  // it came out before, from nearer
    const auto arcs = graph_.arcs(here.node);
    if constexpr (kTimed) {
      const auto times = graph_.arc_times(here.node);
      for (std::size_t i = 0; i < arcs.size(); ++i)
        offer(arcs[i].to, {label.length + times[i].backward, label.target}, walked_[here.node] + arcs[i].length);
    } else {
      for (const StreetGraph::Arc& arc : arcs) offer(arc.to, {label.length + arc.length, label.target}, 0);
    }
  };
  while (queue.next_stage()) {
    // All that the stage looks at is asked of the memory at once.
    for (const StreetQueue::Waiting& entry : queue.stage()) {
      for (const StreetGraph::Arc& arc : graph_.arcs(entry.node)) __builtin_prefetch(&labels_[arc.to]);
    }
    while (!queue.stage_is_done()) go_on_from(queue.pop());
  }
}

std::optional<StreetReach::Found> StreetReach::from(const StreetPosition& at) const {
  const StreetGraph::Edge& edge = graph_.edge(at.edge);
  const StreetLength away = street_length(at.away_m);
  Label best{kFar, kNoTarget};
  StreetLength walked = kFar;
  const auto offer = [&](const Label& label, StreetLength way) {
    if (!better(label, best) && !(label.length == best.length && label.target == best.target && way < walked)) return;
    best = label;
    walked = way;
  };
  const auto offer_end = [&](std::uint32_t node, StreetLength place) {
    const Label& label = labels_[node];
    if (label.target == kNoTarget) return;
    offer({label.length + graph_.along(measure_, at.edge, at.from_start, place), label.target},
          (walked_.empty() ? label.length : walked_[node]) + std::abs(at.from_start - place));
  };
  offer_end(edge.from, 0);
  offer_end(edge.to, edge.length);
  each_entrance_on(at.edge, [&](const StreetEntrance& entrance) {
    const StreetLength to_target = street_length(entrance.at.away_m), place = entrance.at.from_start;
    offer({to_target + graph_.along(measure_, at.edge, at.from_start, place), entrance.target},
          to_target + std::abs(place - at.from_start));
  });
  if (best.target == kNoTarget || best.length > limit_ - away) return {};
  return Found{best.length + away, best.target, walked + away};
}

std::int64_t StreetReach::bytes() const {
  return static_cast<std::int64_t>(labels_.capacity() * sizeof(Label) + walked_.capacity() * sizeof(StreetLength) +
                                   entrances_.size() * sizeof(std::uint32_t));
}

}  // namespace urbiome
