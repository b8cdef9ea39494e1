#include "urbiome/vector/map_scale.h"

#include <array>
#include <cmath>
#include <numbers>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

constexpr double kRadians = std::numbers::pi / 180;

// A step of two kilometres balances truncation (1e-14) and PROJ's rounding (1e-12); the smaller one is for points
// beside a cut.
constexpr std::array<double, 2> kSteps = {0.02 * kRadians, 0.002 * kRadians};

// Longitude and latitude at `angle` from `start` along the great circle that leaves it eastwards or northwards.
Point along(const Point& start, bool eastwards, double angle) {
  const double latitude = start.y * kRadians;
  const double s = std::sin(latitude), c = std::cos(latitude);
  if (!eastwards) {
    // Beyond a pole the meridian goes on along the opposite one.
    const double sine = s * std::cos(angle) + c * std::sin(angle), cosine = c * std::cos(angle) - s * std::sin(angle);
    return {cosine < 0 ? start.x + 180 : start.x, std::atan2(sine, std::abs(cosine)) / kRadians};
  }
  const double outward = c * std::cos(angle), east = std::sin(angle), up = s * std::cos(angle);
  return {start.x + std::atan2(east, outward) / kRadians, std::atan2(up, std::hypot(outward, east)) / kRadians};
}

}  // namespace

// Map units per radian along east and north.
struct MapScale::Derivative {
  Point east, north;
};

MapScale::MapScale(const Crs& projected)
    : inverse_(projected, projected.geographic()),
      forward_(projected.geographic(), projected),
      ellipsoid_(projected.ellipsoid()),
      unit_(projected.unit_to_metre()) {}

bool MapScale::differences(const Point& lonlat, const Point& centre, double step, Derivative& result) const {
  for (const bool eastwards : {true, false}) {
    std::array<Point, 4> offsets;  // at -2, -1, 1, 2 steps, from the centre
    constexpr std::array<double, 4> kAt = {-2, -1, 1, 2};
    for (std::size_t i = 0; i < kAt.size(); ++i) {
      const std::optional<Point> p = forward_.find(along(lonlat, eastwards, kAt[i] * step));
      if (!p) return false;
      offsets[i] = {p->x - centre.x, p->y - centre.y};
    }
    const auto slope = [step](double m2, double m1, double p1, double p2) {
      return (8 * (p1 - m1) - (p2 - m2)) / (12 * step);
    };
    const Point d{slope(offsets[0].x, offsets[1].x, offsets[2].x, offsets[3].x),
                  slope(offsets[0].y, offsets[1].y, offsets[2].y, offsets[3].y)};
    const double length = std::hypot(d.x, d.y) * step;
    for (std::size_t i = 0; i < kAt.size(); ++i) {  // a cut in the map shows as a jump
      const double miss = std::hypot(offsets[i].x - kAt[i] * step * d.x, offsets[i].y - kAt[i] * step * d.y);
      if (!(miss <= 0.25 * length)) return false;
    }
    (eastwards ? result.east : result.north) = d;
  }
  return true;
}

MapScale::Scale MapScale::at(const Point& point) const {
  Scale scale;
  const std::optional<Point> lonlat = inverse_.find(point);
  if (!lonlat || std::abs(lonlat->y) > 90) return scale;
  const std::optional<Point> centre = forward_.find(*lonlat);
  // The way back must lead to the point, though perhaps a turn of the world away in x.
  if (!centre || !(std::abs(centre->y - point.y) * unit_ < 1)) return scale;

  scale.found = Found::torn;
  Derivative d{};
  bool smooth = false;
  for (const double step : kSteps) {
    if ((smooth = differences(*lonlat, *centre, step, d))) break;
  }
  if (!smooth) return scale;
  const double s = std::sin(lonlat->y * kRadians);
  const double e2 = ellipsoid_.f() * (2 - ellipsoid_.f()), w2 = 1 - e2 * s * s;
  const double n = ellipsoid_.a / std::sqrt(w2), m = n * (1 - e2) / w2;  // metres per radian, east and north
  const double determinant = std::abs(d.east.x * d.north.y - d.east.y * d.north.x);
  if (!(determinant > 0)) return scale;
  scale.area = m * n / determinant;

  // Singular values of the map's metres per metre of ground.
  const double ex = d.east.x * unit_ / n, ey = d.east.y * unit_ / n;
  const double nx = d.north.x * unit_ / m, ny = d.north.y * unit_ / m;
  const double sum = std::hypot(ex + ny, ey - nx), difference = std::hypot(ex - ny, ey + nx);
  const double largest = (sum + difference) / 2, smallest = std::abs(sum - difference) / 2;
  if (!(smallest > 0) || !std::isfinite(scale.area)) return scale;
  scale.longest = 1 / smallest;
  scale.shortest = 1 / largest;
  scale.found = Found::scale;
  return scale;
}

double linear_distortion(const Crs& crs, const Point& point) {
  if (!crs.is_projected()) return 0;
  const MapScale::Scale scale = MapScale(crs).at(point);
  if (scale.found != MapScale::Found::scale) {
    throw Error(ErrorCode::contradiction, "the point is not on the map of \"" + crs.name() + "\"",
                "coordinates within reach of the projection", "check the CRS of the layer");
  }
  return std::fmax(std::abs(scale.longest - 1), std::abs(scale.shortest - 1));
}

}  // namespace urbiome
