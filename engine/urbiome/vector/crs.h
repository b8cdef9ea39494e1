// Coordinate reference systems and transformations: the only door to PROJ.
//
// Coordinates are always x = easting or longitude, y = northing or latitude, whatever the authority's axis order;
// longitudes and latitudes in degrees. Networked grid shifts are off, so a run is the same on every machine.
//
//   Crs utm = Crs::parse("EPSG:31985");
//   Transformer to_grid(Crs::parse("EPSG:4674"), utm);
//   MultiPolygon zone = to_grid.transform(shape, 0.01);
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "urbiome/vector/ellipsoid.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// A value: cheap to copy, safe to share between threads. A default Crs is neither geographic nor projected.
class Crs {
 public:
  // Any text PROJ understands: "EPSG:4326", WKT, PROJJSON, "+proj=...". Of a compound CRS the horizontal part is
  // kept; a datum shift that comes with the text (TOWGS84) is kept only where the CRS is not a known one.
  // Throws Error{contradiction} for text that is no CRS, and for CRS that cannot place a map: geocentric, vertical,
  // local, rotated poles, angles other than degrees, axes of unlike units.
  static Crs parse(const std::string& text);
  // Lambert's azimuthal equal-area projection in metres about a place (longitude and latitude) of a geographic CRS, on
  // its datum: up to 100 km away lengths are right to a part in 25,000.
  static Crs equal_area_about(const Crs& geographic, const Point& middle);

  bool is_geographic() const;    // lat/lon in degrees
  bool is_projected() const;     // eastings and northings
  double unit_to_metre() const;  // of a projected CRS's axes: 1 for metres, 0.3048... for feet
  const Ellipsoid& ellipsoid() const;
  const std::string& name() const;       // "WGS 84 / UTM zone 25S"
  const std::string& id() const;         // "EPSG:31985", or empty
  const std::string& wkt() const;        // WKT2:2019
  bool same_as(const Crs& other) const;  // equivalent, axis order apart
  Crs geographic() const;  // the longitudes and latitudes a projected CRS is made from; itself if geographic

 private:
  struct Data;
  const Data& data() const;
  std::shared_ptr<const Data> data_;
};

// Each keeps PROJ's state to itself: use it from one thread at a time, make one per thread.
class Transformer {
 public:
  // Throws Error{contradiction} when no operation leads from one to the other.
  Transformer(const Crs& from, const Crs& to);
  Transformer(Transformer&&) noexcept;
  Transformer& operator=(Transformer&&) noexcept;
  ~Transformer();

  bool identity() const;
  // Throws Error{contradiction} when the point cannot be transformed.
  Point operator()(const Point& point) const;
  // The same without a throw: empty when the point cannot be transformed.
  std::optional<Point> find(const Point& point) const;

  // Each edge is straight in `from`; it is cut in halves until the transformed midpoint lies within `tolerance`
  // (units of `to`) of the straight segment between its transformed ends. Shared edges are cut alike from both
  // sides. Longitudes are shifted by 360 degrees where that keeps a ring in one piece (a ring's middle lies within
  // -180 .. 180); an outline round a pole is closed along the pole. Throws Error{contradiction} when a point cannot
  // be transformed or the projection tears an edge.
  MultiPolygon transform(const MultiPolygon& shape, double tolerance) const;

  // What PROJ does, in its own words, and how accurate it says that is (empty when unknown: a ballpark shift). Where
  // the best operation depends on the place, both tell of the latest point.
  std::string operation() const;
  std::optional<double> accuracy_m() const;

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

// Linear scale of a projected CRS at a point: the largest |true length / map length - 1| over all directions there.
// `point` is in coordinates of the CRS. 0.0004 is typical of UTM; Web Mercator at 60 degrees gives 0.5. 0 for
// geographic CRS. Throws Error{contradiction} where the projection does not reach.
double linear_distortion(const Crs& crs, const Point& point);

// Release of PROJ, for provenance.
std::string proj_version();

}  // namespace urbiome
