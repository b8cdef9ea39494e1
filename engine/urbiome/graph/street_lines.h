// Lines of streets, and the edges that they are cut into: between the places where lines share a point or end.
//
// Lengths are integers, so that sums do not depend on their order.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "urbiome/base/on_threads.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Lengths along streets in units of 2^-30 m, up to 2^33 m.
using StreetLength = std::int64_t;
inline constexpr double kLengthsPerMetre = 1 << 30;
StreetLength street_length(double metres);  // rounded
inline double metres_of(StreetLength length) { return static_cast<double>(length) / kLengthsPerMetre; }

struct StreetLine {
  Ring points;                       // in a plane, in metres or nearly so
  std::vector<std::int64_t> places;  // of every point: the same number is the same place
};

// Many of them, one after the other.
struct StreetLines {
  std::vector<Point> points;
  std::vector<std::uint32_t> places;    // of every point, below place_count
  std::vector<std::uint32_t> first{0};  // of every line, among the points; and the end
  std::uint32_t place_count = 0;

  StreetLines() = default;
  explicit StreetLines(std::span<const StreetLine> lines);  // places keep their order
  std::size_t size() const { return first.size() - 1; }
};

struct StreetEdge {
  std::uint32_t from, to;  // nodes; the same for a loop
  StreetLength length;     // > 0
};

// True length between two points of a line that follow each other.
using MetresBetween = std::function<double(const Point&, const Point&)>;

struct StreetEdges {
  std::size_t nodes = 0;  // in the order of places
  std::vector<StreetEdge> edges;
  std::vector<Point> points;                   // of all shapes
  std::vector<std::uint32_t> first_points{0};  // of every edge, and the end

  // Lines of fewer than two points, or of one place only, make no edge. Throws Error{memory} for more than 2^32 - 2
  // points.
  StreetEdges(const StreetLines& lines, const MetresBetween& metres_between, const OnThreads& on_threads);
};

}  // namespace urbiome
