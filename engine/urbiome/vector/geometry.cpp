#include "urbiome/vector/geometry.h"

namespace urbiome {
namespace {

// The bits of x in every second place.
std::uint64_t spread_bits(std::uint32_t x) {
  std::uint64_t bits = x;
  bits = (bits | bits << 16) & 0x0000ffff0000ffffU;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ffU;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0fU;
  bits = (bits | bits << 2) & 0x3333333333333333U;
  return (bits | bits << 1) & 0x5555555555555555U;
}

}  // namespace

std::uint64_t place_on_curve(const Box& box, const Point& point) {
  const double scale = 65535 / std::max({box.xmax - box.xmin, box.ymax - box.ymin, 1e-9});
  const auto x = static_cast<std::uint32_t>((point.x - box.xmin) * scale);
  const auto y = static_cast<std::uint32_t>((point.y - box.ymin) * scale);
  return spread_bits(x) | spread_bits(y) << 1;
}
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
