#include "urbiome/vector/local_plane.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace urbiome {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
constexpr double kTolerance_m = 0.001;

Crs transverse_mercator(const Ellipsoid& ellipsoid, const Point& middle) {
  const std::string shape = ellipsoid.inverse_flattening == 0
                                ? fmt::format("+R={}", ellipsoid.a)
                                : fmt::format("+a={} +rf={}", ellipsoid.a, ellipsoid.inverse_flattening);
  return Crs::parse(fmt::format("+proj=tmerc +lat_0={} +lon_0={} +k=1 +x_0=0 +y_0=0 {} +units=m +no_defs +type=crs",
                                middle.y, middle.x, shape));
}

double eccentricity2(const Ellipsoid& ellipsoid) { return ellipsoid.f() * (2 - ellipsoid.f()); }

double meridian_radius(const Ellipsoid& ellipsoid, double latitude) {
  const double e2 = eccentricity2(ellipsoid), s = std::sin(latitude * kRadians), w = 1 - e2 * s * s;
  return ellipsoid.a * (1 - e2) / (w * std::sqrt(w));
}

}  // namespace

LocalPlane::LocalPlane(const Crs& geographic, const Point& middle)
    : geographic_(geographic),
      crs_(transverse_mercator(geographic.ellipsoid(), middle)),
      latitude_(middle.y),
      meridian_radius_(meridian_radius(geographic.ellipsoid(), middle.y)) {}

// Snyder (1987), Map Projections - A Working Manual, eq. 8-12, with the radii at the point's latitude.
double LocalPlane::scale(const Point& point) const {
  const Ellipsoid& ellipsoid = geographic_.ellipsoid();
  const double e2 = eccentricity2(ellipsoid);
  const double s = std::sin(latitude_ * kRadians + point.y / meridian_radius_), w = 1 - e2 * s * s;
  const double radii = ellipsoid.a * ellipsoid.a * (1 - e2) / (w * w);  // meridian's times prime vertical's
  const double x2 = point.x * point.x / radii;
  return 1 + x2 / 2 + x2 * x2 / 24;
}

double LocalPlane::metres(const Point& from, const Point& to) const {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const Point middle{(from.x + to.x) / 2, (from.y + to.y) / 2};
  return length * 6 / (scale(from) + 4 * scale(middle) + scale(to));
}

PlaneTransformer::PlaneTransformer(const Crs& from, const LocalPlane& plane)
    : to_geographic_(from, plane.geographic()), to_plane_(plane.geographic(), plane.crs()) {}

std::optional<Point> PlaneTransformer::find(const Point& point) const {
  const std::optional<Point> lonlat = to_geographic_.find(point);
  return lonlat ? to_plane_.find(*lonlat) : std::nullopt;
}

MultiPolygon PlaneTransformer::transform(const MultiPolygon& shape) const {
  constexpr double kDegrees = kTolerance_m / 111'000;
  const MultiPolygon lonlat = to_geographic_.identity() ? shape : to_geographic_.transform(shape, kDegrees);
  return to_plane_.transform(lonlat, kTolerance_m);
}

Point middle_of(std::span<const Point> lonlats) {
  double x = 0, y = 0, z = 0;
  for (const Point& p : lonlats) {
    const double lon = p.x * kRadians, lat = p.y * kRadians;
    x += std::cos(lat) * std::cos(lon);
    y += std::cos(lat) * std::sin(lon);
    z += std::sin(lat);
  }
  return {std::atan2(y, x) / kRadians, std::atan2(z, std::hypot(x, y)) / kRadians};
}

}  // namespace urbiome
