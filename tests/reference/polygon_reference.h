// Slow and independent answers about polygons and cells, for tests.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "urbiome/raster/grid.h"
#include "urbiome/vector/geometry.h"

namespace urbiome::reference {

// Keeps the part of a ring where side(p) >= 0 (Sutherland and Hodgman 1974); `side` is linear.
inline Ring clipped_to(const Ring& ring, const std::function<double(const Point&)>& side) {
  Ring out;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const Point &a = ring[i], &b = ring[i + 1];
    const double at_a = side(a), at_b = side(b);
    if (at_a >= 0) out.push_back(a);
    if ((at_a >= 0) != (at_b >= 0)) {
      const double t = at_a / (at_a - at_b);
      out.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  if (!out.empty()) out.push_back(out.front());
  return out;
}

inline double ring_area(const Ring& ring) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const Point &a = ring[i], &b = ring[i + 1];
    sum += (a.x - ring[0].x) * (b.y - ring[0].y) - (b.x - ring[0].x) * (a.y - ring[0].y);
  }
  return std::abs(sum) / 2;
}

// Area of a ring within a box: clipped at its four sides.
inline double area_within(const Ring& ring, const Box& box) {
  Ring part = clipped_to(ring, [&](const Point& p) { return p.x - box.xmin; });
  part = clipped_to(part, [&](const Point& p) { return box.xmax - p.x; });
  part = clipped_to(part, [&](const Point& p) { return p.y - box.ymin; });
  part = clipped_to(part, [&](const Point& p) { return box.ymax - p.y; });
  return ring_area(part);
}

inline double covered_share(const MultiPolygon& shape, const Grid& grid, std::int64_t row, std::int64_t col) {
  const auto r = static_cast<double>(row), c = static_cast<double>(col);
  const Box box{grid.x_of(c), grid.y_of(r + 1), grid.x_of(c + 1), grid.y_of(r)};
  double area = 0;
  for (const Polygon& polygon : shape.polygons) {
    area += area_within(polygon.shell, box);
    for (const Ring& hole : polygon.holes) area -= area_within(hole, box);
  }
  return area / (grid.dx * grid.dy);
}

// In one of the polygons, by even-odd over its rings; left and lower sides in, right and upper sides out.
inline bool contains(const MultiPolygon& shape, const Point& p) {
  bool inside = false;
  const auto visit = [&](const Ring& ring) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
      const Point& low = ring[i].y <= ring[i + 1].y ? ring[i] : ring[i + 1];
      const Point& high = ring[i].y <= ring[i + 1].y ? ring[i + 1] : ring[i];
      if (!(low.y <= p.y && p.y < high.y)) continue;
      // The point lies on the edge or to its right.
      if ((p.x - low.x) * (high.y - low.y) >= (high.x - low.x) * (p.y - low.y)) inside = !inside;
    }
  };
  for (const Polygon& polygon : shape.polygons) {
    inside = false;
    visit(polygon.shell);
    for (const Ring& hole : polygon.holes) visit(hole);
    if (inside) return true;
  }
  return false;
}

// Distance to the outline by projecting on every edge.
inline double outline_distance(const MultiPolygon& shape, const Point& p) {
  double nearest = INFINITY;
  const auto visit = [&](const Ring& ring) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
      const Point &a = ring[i], &b = ring[i + 1];
      const double dx = b.x - a.x, dy = b.y - a.y, squared = dx * dx + dy * dy;
      double t = squared > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / squared : 0;
      t = std::fmin(1, std::fmax(0, t));
      nearest = std::fmin(nearest, std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy));
    }
  };
  for (const Polygon& polygon : shape.polygons) {
    visit(polygon.shell);
    for (const Ring& hole : polygon.holes) visit(hole);
  }
  return nearest;
}

}  // namespace urbiome::reference
