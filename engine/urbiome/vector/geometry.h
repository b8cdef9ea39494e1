// Plain coordinates: points, rings and polygons, with no third-party type in sight.
//
// Every module hands geometry round in these types. Rings are closed (first point = last point). Orientation is
// free; functions that need one say so.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace urbiome {

struct Point {
  double x = 0, y = 0;
  bool operator==(const Point&) const = default;
};

using Ring = std::vector<Point>;

struct Polygon {
  Ring shell;
  std::vector<Ring> holes;
};

struct MultiPolygon {
  std::vector<Polygon> polygons;
  bool empty() const { return polygons.empty(); }
};

struct Box {
  double xmin = std::numeric_limits<double>::infinity(), ymin = std::numeric_limits<double>::infinity();
  double xmax = -std::numeric_limits<double>::infinity(), ymax = -std::numeric_limits<double>::infinity();

  bool empty() const { return !(xmin <= xmax && ymin <= ymax); }
  void include(const Point& p) {
    xmin = std::min(xmin, p.x), xmax = std::max(xmax, p.x);
    ymin = std::min(ymin, p.y), ymax = std::max(ymax, p.y);
  }
  void include(const Box& b) {
    if (b.empty()) return;
    include(Point{b.xmin, b.ymin});
    include(Point{b.xmax, b.ymax});
  }
  bool intersects(const Box& b) const {
    return !empty() && !b.empty() && xmin <= b.xmax && b.xmin <= xmax && ymin <= b.ymax && b.ymin <= ymax;
  }
};

inline Box bounds(const MultiPolygon& shape) {
  Box box;
  for (const Polygon& polygon : shape.polygons) {
    for (const Point& p : polygon.shell) box.include(p);
  }
  return box;
}

// The box as a polygon, counter-clockwise from its lower left corner.
inline MultiPolygon rectangle(const Box& b) {
  return {{Polygon{{{b.xmin, b.ymin}, {b.xmax, b.ymin}, {b.xmax, b.ymax}, {b.xmin, b.ymax}, {b.xmin, b.ymin}}, {}}}};
}

// Where a point lies along a space-filling curve (Morton's) through the box: neighbours have numbers near each other.
std::uint64_t place_on_curve(const Box& box, const Point& point);

// Even-odd rule; a point on an edge belongs to exactly one of the two polygons that share it.
bool contains(const Polygon& polygon, const Point& point);
bool contains(const MultiPolygon& shape, const Point& point);

}  // namespace urbiome
