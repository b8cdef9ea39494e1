#include "urbiome/vector/ellipsoid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

namespace urbiome {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
const std::string kTruth = URBIOME_TEST_DATA "/../truth/geodesic";

// Area from the equator to `lat`, per radian of longitude: the closed form of the authalic latitude.
double area_from_equator(const Ellipsoid& ellipsoid, double lat) {
  const double f = ellipsoid.f(), e2 = f * (2 - f), e = std::sqrt(e2), s = std::sin(lat * kRadians);
  if (e == 0) return ellipsoid.a * ellipsoid.a * s;
  return ellipsoid.a * ellipsoid.a * (1 - e2) / 2 * (s / (1 - e2 * s * s) + std::atanh(e * s) / e);
}

TEST(Geodesic, published_lines) {
  std::ifstream file(kTruth + "/geodesic_inverse_direct_wgs84.csv");
  if (!file) GTEST_SKIP() << "Geodesic.published_lines: truth/geodesic is not here";
  std::string line;
  std::getline(file, line);
  int count = 0;
  while (std::getline(file, line)) {
    std::stringstream cells(line);
    std::vector<double> v;
    for (std::string cell; std::getline(cells, cell, ',');) v.push_back(std::stod(cell));
    ASSERT_GE(v.size(), 7u);
    const GeodesicLine g = geodesic_inverse({}, {v[1], v[0]}, {v[4], v[3]});
    EXPECT_NEAR(g.distance_m, v[6], 1e-8 * 1.5) << line;
    EXPECT_NEAR(g.azimuth1, v[2], 1e-12 * 200) << line;
    EXPECT_NEAR(g.azimuth2, v[5], 1e-12 * 200) << line;
    EXPECT_EQ(g.distance_m, geodesic_distance_m({}, {v[1], v[0]}, {v[4], v[3]}));
    ++count;
  }
  EXPECT_GE(count, 20);
}

TEST(Geodesic, published_polygons) {
  std::ifstream file(kTruth + "/polygon_area_wgs84.json");
  if (!file) GTEST_SKIP() << "Geodesic.published_polygons: truth/geodesic is not here";
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_FALSE(cases.empty());
  for (const auto& one : cases) {
    Ring ring;
    for (const auto& p : one["latlon"]) ring.push_back({p[1].get<double>(), p[0].get<double>()});
    const double expected = one["area_m2_signed_ccw_positive"].get<double>();
    const double tolerance = std::max(one["area_tol_m2"].get<double>(), 1e-14 * std::abs(expected));
    EXPECT_NEAR(geodesic_polygon_area_m2({}, ring), expected, tolerance) << one["name"];
  }
}

TEST(ParallelBand, agrees_with_the_authalic_form) {
  for (const Ellipsoid& e : {Ellipsoid{}, Ellipsoid{6378137, 0}, Ellipsoid{6378206.4, 294.978698214}}) {
    for (double south = -90; south < 90; south += 7.5) {
      const double north = south + 7.5;
      const double expected = 3 * kRadians * (area_from_equator(e, north) - area_from_equator(e, south));
      EXPECT_NEAR(parallel_band_area_m2(e, south, north, 3) / expected, 1, 1e-13) << south;
      EXPECT_EQ(parallel_band_area_m2(e, south, north, 3), parallel_band_area_m2(e, north, south, 3));
      EXPECT_NEAR(parallel_band_area_m2(e, south, north, 3) / parallel_band_area_m2(e, -south, -north, 3), 1, 1e-14);
    }
  }
}

TEST(ParallelBand, whole_earth) {
  // NIMA TR8350.2: 510 065 621.724 km2 on WGS 84.
  EXPECT_NEAR(parallel_band_area_m2({}, -90, 90, 360) / 510065621724088.5, 1, 1e-14);
  const double a = 6371000;
  EXPECT_NEAR(parallel_band_area_m2({a, 0}, -90, 90, 360) / (4 * std::numbers::pi * a * a), 1, 1e-14);
}

TEST(ParallelBand, small_cells_keep_their_digits) {
  // Halves sum to the whole, also beside the pole where the closed form has nothing left.
  for (const double lat : {0.0, 12.3, 44.99995, 60.0, 89.9999, -89.9998, -45.00005}) {
    const double h = 0.0001, m = lat + h / 2, n = lat + h;
    const double whole = parallel_band_area_m2({}, lat, n, h);
    const double parts = parallel_band_area_m2({}, lat, m, h) + parallel_band_area_m2({}, m, n, h);
    EXPECT_NEAR(parts / whole, 1, 3e-15) << lat;
  }
  // A disc of 0.0001 degrees round the pole is flat: pi r^2 with the polar radius of curvature.
  const Ellipsoid e;
  const double c = e.a / (1 - e.f()), colatitude = (90 - 89.9999) * kRadians;
  EXPECT_NEAR(parallel_band_area_m2(e, 89.9999, 90, 360) / (std::numbers::pi * c * c * colatitude * colatitude), 1,
              1e-11);
  EXPECT_EQ(parallel_band_area_m2(e, 10, 10, 1), 0);
}

TEST(NearDistance, agrees_with_geodesics) {
  const Ellipsoid e;
  for (const double lat : {-89.5, -60.0, -23.5, -0.01, 0.0, 12.0, 45.0, 52.1, 80.0, 89.0}) {
    for (const double metres : {0.5, 10.0, 300.0, 2500.0, 9900.0}) {
      for (double azimuth = 0; azimuth < 360; azimuth += 22.5) {
        const double north = metres * std::cos(azimuth * kRadians) / 111300;
        const double east = metres * std::sin(azimuth * kRadians) / (111300 * std::cos(lat * kRadians));
        const double near = near_distance_m(e, lat, lat + north, east);
        // Karney's own error is a few nanometres.
        EXPECT_NEAR(near, geodesic_distance_m(e, {20, lat}, {20 + east, lat + north}), 1e-9 * metres + 2e-8)
            << lat << ' ' << metres << ' ' << azimuth;
      }
    }
  }
}

TEST(NearDistance, is_symmetric) {
  const Ellipsoid e;
  EXPECT_EQ(near_distance_m(e, 10, 10.01, 0.02), near_distance_m(e, 10.01, 10, 0.02));
  EXPECT_EQ(near_distance_m(e, 10, 10.01, 0.02), near_distance_m(e, 10, 10.01, -0.02));
  EXPECT_NEAR(near_distance_m(e, -10, -10.01, 0.02), near_distance_m(e, 10, 10.01, 0.02), 1e-9);
  EXPECT_EQ(near_distance_m(e, 33, 33, 0), 0);
  EXPECT_NEAR(near_distance_m(e, 52, 52.8, 0.5), geodesic_distance_m(e, {0, 52}, {0.5, 52.8}), 1e-3);
}

TEST(NearDistance, millimetres_keep_their_digits) {
  const Ellipsoid e;
  const double step = 1e-8;  // degrees: a millimetre; linear in the step
  const double w = 1 - e.f() * (2 - e.f()) * 0.5, m = e.a * (1 - e.f() * (2 - e.f())) / (w * std::sqrt(w));
  const double taken = 45 + step - 45;
  EXPECT_NEAR(near_distance_m(e, 45, 45 + step, 0) / (m * taken * kRadians), 1, 1e-9);
}

}  // namespace
}  // namespace urbiome
