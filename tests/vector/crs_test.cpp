#include "urbiome/vector/crs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

const char* const kEsriUtm =
    R"(PROJCS["WGS_1984_UTM_Zone_25S",GEOGCS["GCS_WGS_1984",)"
    R"(DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],)"
    R"(UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],)"
    R"(PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],)"
    R"(PARAMETER["Central_Meridian",-33.0],PARAMETER["Scale_Factor",0.9996],)"
    R"(PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]])";

const char* const kLocalTowgs84 =
    R"(GEOGCS["Home",DATUM["Home datum",SPHEROID["Bessel 1841",6377397.155,299.1528128],TOWGS84[500,100,400,0,0,0,0]],)"
    R"(PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]])";

MultiPolygon box(double x, double y, double w, double h) {
  return {{{{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}}, {}}}};
}

TEST(Crs, tells_what_it_is) {
  const Crs wgs84 = Crs::parse("EPSG:4326"), utm = Crs::parse("EPSG:31985");
  EXPECT_TRUE(wgs84.is_geographic());
  EXPECT_FALSE(wgs84.is_projected());
  EXPECT_EQ(wgs84.id(), "EPSG:4326");
  EXPECT_EQ(wgs84.name(), "WGS 84");
  EXPECT_DOUBLE_EQ(wgs84.ellipsoid().a, 6378137);
  EXPECT_DOUBLE_EQ(wgs84.ellipsoid().inverse_flattening, 298.257223563);
  EXPECT_TRUE(utm.is_projected());
  EXPECT_EQ(utm.id(), "EPSG:31985");
  EXPECT_EQ(utm.unit_to_metre(), 1);
  EXPECT_EQ(utm.geographic().id(), "EPSG:4674");
  EXPECT_TRUE(Crs::parse(utm.wkt()).same_as(utm));
  EXPECT_FALSE(Crs().is_geographic() || Crs().is_projected());
}

