#include "urbiome/vector/geometry.h"

namespace urbiome {
namespace {

// Whether the ray towards +x from the point crosses the ring an odd number of times; edges are taken in one direction
// so that both polygons that share one see the same crossing.
bool crosses_odd(const Ring& ring, const Point& p) {
  bool odd = false;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const bool upward = ring[i].y < ring[i + 1].y;
    const Point& low = upward ? ring[i] : ring[i + 1];
    const Point& high = upward ? ring[i + 1] : ring[i];
    if (low.y <= p.y && p.y < high.y && p.x < low.x + (p.y - low.y) / (high.y - low.y) * (high.x - low.x)) odd = !odd;
  }
  return odd;
}

}  // namespace

bool contains(const Polygon& polygon, const Point& point) {
  bool in = crosses_odd(polygon.shell, point);
  for (const Ring& hole : polygon.holes) in = in != crosses_odd(hole, point);
  return in;
}

bool contains(const MultiPolygon& shape, const Point& point) {
  return std::any_of(shape.polygons.begin(), shape.polygons.end(),
                     [&](const Polygon& polygon) { return contains(polygon, point); });
}

}  // namespace urbiome
