// Streets as a graph that people walk: nodes where lines meet or end, edges with their shape between them.
//
// Lines meet at points that name the same place (an OSM node; vector/line_meetings.h finds places where a file has
// none); streets that cross without sharing one, a bridge over a road, do not meet. Every edge can be walked both ways.
// Lengths are integers, so that sums do not depend on their order. Nodes are numbered along a curve through the map, so
// that neighbours lie near each other in memory. About 60 bytes an edge and 16 for every point of its shape.
//
// Where streets are steep a way is measured by its time as well, which differs in its two directions. A time is told as
// the length of flat street that takes as long: without slopes both measures are the same number.
//
//   StreetGraph graph(lines, metres_between);
//   if (auto at = graph.nearest({x, y}, 250)) at->away_m;      // the nearest point of an edge, never a node only
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "urbiome/graph/street_lines.h"
#include "urbiome/vector/geometry.h"
#include "urbiome/vector/segment_index.h"

namespace urbiome {

// What is least on the way that is taken. Times are lengths of flat street that takes as long.
enum class StreetMeasure { length, time };

// A point of an edge.
struct StreetPosition {
  std::uint32_t edge = 0;
  StreetLength from_start = 0;  // along the edge
  double away_m = 0;            // how far from it lies what was placed there, in a straight line
  Point point;
};

class StreetGraph {
 public:
  StreetGraph() = default;
  // Lines of fewer than two points, or of one place only, make no edge. At most 2^32 - 2 edges and points. Islands
  // whose streets are shorter than `least_island` together are left out.
  StreetGraph(StreetLines lines, MetresBetween metres_between, StreetLength least_island = 0,
              const OnThreads& on_threads = one_by_one);
  StreetGraph(std::span<const StreetLine> lines, MetresBetween metres_between, StreetLength least_island = 0)
      : StreetGraph(StreetLines(lines), std::move(metres_between), least_island) {}
  StreetGraph(StreetGraph&&) noexcept = default;
  StreetGraph& operator=(StreetGraph&&) noexcept = default;

  using Edge = StreetEdge;
  struct Arc {
    StreetLength length;
    std::uint32_t to;
  };
  std::size_t nodes() const { return first_arcs_.empty() ? 0 : first_arcs_.size() - 1; }
  std::size_t edges() const { return edges_.size(); }
  const Edge& edge(std::uint32_t i) const { return edges_[i]; }
  std::span<const Point> shape(std::uint32_t edge) const {
    return std::span(points_).subspan(first_points_[edge], first_points_[edge + 1] - first_points_[edge]);
  }
  // How far from the start every point of its shape lies, along the edge.
  std::vector<StreetLength> places_along(std::uint32_t edge) const;
  std::span<const Arc> arcs(std::uint32_t node) const {
    return std::span(arcs_).subspan(first_arcs_[node], first_arcs_[node + 1] - first_arcs_[node]);
  }

  // Times of an edge, of the whole of it: from `from` to `to`, and back. Both > 0.
  struct Times {
    StreetLength forward, backward;
  };
  // One for every edge; at first, and with an empty list, times are lengths. On a part of an edge the speed is even.
  void set_times(std::vector<Times> times);
  bool has_times() const { return !times_.empty(); }
  // What it takes to walk on an edge between two places of it, `a` and `b` from its start.
  StreetLength along(StreetMeasure measure, std::uint32_t edge, StreetLength a, StreetLength b) const;
  // Times of the arcs of a node, in their order: `forward` from the node, `backward` to it. Only with times.
  std::span<const Times> arc_times(std::uint32_t node) const {
    return std::span(arc_times_).subspan(first_arcs_[node], first_arcs_[node + 1] - first_arcs_[node]);
  }

  // The nearest point of any edge, at most `farthest_m` away (planar; corrected by metres_between).
  std::optional<StreetPosition> nearest(const Point& point, double farthest_m) const;
  const SegmentIndex& segments() const { return index_; }
  std::pair<Point, Point> segment(std::uint32_t i) const { return {points_[i], points_[i + 1]}; }
  StreetPosition position(const NearestOnSegment& on_segment) const;

  // Islands: what cannot be walked to from the rest. Number 0 has the longest streets.
  std::uint32_t island_of(std::uint32_t edge) const { return islands_[edges_[edge].from]; }
  std::size_t islands() const { return island_lengths_.size(); }
  StreetLength island_length(std::size_t island) const { return island_lengths_[island]; }

  struct LeftOut {
    std::int64_t islands = 0;
    StreetLength length = 0;
  };
  const LeftOut& left_out() const { return left_out_; }

  std::int64_t bytes() const;

 private:
  void leave_out_islands(std::size_t nodes, StreetLength least);
  void number_along_curve(std::size_t nodes);
  void lay_arcs(std::size_t nodes);
  template <class Visit>
  void each_arc(const Visit& visit) const;
  void find_islands();

  MetresBetween metres_between_;
  std::vector<Edge> edges_;
  std::vector<Point> points_;                // of all shapes
  std::vector<std::uint32_t> first_points_;  // of every edge, and the end
  std::vector<std::uint32_t> first_arcs_;    // of every node, and the end
  std::vector<Arc> arcs_;
  std::vector<Times> times_, arc_times_;  // of every edge, of every arc
  std::vector<std::uint32_t> islands_;    // of every node
  std::vector<StreetLength> island_lengths_;
  LeftOut left_out_;
  SegmentIndex index_;
};

}  // namespace urbiome
