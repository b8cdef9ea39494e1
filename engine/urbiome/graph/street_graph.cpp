#include "urbiome/graph/street_graph.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "urbiome/base/exact.h"
#include "urbiome/base/radix_sort.h"

namespace urbiome {
namespace {

// Nodes that edges join: of each the smallest number among them, and how long the edges are at that one.
struct Joined {
  Joined(std::span<const StreetGraph::Edge> edges, std::size_t nodes) : first(nodes), lengths(nodes, 0) {
    std::iota(first.begin(), first.end(), 0U);
    for (const StreetGraph::Edge& edge : edges) {
      const std::uint32_t a = root_of(edge.from), b = root_of(edge.to);
      first[std::max(a, b)] = std::min(a, b);
    }
    for (std::uint32_t i = 0; i < nodes; ++i) first[i] = root_of(i);
    for (const StreetGraph::Edge& edge : edges) lengths[first[edge.from]] += edge.length;
  }
  std::uint32_t root_of(std::uint32_t i) {
    while (first[i] != i) i = first[i] = first[first[i]];
    return i;
  }

  std::vector<std::uint32_t> first;
  std::vector<StreetLength> lengths;
};

}  // namespace

StreetGraph::StreetGraph(StreetLines lines, MetresBetween metres_between, StreetLength least_island,
                         const OnThreads& on_threads)
    : metres_between_(std::move(metres_between)) {
  StreetEdges cut(lines, metres_between_, on_threads);
  lines = {};
  edges_ = std::move(cut.edges);
  points_ = std::move(cut.points);
  first_points_ = std::move(cut.first_points);
  if (least_island > 0) leave_out_islands(cut.nodes, least_island);
  on_threads(2, [&](std::int64_t half) {
    if (half == 0) {
      index_ = SegmentIndex(points_, first_points_);
    } else {
      number_along_curve(cut.nodes);
      lay_arcs(cut.nodes);
      find_islands();
    }
  });
}

void StreetGraph::leave_out_islands(std::size_t nodes, StreetLength least) {
  const Joined joined(edges_, nodes);
  for (const StreetLength length : joined.lengths) {
    if (length == 0 || length >= least) continue;
    ++left_out_.islands;
    left_out_.length += length;
  }
  std::size_t kept = 0, points = 0;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const std::size_t begin = first_points_[i], end = first_points_[i + 1];
    if (joined.lengths[joined.first[edges_[i].from]] < least) continue;
    first_points_[kept] = static_cast<std::uint32_t>(points);
    edges_[kept++] = edges_[i];
    for (std::size_t k = begin; k < end; ++k) points_[points++] = points_[k];
  }
  edges_.resize(kept);
  points_.resize(points);
  first_points_.resize(kept + 1);
  first_points_[kept] = static_cast<std::uint32_t>(points);
}

void StreetGraph::number_along_curve(std::size_t nodes) {
  Box box;
  for (const Point& point : points_) box.include(point);
  std::vector<Point> places(nodes);
  for (std::uint32_t i = 0; i < edges_.size(); ++i) {
    places[edges_[i].from] = shape(i).front();
    places[edges_[i].to] = shape(i).back();
  }
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order(nodes);
  for (std::uint32_t i = 0; i < nodes; ++i) order[i] = {place_on_curve(box, places[i]), i};
  radix_sort(order, [](const auto& entry) { return entry.first; });
  std::vector<std::uint32_t> number(nodes);
  for (std::uint32_t i = 0; i < nodes; ++i) number[order[i].second] = i;
  for (Edge& edge : edges_) edge = {number[edge.from], number[edge.to], edge.length};
}

// visit(from, to, edge, whether it is walked from its start) in the order in which arcs of a node lie.
template <class Visit>
void StreetGraph::each_arc(const Visit& visit) const {
  for (std::uint32_t i = 0; i < edges_.size(); ++i) {
    const Edge& edge = edges_[i];
    if (edge.from == edge.to) continue;  // nobody gains by walking round a loop
    visit(edge.from, edge.to, i, true);
    visit(edge.to, edge.from, i, false);
  }
}

