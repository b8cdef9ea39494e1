// A plane in metres round a place, for lines and points of one city in whatever CRS they come.
//
// A transverse Mercator about the middle on the base CRS's ellipsoid: angles are true, and lengths are those of the
// map divided by its scale, which is known in closed form. Within 200 km of the middle metres() is right to 1e-8.
//
//   LocalPlane plane(Crs::parse("EPSG:4326"), {-51.2, -30.03});
//   PlaneTransformer in(Crs::parse("EPSG:31982"), plane);
//   double m = plane.metres(in(a), in(b));
#pragma once

#include <optional>
#include <span>

#include "urbiome/vector/crs.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

class LocalPlane {
 public:
  // `geographic`: a lat/lon CRS; `middle` in its longitudes and latitudes.
  LocalPlane(const Crs& geographic, const Point& middle);

  const Crs& geographic() const { return geographic_; }
  const Crs& crs() const { return crs_; }
  // True length of a straight line of the plane, in metres.
  double metres(const Point& from, const Point& to) const;
  // True area of a shape of the plane whose rings are sound, in square metres.
  double area_m2(const MultiPolygon& shape) const;

 private:
  double radii(double y) const;
  double scale(const Point& point) const;
  double area_m2(const Ring& ring) const;

  Crs geographic_, crs_;
  double latitude_, meridian_radius_;  // latitude_: of the middle, in radians
  double eccentricity2_, radii_at_equator_;
};

// From any CRS into a plane. From one thread at a time.
class PlaneTransformer {
 public:
  PlaneTransformer(const Crs& from, const LocalPlane& plane);
  std::optional<Point> find(const Point& point) const;      // empty where it cannot be transformed
  MultiPolygon transform(const MultiPolygon& shape) const;  // edges straight in `from`, to a millimetre

 private:
  Transformer to_geographic_, to_plane_;
};

// And back again, from a plane into any CRS. From one thread at a time.
class FromPlane {
 public:
  FromPlane(const LocalPlane& plane, const Crs& to);
  std::optional<Point> find(const Point& point) const;      // empty where it cannot be transformed
  MultiPolygon transform(const MultiPolygon& shape) const;  // edges straight in the plane, to a millimetre

 private:
  Transformer to_geographic_, to_;
  double tolerance_;
};

// The middle of places on the globe, as the direction of their mean: also across the antimeridian and round a pole.
Point middle_of(std::span<const Point> lonlats);

}  // namespace urbiome
