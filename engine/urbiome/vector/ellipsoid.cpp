#include "urbiome/vector/ellipsoid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include <geodesic.h>

namespace urbiome {
namespace {

constexpr double kRadians = std::numbers::pi / 180;

geod_geodesic geodesic_of(const Ellipsoid& ellipsoid) {
  geod_geodesic geodesic;
  geod_init(&geodesic, ellipsoid.a, ellipsoid.f());
  return geodesic;
}

double squared_eccentricity(const Ellipsoid& ellipsoid) { return ellipsoid.f() * (2 - ellipsoid.f()); }

// Sine and cosine of a latitude in degrees. Near a pole the cosine is taken from the colatitude, whose subtraction
// is exact, so that the smallest polar cells keep all their digits.
struct SineCosine {
  double sine, cosine;
};

SineCosine sine_cosine(double latitude) {
  const double magnitude = std::abs(latitude);
  if (magnitude < 45) return {std::sin(latitude * kRadians), std::cos(latitude * kRadians)};
  const double colatitude = (90 - magnitude) * kRadians;
  return {std::copysign(std::cos(colatitude), latitude), std::sin(colatitude)};
}

// Gauss-Legendre on five points: a panel of one degree is exact to the last digit.
constexpr std::array<double, 5> kGaussNodes = {-0.90617984593866399, -0.53846931010568309, 0, 0.53846931010568309,
                                               0.90617984593866399};
constexpr std::array<double, 5> kGaussWeights = {0.23692688505618909, 0.47862867049936647, 0.56888888888888889,
                                                 0.47862867049936647, 0.23692688505618909};

// Integral of cos(lat) / (1 - e2 sin^2(lat))^2 over latitudes or colatitudes in degrees, in panels of a degree.
double band_integral(double e2, double from, double to, bool colatitude) {
  const int panels = std::max(1, static_cast<int>(std::ceil(to - from)));
  const double height = (to - from) / panels;
  double sum = 0;
  for (int panel = 0; panel < panels; ++panel) {
    const double middle = from + (panel + 0.5) * height;
    for (std::size_t i = 0; i < kGaussNodes.size(); ++i) {
      const double angle = (middle + kGaussNodes[i] * height / 2) * kRadians;
      const double sine = colatitude ? std::cos(angle) : std::sin(angle);
      const double cosine = colatitude ? std::sin(angle) : std::cos(angle);
      const double w = 1 - e2 * sine * sine;
      sum += kGaussWeights[i] * cosine / (w * w);
    }
  }
  return sum * height / 2 * kRadians;
}

}  // namespace

double geodesic_distance_m(const Ellipsoid& ellipsoid, const Point& a, const Point& b) {
  return geodesic_inverse(ellipsoid, a, b).distance_m;
}

GeodesicLine geodesic_inverse(const Ellipsoid& ellipsoid, const Point& a, const Point& b) {
  const geod_geodesic geodesic = geodesic_of(ellipsoid);
  GeodesicLine line{};
  geod_inverse(&geodesic, a.y, a.x, b.y, b.x, &line.distance_m, &line.azimuth1, &line.azimuth2);
  return line;
}

double geodesic_polygon_area_m2(const Ellipsoid& ellipsoid, std::span<const Point> ring) {
  const geod_geodesic geodesic = geodesic_of(ellipsoid);
  geod_polygon polygon;
  geod_polygon_init(&polygon, 0);
  for (const Point& point : ring) geod_polygon_addpoint(&geodesic, &polygon, point.y, point.x);
  double area = 0, perimeter = 0;
  geod_polygon_compute(&geodesic, &polygon, 0, 1, &area, &perimeter);
  return area;
}

double parallel_band_area_m2(const Ellipsoid& ellipsoid, double lat1, double lat2, double width_deg) {
  const double e2 = squared_eccentricity(ellipsoid);
  const double south = std::min(lat1, lat2), north = std::max(lat1, lat2);
  // Towards a pole the colatitude is what is exact, so each cap is integrated over that.
  double integral = 0;
  if (south < -45) integral += band_integral(e2, 90 + south, 90 + std::min(north, -45.0), true);
  if (south < 45 && north > -45) {
    integral += band_integral(e2, std::max(south, -45.0), std::min(north, 45.0), false);
  }
  if (north > 45) integral += band_integral(e2, 90 - north, 90 - std::max(south, 45.0), true);
  return ellipsoid.a * ellipsoid.a * (1 - e2) * integral * std::abs(width_deg) * kRadians;
}

double near_distance_m(const Ellipsoid& ellipsoid, double lat1, double lat2, double delta_lon_deg) {
  if (lat1 > lat2) std::swap(lat1, lat2);  // the same digits from both ends
  const double e2 = squared_eccentricity(ellipsoid);
  const auto [s1, c1] = sine_cosine(lat1);
  const auto [s2, c2] = sine_cosine(lat2);
  const double w1 = std::sqrt(1 - e2 * s1 * s1), w2 = std::sqrt(1 - e2 * s2 * s2);
  const double n1 = ellipsoid.a / w1, n2 = ellipsoid.a / w2;

  // Differences of nearly equal numbers are rewritten as products, so that even centimetres keep their digits.
  const double sin_half = std::sin((lat1 - lat2) / 2 * kRadians), cos_half = std::cos((lat1 - lat2) / 2 * kRadians);
  const auto [sin_mean, cos_mean] = sine_cosine((lat1 + lat2) / 2);
  const double s_difference = 2 * cos_mean * sin_half;                         // s1 - s2
  const double c_difference = -2 * sin_mean * sin_half;                        // c1 - c2
  const double s2_difference = 4 * sin_mean * cos_mean * sin_half * cos_half;  // s1^2 - s2^2
  const double n_difference = ellipsoid.a * e2 * s2_difference / (w1 * w2 * (w1 + w2));
  const double p_difference = n1 * c_difference + c2 * n_difference;
  const double z_difference = (1 - e2) * (n1 * s_difference + s2 * n_difference);
  const double sin_lon = std::sin(delta_lon_deg / 2 * kRadians);

  const double north2 = p_difference * p_difference + z_difference * z_difference;
  const double east2 = 4 * n1 * c1 * n2 * c2 * sin_lon * sin_lon;
  const double chord2 = north2 + east2;
  if (chord2 == 0) return 0;
  const double chord = std::sqrt(chord2);
  // Euler: the curvature of the surface along the line, at its middle.
  const double w = std::sqrt(1 - e2 * sin_mean * sin_mean);
  const double n = ellipsoid.a / w, m = n * (1 - e2) / (w * w);
  const double curvature = (north2 / m + east2 / n) / chord2;
  return 2 / curvature * std::asin(std::min(1.0, chord * curvature / 2));
}

}  // namespace urbiome
