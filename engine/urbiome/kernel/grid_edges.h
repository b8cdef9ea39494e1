// Polygon edges in cell units, each in one canonical direction.
//
// Coordinates become fractional columns u (to the right) and rows v (downwards). An edge shared by two polygons gives
// the same four numbers for both, whatever their orientation, so whatever is computed from it cancels exactly.
// Coordinates within rounding noise of a cell side or centre line are put on it: 0.3 lies on a grid of tenths.
//
//   for_each_edge(shape, grid, [&](const GridEdge& edge) { ... });   // horizontal edges are left out
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "urbiome/raster/grid.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

struct GridEdge {
  double u0, v0, u1, v1;  // v0 < v1
  int sign;               // +1: the polygon lies to the right (larger u), -1: to the left

  double u_at(double v) const {
    if (v <= v0) return u0;
    if (v >= v1) return u1;
    return std::clamp(u0 + (v - v0) * ((u1 - u0) / (v1 - v0)), std::min(u0, u1), std::max(u0, u1));
  }
};

namespace grid_edges {

inline double in_cells(double coordinate, double origin, double size) {
  const double value = (coordinate - origin) / size;
  constexpr double kUlp = std::numeric_limits<double>::epsilon();
  const double noise = 4 * kUlp * ((std::abs(coordinate) + std::abs(origin)) / size + std::abs(value));
  const double line = std::round(value * 2) / 2;
  // The bound keeps products of hostile coordinates finite.
  return std::abs(value - line) <= std::min(noise, 1e-6) ? line : std::clamp(value, -1e100, 1e100);
}

// Vertices in cell units; false when one is not finite.
inline bool vertices_in_cells(const Ring& ring, const Grid& grid, std::vector<Point>& out) {
  out.clear();
  for (const Point& p : ring) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) return false;
    out.push_back({in_cells(p.x, grid.x0, grid.dx), in_cells(-p.y, -grid.y0, grid.dy)});
  }
  return true;
}

// Twice the signed area, > 0 when the ring runs clockwise on a map (v points down). Sums from the first vertex, so
// that far-off coordinates do not drown a small ring.
inline double twice_area(const std::vector<Point>& ring) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const double ax = ring[i].x - ring[0].x, ay = ring[i].y - ring[0].y;
    sum += ax * (ring[i + 1].y - ring[0].y) - (ring[i + 1].x - ring[0].x) * ay;
  }
  return sum;
}

template <typename Visit>
void visit_ring(const std::vector<Point>& ring, bool hole, const Visit& visit) {
  // Counter-clockwise on the map (negative area here), the left side of a shell runs down.
  const int down_sign = (twice_area(ring) < 0) == hole ? -1 : 1;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point& a = ring[i];
    const Point& b = ring[i + 1 < ring.size() ? i + 1 : 0];
    if (a.y < b.y) {
      visit(GridEdge{a.x, a.y, b.x, b.y, down_sign});
    } else if (b.y < a.y) {
      visit(GridEdge{b.x, b.y, a.x, a.y, -down_sign});
    }
  }
}

}  // namespace grid_edges

// Every edge that is not horizontal, of shells and holes. A ring with a coordinate that is not finite is left out.
template <typename Visit>
void for_each_edge(const MultiPolygon& shape, const Grid& grid, const Visit& visit) {
  std::vector<Point> vertices;
  for (const Polygon& polygon : shape.polygons) {
    if (!grid_edges::vertices_in_cells(polygon.shell, grid, vertices)) continue;
    grid_edges::visit_ring(vertices, false, visit);
    for (const Ring& hole : polygon.holes) {
      if (grid_edges::vertices_in_cells(hole, grid, vertices)) grid_edges::visit_ring(vertices, true, visit);
    }
  }
}

}  // namespace urbiome