TEST(Crs, equal_area_about_a_place) {
  const Crs base = Crs::parse("EPSG:4674");
  const Crs plane = Crs::equal_area_about(base, {-51.21, -30.03});
  EXPECT_TRUE(plane.is_projected());
  EXPECT_EQ(plane.name(), "SIRGAS 2000 / equal area about 30.03 S, 51.21 W");
  EXPECT_EQ(plane.unit_to_metre(), 1);
  EXPECT_TRUE(plane.geographic().same_as(base));
  EXPECT_TRUE(Crs::parse(plane.wkt()).same_as(plane));
  const Transformer to_plane(base, plane);
  const Point middle = to_plane({-51.21, -30.03}), north = to_plane({-51.21, -29.93});
  EXPECT_NEAR(middle.x, 0, 1e-6);
  EXPECT_NEAR(middle.y, 0, 1e-6);
  // A tenth of a degree of the meridian: by the radius of curvature a (1 - e2) / (1 - e2 sin2 lat)^1.5 at 29.98 S.
  EXPECT_NEAR(north.y, 11085.21, 0.01);
  EXPECT_NEAR(north.x, 0, 1e-6);
  EXPECT_LT(linear_distortion(plane, {100'000, 0}), 1.0 / 25'000);
}

TEST(Crs, units_of_feet) {
  EXPECT_NEAR(Crs::parse("EPSG:2232").unit_to_metre(), 1200.0 / 3937, 1e-12);
  EXPECT_EQ(Crs::parse("+proj=sinu +R=6371007.181").ellipsoid().inverse_flattening, 0);
}

TEST(Crs, many_ways_of_writing) {
  EXPECT_EQ(Crs::parse(kEsriUtm).id(), "EPSG:32725");
  EXPECT_TRUE(Crs::parse(kEsriUtm).same_as(Crs::parse("EPSG:32725")));
  EXPECT_TRUE(Crs::parse("+proj=utm +zone=25 +south +datum=WGS84").same_as(Crs::parse("EPSG:32725")));
  EXPECT_TRUE(Crs::parse("OGC:CRS84").same_as(Crs::parse("EPSG:4326")));
  EXPECT_TRUE(Crs::parse("  +init=epsg:2326 ").same_as(Crs::parse("EPSG:2326")));  // northing first in the register
  EXPECT_FALSE(Crs::parse("EPSG:32725").same_as(Crs::parse("EPSG:32724")));
  EXPECT_FALSE(Crs::parse("EPSG:4326").same_as(Crs::parse("EPSG:4674")));
  EXPECT_FALSE(Crs::parse("EPSG:4326").same_as(Crs::parse("EPSG:3857")));
}

TEST(Crs, compound_bound_and_three_dimensional) {
  EXPECT_EQ(Crs::parse("EPSG:7415").id(), "EPSG:28992");  // RD + NAP height
  EXPECT_TRUE(Crs::parse("EPSG:4979").is_geographic());
  const Crs bound = Crs::parse("+proj=utm +zone=25 +south +ellps=intl +towgs84=-206,172,-6");
  EXPECT_TRUE(bound.is_projected());
  // Nothing but the text knows this shift: it must be used.
  const Crs home = Crs::parse(kLocalTowgs84);
  EXPECT_TRUE(home.is_geographic());
  const Point moved = Transformer(home, Crs::parse("EPSG:4326"))({10, 50});
  EXPECT_GT(std::hypot(moved.x - 10, moved.y - 50), 1e-4);
}

TEST(Crs, refuses_what_cannot_place_a_map) {
  for (const char* bad :
       {"EPSG:4978", "EPSG:5773", "EPSG:4807", "EPSG:9999999", "", "   ", "hello", "EPSG:", "PROJCS[",
        "GEOGCS[\"x\",DATUM[\"y\",SPHEROID[\"z\",-1,0]],"
        "PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]",
        "+proj=nonsense", "+proj=pipeline +step +proj=utm +zone=3", "{\"type\":\"GeographicCRS\"}",
        "+proj=ob_tran +o_proj=longlat +o_lat_p=39 +lon_0=18", "LOCAL_CS[\"plan\",UNIT[\"metre\",1]]"}) {
    EXPECT_THROW(Crs::parse(bad), Error) << bad;
  }
}

TEST(Crs, survives_hostile_text) {
  std::string deep = "PROJCS";
  for (int i = 0; i < 100000; ++i) deep += "[A";
  EXPECT_THROW(Crs::parse(deep), Error);
  EXPECT_THROW(Crs::parse(std::string(5 << 20, 'x')), Error);
  EXPECT_THROW(Crs::parse(std::string("EPSG:4326\0x", 11)), Error);
  EXPECT_THROW(Crs::parse(std::string(200000, '{')), Error);
  const std::string whole = kEsriUtm;
  for (std::size_t cut = 1; cut < whole.size(); cut += 7) {
    try {
      Crs::parse(whole.substr(0, cut));
    } catch (const Error&) {
    }
  }
}

TEST(Transformer, x_is_always_east) {
  const Crs wgs84 = Crs::parse("EPSG:4326");
  const Point mercator = Transformer(wgs84, Crs::parse("EPSG:3857"))({10, 0});
  EXPECT_NEAR(mercator.x, 1113194.9079327357, 1e-6);
  EXPECT_NEAR(mercator.y, 0, 1e-6);
  // Hong Kong 1980: the register has northing first; the origin is at 22 18 43.68 N 114 10 42.80 E on its own datum.
  const Crs hong_kong = Crs::parse("EPSG:2326");
  const Point origin =
      Transformer(hong_kong.geographic(), hong_kong)({114 + 10 / 60.0 + 42.80 / 3600, 22 + 18 / 60.0 + 43.68 / 3600});
  EXPECT_NEAR(origin.x, 836694.05, 1e-3);
  EXPECT_NEAR(origin.y, 819069.80, 1e-3);
  const Point laea = Transformer(Crs::parse("EPSG:4258"), Crs::parse("EPSG:3035"))({10, 52});
  EXPECT_NEAR(laea.x, 4321000, 1e-4);
  EXPECT_NEAR(laea.y, 3210000, 1e-4);
}

TEST(Transformer, tells_what_it_does) {
  const Transformer same(Crs::parse("EPSG:4326"), Crs::parse("OGC:CRS84"));
  EXPECT_TRUE(same.identity());
  EXPECT_EQ(same.accuracy_m(), 0);
  EXPECT_EQ(same({1, 2}), (Point{1, 2}));
  const Transformer utm(Crs::parse("EPSG:4674"), Crs::parse("EPSG:31985"));
  EXPECT_FALSE(utm.identity());
  EXPECT_NE(utm.operation().find("UTM zone 25S"), std::string::npos) << utm.operation();
  EXPECT_EQ(utm.accuracy_m(), 0);
  const Transformer ballpark(Crs::parse("+proj=longlat +ellps=bessel"), Crs::parse("EPSG:4326"));
  ballpark({10, 50});
  EXPECT_FALSE(ballpark.accuracy_m().has_value());
  EXPECT_NE(ballpark.operation().find("Ballpark"), std::string::npos) << ballpark.operation();
}

TEST(Transformer, refuses_points_out_of_reach) {
  const Transformer t(Crs::parse("EPSG:4326"), Crs::parse("EPSG:3857"));
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const Point& bad : {Point{nan, 1}, Point{1, inf}, Point{0, 91}, Point{0, 1e300}}) {
    EXPECT_THROW(t(bad), Error) << bad.x << ' ' << bad.y;
    EXPECT_FALSE(t.find(bad).has_value());
  }
  EXPECT_NO_THROW(t({1, 1}));
  EXPECT_THROW(Transformer(Crs(), Crs::parse("EPSG:4326")), Error);
  EXPECT_THROW(t.transform(box(0, 0, 1, 95), 1), Error);
  EXPECT_THROW(t.transform(box(0, 0, 1, 1), 0), Error);
}

double distance_to_path(const Point& p, const Ring& path) {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < path.size(); ++i) {
    const double dx = path[i].x - path[i - 1].x, dy = path[i].y - path[i - 1].y;
    const double t =
        std::clamp(((p.x - path[i - 1].x) * dx + (p.y - path[i - 1].y) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
    best = std::min(best, std::hypot(p.x - path[i - 1].x - t * dx, p.y - path[i - 1].y - t * dy));
  }
  return best;
}

TEST(Transform, keeps_the_tolerance) {
  const Crs wgs84 = Crs::parse("EPSG:4326");
  for (const char* target : {"EPSG:32633", "EPSG:3035", "EPSG:3857", "EPSG:3413"}) {
    const Transformer t(wgs84, Crs::parse(target));
    const Point corner{14, 48};
    const MultiPolygon shape{{{{corner, {17, 48}, {16.3, 51}, corner}, {}}}};
    const Ring ring = t.transform(shape, 0.05).polygons[0].shell;
    EXPECT_EQ(ring.front(), ring.back());
    const Ring& in = shape.polygons[0].shell;
    for (std::size_t edge = 1; edge < in.size(); ++edge) {
      for (int i = 0; i <= 500; ++i) {
        const double f = i / 500.0;
        const Point p{in[edge - 1].x + f * (in[edge].x - in[edge - 1].x),
                      in[edge - 1].y + f * (in[edge].y - in[edge - 1].y)};
        ASSERT_LE(distance_to_path(t(p), ring), 0.0501) << target << ' ' << p.x << ' ' << p.y;
      }
    }
    EXPECT_LT(ring.size(), 5000u);
  }
}

TEST(Transform, an_edge_that_bends_both_ways_is_cut) {
  // Symmetric about the equator on UTM's central meridian: its middle lies on the chord, its quarters do not.
  const Transformer t(Crs::parse("EPSG:4326"), Crs::parse("EPSG:32631"));
  const Ring ring = t.transform({{{{{0, -3}, {6, 3}, {0, 3}, {0, -3}}, {}}}}, 0.01).polygons[0].shell;
  EXPECT_LE(distance_to_path(t({1.5, -1.5}), ring), 0.0101);
}

TEST(Transform, shared_edges_are_cut_alike) {
  const Transformer t(Crs::parse("EPSG:4326"), Crs::parse("EPSG:32633"));
  const Ring left = t.transform({{{{{14, 48}, {15.123, 48.7}, {14, 49}, {14, 48}}, {}}}}, 0.01).polygons[0].shell;
  const Ring right =
      t.transform({{{{{15.123, 48.7}, {14, 48}, {16, 48}, {15.123, 48.7}}, {}}}}, 0.01).polygons[0].shell;
  const auto end = std::find(left.begin() + 1, left.end(), t({15.123, 48.7}));
  ASSERT_NE(end, left.end());
  Ring edge(left.begin(), end + 1);
  std::reverse(edge.begin(), edge.end());
  ASSERT_GT(edge.size(), 10u);
  ASSERT_GE(right.size(), edge.size());
  EXPECT_TRUE(std::equal(edge.begin(), edge.end(), right.begin()));
}

TEST(Transform, antimeridian_stays_in_one_piece) {
  // A square of 100 km on the antimeridian in Fiji's map grid.
  const Crs fiji = Crs::parse("EPSG:3460");
  const Point middle = Transformer(fiji.geographic(), fiji)({180, -17});
  const Transformer out(fiji, Crs::parse("EPSG:4326"));
  MultiPolygon square = box(middle.x - 50e3, middle.y - 50e3, 100e3, 100e3);
  square.polygons[0].holes.push_back(box(middle.x + 10e3, middle.y, 1e3, 1e3).polygons[0].shell);
  const MultiPolygon there = out.transform(square, 1e-6);
  const Box extent = bounds(there);
  EXPECT_NEAR(extent.xmax - extent.xmin, 0.94, 0.02);
  for (const Point& p : there.polygons[0].holes[0]) EXPECT_TRUE(p.x > extent.xmin && p.x < extent.xmax);
  // A ring that a file wrote with a jump is the same ring.
  const Transformer in(Crs::parse("EPSG:4326"), fiji);
  const MultiPolygon jumping{{{{{179.5, -17}, {-179.5, -17}, {-179.5, -16}, {179.5, -16}, {179.5, -17}}, {}}}};
  const MultiPolygon smooth = box(179.5, -17, 1, 1);
  const Box a = bounds(in.transform(jumping, 1)), b = bounds(in.transform(smooth, 1));
  EXPECT_NEAR(a.xmin, b.xmin, 1e-6);
  EXPECT_NEAR(a.xmax, b.xmax, 1e-6);
  EXPECT_NEAR(a.xmax - a.xmin, 106e3, 2e3);
}

TEST(Transform, round_a_pole) {
  const Transformer t(Crs::parse("EPSG:3413"), Crs::parse("EPSG:4326"));
  const Ring ring = t.transform(box(-100e3, -120e3, 200e3, 250e3), 1e-3).polygons[0].shell;
  Box extent;
  for (const Point& p : ring) extent.include(p);
  EXPECT_NEAR(extent.xmax - extent.xmin, 360, 1e-9);
  EXPECT_EQ(extent.ymax, 90);
  EXPECT_EQ(ring.front(), ring.back());
}

TEST(Transform, a_torn_outline_is_refused) {
  // The map of the world is cut open along the antimeridian.
  const Transformer t(Crs::parse("EPSG:4326"), Crs::parse("ESRI:54009"));
  EXPECT_THROW(t.transform(box(170, -10, 20, 25), 1), Error);
  EXPECT_NO_THROW(t.transform(box(150, -10, 20, 25), 1));
}

TEST(LinearDistortion, of_known_projections) {
  const Crs utm = Crs::parse("EPSG:32633");
  EXPECT_NEAR(linear_distortion(utm, {500000, 5300000}), 1 / 0.9996 - 1, 1e-9);
  EXPECT_LT(linear_distortion(utm, {700000, 5300000}), 0.001);
  const Crs mercator = Crs::parse("EPSG:3857");
  const Point at60 = Transformer(Crs::parse("EPSG:4326"), mercator)({10, 60});
  EXPECT_NEAR(linear_distortion(mercator, at60), 0.5, 0.002);
  EXPECT_LT(linear_distortion(Crs::parse("EPSG:2232"), {3220000, 1710000}), 0.001);  // feet are no distortion
  EXPECT_GT(linear_distortion(Crs::parse("ESRI:54009"), {9e6, 5e6}), 0.3);
  EXPECT_NEAR(linear_distortion(Crs::parse("+proj=stere +lat_0=90 +k=0.994 +ellps=WGS84"), {0, 0}), 1 / 0.994 - 1,
              1e-9);
  EXPECT_EQ(linear_distortion(Crs::parse("EPSG:4326"), {10, 60}), 0);
  EXPECT_THROW(linear_distortion(Crs::parse("ESRI:54009"), {18e6, 9e6}), Error);
  EXPECT_THROW(linear_distortion(utm, {std::nan(""), 0}), Error);
}

TEST(Crs, is_shared_between_threads) {
  const Crs wgs84 = Crs::parse("EPSG:4326"), utm = Crs::parse("EPSG:32633");
  const Point expected = Transformer(wgs84, utm)({15.5, 48});
  std::vector<std::thread> threads;
  std::vector<Point> found(4);
  for (Point& result : found) {
    threads.emplace_back([&result, wgs84, utm] {
      for (int i = 0; i < 5; ++i) {
        const Crs copy = utm;
        EXPECT_TRUE(copy.same_as(Crs::parse("EPSG:32633")));
        result = Transformer(wgs84, copy)({15.5, 48});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Point& p : found) EXPECT_EQ(p, expected);
}

}  // namespace
}  // namespace urbiome
