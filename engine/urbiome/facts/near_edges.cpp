#include "urbiome/facts/near_edges.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "urbiome/kernel/near.h"

namespace urbiome {
namespace {

constexpr double kTie = 1 + 1e-12;  // distances this much larger still count as equal
constexpr double kMeanRadius_m = 6371008.8;
constexpr double kRadians = std::numbers::pi / 180;

struct Space {
  double x, y, z;
};

Space on_ellipsoid(const Ellipsoid& ellipsoid, double lon, double lat) {
  const double f = ellipsoid.f(), e2 = f * (2 - f);
  const double s = std::sin(lat * kRadians), c = std::cos(lat * kRadians);
  const double n = ellipsoid.a / std::sqrt(1 - e2 * s * s);
  return {n * c * std::cos(lon * kRadians), n * c * std::sin(lon * kRadians), n * (1 - e2) * s};
}

double chord(const Space& p, const Space& a, const Space& b) {
  const Space ab{b.x - a.x, b.y - a.y, b.z - a.z}, ap{p.x - a.x, p.y - a.y, p.z - a.z};
  const double length2 = ab.x * ab.x + ab.y * ab.y + ab.z * ab.z;
  const double t = length2 > 0 ? std::clamp((ap.x * ab.x + ap.y * ab.y + ap.z * ab.z) / length2, 0.0, 1.0) : 0;
  return std::hypot(ap.x - t * ab.x, ap.y - t * ab.y, ap.z - t * ab.z);
}

// Length over the ground of a chord through it.
double over_ground(double chord_m) { return chord_m * (1 + chord_m * chord_m / (24 * kMeanRadius_m * kMeanRadius_m)); }

double distance_m(const GridMetric& metric, const Point& point, const StraightEdge& edge) {
  if (!metric.is_geographic()) return segment_distance(point, edge.a, edge.b) * metric.unit_to_metre();
  const Ellipsoid& e = metric.ellipsoid();
  return over_ground(chord(on_ellipsoid(e, point.x, point.y), on_ellipsoid(e, edge.a.x, edge.a.y),
                           on_ellipsoid(e, edge.b.x, edge.b.y)));
}

}  // namespace

NearEdges::NearEdges(const Landscape& landscape, double metres) : landscape_(landscape), metres_(metres) {
  const GridMetric& metric = landscape.metric;
  reach_y_ =
      metric.is_geographic() ? metres / (metric.ellipsoid().a * kRadians) * 1.01 : metres / metric.unit_to_metre();
}

bool NearEdges::near(const Point& point, const StraightEdge& edge) const {
  return distance_m(landscape_.metric, point, edge) <= metres_ * kTie;
}

NearEdges::Rows NearEdges::rows_near(const StraightEdge& edge) const {
  const Grid& grid = landscape_.grid();
  const double top = std::max(edge.a.y, edge.b.y) + reach_y_, bottom = std::min(edge.a.y, edge.b.y) - reach_y_;
  return {
      static_cast<std::int64_t>(std::max(std::ceil(grid.row_of(top) - 0.5), 0.0)),
      static_cast<std::int64_t>(std::min(std::floor(grid.row_of(bottom) - 0.5), static_cast<double>(grid.height) - 1))};
}

// The columns of a row whose centre lies within the distance of an edge: an interval around the edge's nearest place to
// this parallel.
Run NearEdges::columns_near(const StraightEdge& edge, std::int64_t row) const {
  const Grid& grid = landscape_.grid();
  const GridMetric& metric = landscape_.metric;
  const double lat = grid.y_of(static_cast<double>(row) + 0.5);
  const Point& upper = edge.a.y >= edge.b.y ? edge.a : edge.b;
  const Point& lower = edge.a.y >= edge.b.y ? edge.b : edge.a;
  double lon = lat >= upper.y ? upper.x : lower.x;
  if (lat < upper.y && lat > lower.y) lon = lower.x + (upper.x - lower.x) * (lat - lower.y) / (upper.y - lower.y);

  const auto within = [&](std::int64_t col) { return near({grid.x_of(static_cast<double>(col) + 0.5), lat}, edge); };
  const auto farthest = [&](std::int64_t in, std::int64_t out) {  // from a column within to one beyond, either way
    while (std::abs(out - in) > 1) {
      const std::int64_t middle = (in + out) / 2;
      (within(middle) ? in : out) = middle;
    }
    return in;
  };
  const auto seed = static_cast<std::int64_t>(std::floor(grid.col_of(lon) - 0.5));
  const double step =
      metric.is_geographic() ? kRadians * metric.ellipsoid().a * std::cos(lat * kRadians) : metric.unit_to_metre();
  const double step_m = std::max(grid.dx * step, 1e-9);
  const auto most = static_cast<std::int64_t>((metres_ + kLongestEdge_m) / step_m * 1.02) + 3;
  const std::int64_t begin = within(seed) ? farthest(seed, seed - most) : seed + 1;
  const std::int64_t end = within(seed + 1) ? farthest(seed + 1, seed + 1 + most) + 1 : seed + 1;
  const auto clipped = [&](std::int64_t col) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(col, 0, grid.width));
  };
  return {clipped(begin), clipped(end)};
}

}  // namespace urbiome
