#include "urbiome/vector/local_plane.h"

#include <gtest/gtest.h>

#include <cmath>

#include "urbiome/vector/ellipsoid.h"

namespace urbiome {
namespace {

TEST(LocalPlane, LengthsAreThoseOfGeodesics) {
  for (const double latitude : {0.0, -30.03, 52.5, 69.6, -89.0}) {
    const Crs wgs84 = Crs::parse("EPSG:4326");
    const LocalPlane plane(wgs84, {23.5, latitude});
    const PlaneTransformer in(wgs84, plane);
    for (const double east : {0.0, 0.3, 1.5}) {  // degrees on the equator: 167 km
      for (const double north : {0.0, 0.4}) {
        const double lon = 23.5 + east / std::max(std::cos(latitude * 0.017453292519943295), 0.02);
        const Point a{lon, latitude + north}, b{lon + 0.002, latitude + north - 0.001};
        const double expected = geodesic_distance_m(wgs84.ellipsoid(), a, b);
        const double found = plane.metres(*in.find(a), *in.find(b));
        EXPECT_NEAR(found / expected, 1, 1e-8) << latitude << ' ' << east << ' ' << north;
      }
    }
  }
}

TEST(LocalPlane, AreasAreThoseOfTheEllipsoid) {
  for (const double latitude : {0.0, -30.03, 52.5, 69.6}) {
    const Crs wgs84 = Crs::parse("EPSG:4326");
    const LocalPlane plane(wgs84, {23.5, latitude});
    const PlaneTransformer in(wgs84, plane);
    for (const double east : {0.0, 0.3, 1.5}) {
      const double lon = 23.5 + east / std::cos(latitude * 0.017453292519943295), lat = latitude + 0.2;
      const Ring ring{{lon, lat},  // small, for edges of the plane are no geodesics
                      {lon + 0.0003, lat - 0.0001},
                      {lon + 0.0004, lat + 0.0002},
                      {lon, lat + 0.0001},
                      {lon, lat}};
      MultiPolygon shape{{{{}, {}}}};
      for (const Point& point : ring) shape.polygons[0].shell.push_back(*in.find(point));
      EXPECT_NEAR(plane.area_m2(shape) / geodesic_polygon_area_m2(wgs84.ellipsoid(), ring), 1, 5e-8)
          << latitude << ' ' << east;
      shape.polygons[0].holes.push_back(shape.polygons[0].shell);
      EXPECT_EQ(plane.area_m2(shape), 0);
    }
  }
}

TEST(LocalPlane, TheMiddleOfPlacesOnBothSidesOfTheAntimeridian) {
  const Point middle = middle_of(std::vector<Point>{{179, -17}, {-179, -17}});
  EXPECT_NEAR(std::abs(middle.x), 180, 1e-9);
  EXPECT_NEAR(middle.y, -17, 0.01);
}

TEST(LocalPlane, TakesLayersOfAnyCrs) {
  const LocalPlane plane(Crs::parse("EPSG:4674"), {-51.2, -30.03});
  const PlaneTransformer from_utm(Crs::parse("EPSG:31982"), plane), from_degrees(Crs::parse("EPSG:4674"), plane);
  const Transformer to_utm(Crs::parse("EPSG:4674"), Crs::parse("EPSG:31982"));
  const Point lonlat{-51.25, -30.1};
  const Point a = *from_utm.find(to_utm(lonlat)), b = *from_degrees.find(lonlat);
  EXPECT_NEAR(a.x, b.x, 1e-6);
  EXPECT_NEAR(a.y, b.y, 1e-6);
}

}  // namespace
}  // namespace urbiome
