// Measures on the ellipsoid of revolution: geodesics, areas between parallels.
//
// Angles in degrees, lengths in metres, areas in square metres. Geodesics follow Karney (2013), Algorithms for
// geodesics, J. Geodesy 87:43-55, as implemented in PROJ.
#pragma once

#include <span>

#include "urbiome/vector/geometry.h"

namespace urbiome {

struct Ellipsoid {
  double a = 6378137.0;                       // equatorial radius, m
  double inverse_flattening = 298.257223563;  // 0 for a sphere
  double f() const { return inverse_flattening == 0 ? 0 : 1 / inverse_flattening; }
};

// Length of the shortest path between two points (x = longitude, y = latitude).
double geodesic_distance_m(const Ellipsoid& ellipsoid, const Point& a, const Point& b);

// The same with the azimuths at both ends, in degrees clockwise from north.
struct GeodesicLine {
  double distance_m, azimuth1, azimuth2;
};
GeodesicLine geodesic_inverse(const Ellipsoid& ellipsoid, const Point& a, const Point& b);

// Area of the polygon whose edges are geodesics; counter-clockwise positive. The ring need not be closed.
double geodesic_polygon_area_m2(const Ellipsoid& ellipsoid, std::span<const Point> ring);

// Area of the ellipsoid between two parallels and two meridians `width_deg` apart; >= 0. Exact to 1e-14 for cells
// of any size: the closed form with the authalic latitude loses digits for small cells, so the integral of
// M N cos(phi) is taken by Gauss-Legendre quadrature.
double parallel_band_area_m2(const Ellipsoid& ellipsoid, double lat1, double lat2, double width_deg);

// Distance along the surface between points less than 100 km apart, from the straight chord through the ellipsoid:
// within 1e-9 of the geodesic up to 10 km. Symmetric in longitude; far cheaper than a geodesic.
double near_distance_m(const Ellipsoid& ellipsoid, double lat1, double lat2, double delta_lon_deg);

}  // namespace urbiome