void StreetGraph::lay_arcs(std::size_t nodes) {
  first_arcs_.assign(nodes + 1, 0);
  each_arc([&](std::uint32_t from, std::uint32_t, std::uint32_t, bool) { ++first_arcs_[from + 1]; });
  std::partial_sum(first_arcs_.begin(), first_arcs_.end(), first_arcs_.begin());
  arcs_.resize(first_arcs_.back());
  std::vector<std::uint32_t> next(first_arcs_.begin(), first_arcs_.end() - 1);
  each_arc([&](std::uint32_t from, std::uint32_t to, std::uint32_t edge, bool) {
    arcs_[next[from]++] = {edges_[edge].length, to};
  });
}

void StreetGraph::set_times(std::vector<Times> times) {
  times_ = std::move(times);
  arc_times_.resize(times_.empty() ? 0 : arcs_.size());
  if (times_.empty()) return;
  std::vector<std::uint32_t> next(first_arcs_.begin(), first_arcs_.end() - 1);
  each_arc([&](std::uint32_t from, std::uint32_t, std::uint32_t edge, bool from_start) {
    const Times& of_edge = times_[edge];
    arc_times_[next[from]++] = from_start ? of_edge : Times{of_edge.backward, of_edge.forward};
  });
}

StreetLength StreetGraph::along(StreetMeasure measure, std::uint32_t edge, StreetLength a, StreetLength b) const {
  if (measure == StreetMeasure::length || times_.empty()) return std::abs(b - a);
  const StreetLength whole = edges_[edge].length;
  const auto until = [&](StreetLength time, StreetLength place) { return scale_exactly(time, place, whole); };
  const Times& times = times_[edge];
  return a <= b ? until(times.forward, b) - until(times.forward, a)
                : until(times.backward, a) - until(times.backward, b);
}

void StreetGraph::find_islands() {
  const Joined joined(edges_, nodes());
  std::vector<std::uint32_t> roots;
  for (std::uint32_t i = 0; i < nodes(); ++i) {
    if (joined.lengths[i] > 0) roots.push_back(i);
  }
  std::ranges::stable_sort(roots,
                           [&](std::uint32_t a, std::uint32_t b) { return joined.lengths[a] > joined.lengths[b]; });
  std::vector<std::uint32_t> number(nodes(), 0);
  for (std::uint32_t i = 0; i < roots.size(); ++i) {
    number[roots[i]] = i;
    island_lengths_.push_back(joined.lengths[roots[i]]);
  }
  islands_.resize(nodes());
  for (std::uint32_t i = 0; i < nodes(); ++i) islands_[i] = number[joined.first[i]];
}

std::vector<StreetLength> StreetGraph::places_along(std::uint32_t edge) const {
  const std::span<const Point> points = shape(edge);
  std::vector<StreetLength> places{0};
  double metres = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    metres += metres_between_(points[i - 1], points[i]);
    places.push_back(std::min(street_length(metres), edges_[edge].length));
  }
  places.back() = edges_[edge].length;
  return places;
}

StreetPosition StreetGraph::position(const NearestOnSegment& on_segment) const {
  StreetPosition position;
  position.edge = index_.line_of(on_segment.segment);
  double metres = 0;
  for (std::uint32_t i = first_points_[position.edge]; i < on_segment.segment; ++i)
    metres += metres_between_(points_[i], points_[i + 1]);
  metres += metres_between_(points_[on_segment.segment], on_segment.point);
  position.from_start = std::min(street_length(metres), edges_[position.edge].length);
  position.point = on_segment.point;
  return position;
}

std::optional<StreetPosition> StreetGraph::nearest(const Point& point, double farthest_m) const {
  const std::optional<NearestOnSegment> found = index_.nearest(point, farthest_m);
  if (!found) return {};
  StreetPosition at = position(*found);
  at.away_m = metres_between_(point, at.point);
  return at;
}

std::int64_t StreetGraph::bytes() const {
  const auto bytes_of = [](const auto& entries) {
    return static_cast<std::int64_t>(entries.capacity() * sizeof(entries[0]));
  };
  return bytes_of(edges_) + bytes_of(points_) + bytes_of(first_points_) + bytes_of(first_arcs_) + bytes_of(arcs_) +
         bytes_of(times_) + bytes_of(arc_times_) + bytes_of(islands_) + index_.bytes();
}

}  // namespace urbiome
