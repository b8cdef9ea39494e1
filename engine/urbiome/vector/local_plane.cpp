#include "urbiome/vector/local_plane.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace urbiome {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
constexpr double kTolerance_m = 0.001, kDegrees = kTolerance_m / 111'000;

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
      latitude_(middle.y * kRadians),
      meridian_radius_(meridian_radius(geographic.ellipsoid(), middle.y)),
      eccentricity2_(eccentricity2(geographic.ellipsoid())),
      radii_at_equator_(geographic.ellipsoid().a * geographic.ellipsoid().a * (1 - eccentricity2_)) {}

// The meridian's radius times the prime vertical's at the latitude of a northing.
double LocalPlane::radii(double y) const {
  const double s = std::sin(latitude_ + y / meridian_radius_), w = 1 - eccentricity2_ * s * s;
  return radii_at_equator_ / (w * w);
}

// Snyder (1987), Map Projections - A Working Manual, eq. 8-12, with the radii at the point's latitude.
double LocalPlane::scale(const Point& point) const {
  const double x2 = point.x * point.x / radii(point.y);
  return 1 + x2 / 2 + x2 * x2 / 24;
}

double LocalPlane::metres(const Point& from, const Point& to) const {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const Point middle{(from.x + to.x) / 2, (from.y + to.y) / 2};
  return length * 6 / (scale(from) + 4 * scale(middle) + scale(to));
}

// Green's theorem: the scale is cosh(x / r), as above, so that the true width of a strip from 0 to x is r tanh(x / r).
double LocalPlane::area_m2(const Ring& ring) const {
  const auto width = [&](const Point& point) {
    const double r = std::sqrt(radii(point.y));
    return r * std::tanh(point.x / r);
  };
  double area = 0;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const Point &a = ring[i - 1], &b = ring[i];
    const Point middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
    area += (width(a) + 4 * width(middle) + width(b)) / 6 * (b.y - a.y);
  }
  return std::abs(area);
}

double LocalPlane::area_m2(const MultiPolygon& shape) const {
  double area = 0;
  for (const Polygon& polygon : shape.polygons) {
    area += area_m2(polygon.shell);
    for (const Ring& hole : polygon.holes) area -= area_m2(hole);
  }
  return area;
}

PlaneTransformer::PlaneTransformer(const Crs& from, const LocalPlane& plane)
    : to_geographic_(from, plane.geographic()), to_plane_(plane.geographic(), plane.crs()) {}

std::optional<Point> PlaneTransformer::find(const Point& point) const {
  const std::optional<Point> lonlat = to_geographic_.find(point);
  return lonlat ? to_plane_.find(*lonlat) : std::nullopt;
}

MultiPolygon PlaneTransformer::transform(const MultiPolygon& shape) const {
  const MultiPolygon lonlat = to_geographic_.identity() ? shape : to_geographic_.transform(shape, kDegrees);
  return to_plane_.transform(lonlat, kTolerance_m);
}

FromPlane::FromPlane(const LocalPlane& plane, const Crs& to)
    : to_geographic_(plane.crs(), plane.geographic()),
      to_(plane.geographic(), to),
      tolerance_(to.is_geographic() ? kDegrees : kTolerance_m / to.unit_to_metre()) {}

std::optional<Point> FromPlane::find(const Point& point) const {
  const std::optional<Point> lonlat = to_geographic_.find(point);
  return lonlat ? to_.find(*lonlat) : std::nullopt;
}

MultiPolygon FromPlane::transform(const MultiPolygon& shape) const {
  const MultiPolygon lonlat = to_geographic_.transform(shape, kDegrees);
  return to_.identity() ? lonlat : to_.transform(lonlat, tolerance_);
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
