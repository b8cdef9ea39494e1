#include "urbiome/graph/street_reach.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace urbiome {
namespace {

constexpr StreetLength kFar = std::numeric_limits<StreetLength>::max();
constexpr std::uint32_t kNoTarget = std::numeric_limits<std::uint32_t>::max();

struct Waiting {
  StreetLength length;
  std::uint32_t node;
};

// A heap of four children: half as deep as one of two, and the four lie in one cache line.
class Queue {
 public:
  bool empty() const { return heap_.empty(); }
  void push(const Waiting& entry) {
    heap_.push_back(entry);
    std::size_t i = heap_.size() - 1;
    for (; i > 0 && entry.length < heap_[(i - 1) / 4].length; i = (i - 1) / 4) heap_[i] = heap_[(i - 1) / 4];
    heap_[i] = entry;
  }
  Waiting pop() {
    const Waiting least = heap_.front(), last = heap_.back();
    heap_.pop_back();
    if (heap_.empty()) return least;
    std::size_t i = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 4 * i + 1) {
      const std::size_t end = std::min(child + 4, heap_.size());
      std::size_t smallest = child;
      for (std::size_t c = child + 1; c < end; ++c) {
        if (heap_[c].length < heap_[smallest].length) smallest = c;
      }
      if (heap_[smallest].length >= last.length) break;
      heap_[i] = heap_[smallest];
      i = smallest;
    }
    heap_[i] = last;
    return least;
  }

 private:
  std::vector<Waiting> heap_;
};

}  // namespace

StreetReach::StreetReach(const StreetGraph& graph, std::span<const StreetEntrance> entrances, StreetLength limit)
    : graph_(graph), entrances_(entrances), limit_(limit), by_edge_(entrances.size()) {
  std::iota(by_edge_.begin(), by_edge_.end(), 0U);
  std::ranges::stable_sort(by_edge_, {}, [&](std::uint32_t i) { return entrances_[i].at.edge; });
  labels_.assign(graph.nodes(), {kFar, kNoTarget});
  search();
}

void StreetReach::search() {
  Queue queue;
  const auto offer = [&](std::uint32_t node, const Label& label) {
    if (label.length > limit_ || !better(label, labels_[node])) return;
    labels_[node] = label;
    queue.push({label.length, node});
  };
  for (const StreetEntrance& entrance : entrances_) {
    const StreetGraph::Edge& edge = graph_.edge(entrance.at.edge);
    const StreetLength away = street_length(entrance.at.away_m);
    offer(edge.from, {away + entrance.at.from_start, entrance.target});
    offer(edge.to, {away + edge.length - entrance.at.from_start, entrance.target});
  }
  // Edges are longer than nothing, so a node's label is final, its target too, when it comes out first.
  while (!queue.empty()) {
    const Waiting here = queue.pop();
    const Label label = labels_[here.node];
    if (label.length != here.length) continue;  // it came out before, from nearer
    for (const StreetGraph::Arc& arc : graph_.arcs(here.node)) offer(arc.to, {label.length + arc.length, label.target});
  }
}

std::optional<StreetReach::Found> StreetReach::from(const StreetPosition& at) const {
  const StreetGraph::Edge& edge = graph_.edge(at.edge);
  const StreetLength away = street_length(at.away_m);
  Label best{kFar, kNoTarget};
  const auto offer = [&](StreetLength length, std::uint32_t target) {
    const Label label{length, target};
    if (better(label, best)) best = label;
  };
  const Label &start = labels_[edge.from], &end = labels_[edge.to];
  if (start.target != kNoTarget) offer(start.length + at.from_start, start.target);
  if (end.target != kNoTarget) offer(end.length + edge.length - at.from_start, end.target);
  const auto on_edge = [&](std::uint32_t i) { return entrances_[i].at.edge; };
  for (auto i = std::ranges::lower_bound(by_edge_, at.edge, {}, on_edge); i != by_edge_.end() && on_edge(*i) == at.edge;
       ++i) {
    const StreetEntrance& entrance = entrances_[*i];
    offer(street_length(entrance.at.away_m) + std::abs(entrance.at.from_start - at.from_start), entrance.target);
  }
  if (best.target == kNoTarget || best.length > limit_ - away) return {};
  return Found{best.length + away, best.target};
}

}  // namespace urbiome
