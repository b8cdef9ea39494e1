// The nearest of many short lines: a grid of squares, each with the segments whose boxes touch it.
//
//   SegmentIndex index(points, first_points);                       // lines i: points[first_points[i] ..
//   first_points[i + 1]) if (auto found = index.nearest({x, y}, 250)) found->distance;   // in units of the coordinates
//
// Distances are planar. The nearest is exact; of several at the same distance the first in the order of points counts.
// Building is linear in segments; memory about 12 bytes each besides the points, which must outlive the index.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "urbiome/vector/geometry.h"

namespace urbiome {

// A place on a segment: `share` (0 .. 1) of the way from point `segment` to the next one.
struct NearestOnSegment {
  std::uint32_t segment;
  double share, distance;
  Point point;
};

NearestOnSegment nearest_on_segment(const Point& from, const Point& to, const Point& point);

class SegmentIndex {
 public:
  SegmentIndex() = default;
  // Lines have two points at least (a point is a line from it to itself). Fewer than 2^32 points, all finite.
  SegmentIndex(std::span<const Point> points, std::span<const std::uint32_t> first_points);

  // The nearest place at most `farthest` away.
  std::optional<NearestOnSegment> nearest(const Point& point, double farthest) const;
  // Segments whose boxes may touch the box, by number, each once.
  void find(const Box& box, std::vector<std::uint32_t>& segments) const;
  // Calls visit(segment) for the same segments, in no order, for one maybe several times.
  template <class Visit>
  void each_near(const Box& box, const Visit& visit) const {
    if (segments_.empty() || !bounds_.intersects(box)) return;
    const Squares squares = squares_of(box);
    for (std::int64_t row = squares.row_begin; row <= squares.row_end; ++row) {
      const auto begin = first_[static_cast<std::size_t>(row * cols_ + squares.col_begin)];
      const auto end = first_[static_cast<std::size_t>(row * cols_ + squares.col_end) + 1];  // squares of a row follow
      for (std::uint32_t i = begin; i < end; ++i) visit(segments_[i]);
    }
  }
  std::int64_t bytes() const;
  // The line that a segment belongs to.
  std::uint32_t line_of(std::uint32_t segment) const;

 private:
  struct Squares {
    std::int64_t col_begin, row_begin, col_end, row_end;  // ends inclusive
  };
  Squares squares_of(const Box& box) const;
  Box box_of(std::uint32_t segment) const;
  template <class Visit>
  void each_segment(const Visit& visit) const;
  template <class Visit>
  void each_segment_backwards(const Visit& visit) const;
  template <class Visit>  // visit(number of the square)
  void each_square(const Squares& squares, const Visit& visit) const;
  void choose_side(std::size_t segments);

  std::span<const Point> points_;
  std::span<const std::uint32_t> first_points_;
  Box bounds_;
  double side_ = 1;
  std::int64_t cols_ = 0, rows_ = 0;
  std::vector<std::uint32_t> first_;     // of every square, among segments_
  std::vector<std::uint32_t> segments_;  // by square
};

}  // namespace urbiome
