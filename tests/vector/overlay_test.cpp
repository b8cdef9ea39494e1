#include "urbiome/vector/overlay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <thread>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"

namespace urbiome {
namespace {

Ring box_ring(double x, double y, double w, double h) {
  return {{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}};
}
MultiPolygon box(double x, double y, double w, double h) { return {{{box_ring(x, y, w, h), {}}}}; }

double signed_area(const Ring& ring) {
  double twice = 0;
  for (std::size_t i = 1; i < ring.size(); ++i) twice += ring[i - 1].x * ring[i].y - ring[i].x * ring[i - 1].y;
  return twice / 2;
}

void expect_oriented(const MultiPolygon& shape) {
  for (const Polygon& p : shape.polygons) {
    EXPECT_GT(signed_area(p.shell), 0);
    EXPECT_EQ(p.shell.front(), p.shell.back());
    for (const Ring& hole : p.holes) EXPECT_LT(signed_area(hole), 0);
  }
}

TEST(Overlay, sets_of_boxes) {
  const MultiPolygon a = box(0, 0, 4, 4), b = box(2, 1, 4, 2);
  EXPECT_DOUBLE_EQ(planar_area(intersection_of(a, b)), 4);
  EXPECT_DOUBLE_EQ(planar_area(difference_of(a, b)), 12);
  EXPECT_DOUBLE_EQ(planar_area(union_of(std::vector{a, b})), 20);
  const MultiPolygon ring = difference_of(a, box(1, 1, 2, 2));
  ASSERT_EQ(ring.polygons.size(), 1u);
  EXPECT_EQ(ring.polygons[0].holes.size(), 1u);
  EXPECT_DOUBLE_EQ(planar_area(ring), 12);
  for (const MultiPolygon& shape : {intersection_of(a, b), difference_of(a, b), ring}) expect_oriented(shape);
}

TEST(Overlay, empty_and_touching) {
  EXPECT_TRUE(union_of({}).empty());
  EXPECT_TRUE(intersection_of({}, box(0, 0, 1, 1)).empty());
  EXPECT_TRUE(intersection_of(box(0, 0, 1, 1), box(1, 0, 1, 1)).empty());  // a line is no polygon
  EXPECT_DOUBLE_EQ(planar_area(difference_of(box(0, 0, 1, 1), {})), 1);
  EXPECT_EQ(planar_area({}), 0);
}

TEST(Overlay, orientation_of_input_does_not_matter) {
  MultiPolygon a = box(0, 0, 4, 4);
  std::reverse(a.polygons[0].shell.begin(), a.polygons[0].shell.end());
  a.polygons[0].holes.push_back(box_ring(1, 1, 1, 1));
  EXPECT_DOUBLE_EQ(planar_area(a), 15);
  const MultiPolygon cut = intersection_of(a, box(0, 0, 4, 3));
  EXPECT_DOUBLE_EQ(planar_area(cut), 11);
  expect_oriented(cut);
}

TEST(Overlay, far_origins_cost_no_digits) { EXPECT_NEAR(planar_area(box(5e6, 9e6, 0.5, 0.25)), 0.125, 1e-12); }

TEST(Overlay, invalid_input_is_mended_where_needed) {
  const MultiPolygon bow{{{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}, {}}}};
  EXPECT_NEAR(planar_area(intersection_of(bow, box(0, 0, 2, 2))), 2, 1e-12);
  EXPECT_NEAR(planar_area(union_of(std::vector{bow, box(5, 5, 1, 1)})), 3, 1e-12);
}

// Groups of shapes apart are joined apart: the same ground as all at once, each polygon once, on threads or not.
TEST(Overlay, union_of_many_is_that_of_a_growing_one) {
  std::mt19937 random(4);
  std::uniform_real_distribution<double> place(0, 40), size(0.5, 4);
  for (const int count : {1, 2, 7, 60}) {
    std::vector<MultiPolygon> shapes;
    MultiPolygon grown;
    for (int i = 0; i < count; ++i) {
      shapes.push_back(box(place(random), place(random), size(random), size(random)));
      grown = union_of(std::vector{MultiPolygon{}, grown, shapes.back(), MultiPolygon{}});
    }
    const MultiPolygon joined = union_of(shapes);
    expect_oriented(joined);
    EXPECT_NEAR(planar_area(joined), planar_area(grown), 1e-9);
    EXPECT_EQ(joined.polygons.size(), grown.polygons.size());
    EXPECT_NEAR(planar_area(difference_of(joined, grown)) + planar_area(difference_of(grown, joined)), 0, 1e-9);
    EXPECT_NEAR(overlapping_area(std::vector{joined, joined}), planar_area(joined), 1e-9);
    const MultiPolygon again = union_of(shapes, [](std::int64_t n, const std::function<void(std::int64_t)>& body) {
      while (n > 0) body(--n);
    });
    ASSERT_EQ(again.polygons.size(), joined.polygons.size());
    for (std::size_t i = 0; i < joined.polygons.size(); ++i)
      EXPECT_EQ(again.polygons[i].shell, joined.polygons[i].shell);
  }
}

TEST(Overlay, ground_shared_by_two_or_more) {
  EXPECT_EQ(overlapping_area(std::vector{box(0, 0, 1, 1), box(1, 0, 1, 1), box(5, 5, 1, 1)}), 0);
  const std::vector shapes{box(0, 0, 2, 2), box(1, 0, 2, 2), box(1, 1, 2, 2)};
  // Shared: (1,0)-(2,2), (1,1)-(2,2) within it, (1,1)-(3,2): 2 + 2 - 1.
  EXPECT_NEAR(overlapping_area(shapes), 3, 1e-12);
  EXPECT_EQ(overlapping_area({}), 0);
  EXPECT_EQ(overlapping_area(std::vector{MultiPolygon{}, box(0, 0, 1, 1)}), 0);
}

TEST(Repaired, valid_comes_back_as_it_was) {
  MultiPolygon shape = box(0, 0, 4, 4);
  std::reverse(shape.polygons[0].shell.begin(), shape.polygons[0].shell.end());
  const Repair r = repaired(shape);
  EXPECT_FALSE(r.changed);
  EXPECT_EQ(r.shape.polygons[0].shell, shape.polygons[0].shell);
  EXPECT_TRUE(r.reason.empty());
}

TEST(Repaired, bow_tie) {
  const Repair r = repaired({{{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}, {}}}});
  EXPECT_TRUE(r.changed);
  EXPECT_EQ(r.shape.polygons.size(), 2u);
  EXPECT_NEAR(planar_area(r.shape), 2, 1e-12);
  EXPECT_NE(r.reason.find("Self-intersection at 1 1"), std::string::npos) << r.reason;
  expect_oriented(r.shape);
}

TEST(Repaired, nested_shells_cover_once) {
  MultiPolygon nested = box(0, 0, 4, 4);
  nested.polygons.push_back({box_ring(1, 1, 1, 1), {}});
  const Repair r = repaired(nested);
  EXPECT_TRUE(r.changed);
  EXPECT_NEAR(planar_area(r.shape), 16, 1e-12);
}

TEST(Repaired, hole_outside_and_collapsed_parts) {
  MultiPolygon shape = box(0, 0, 2, 2);
  shape.polygons[0].holes.push_back(box_ring(5, 5, 1, 1));
  shape.polygons.push_back({{{9, 9}, {9, 9}, {9, 9}, {9, 9}}, {}});
  shape.polygons.push_back({{{3, 3}, {4, 4}}, {}});
  const Repair r = repaired(shape);
  EXPECT_TRUE(r.changed);
  ASSERT_FALSE(r.shape.empty());
  EXPECT_FALSE(repaired(r.shape).changed);
  const Repair line = repaired({{{{{0, 0}, {1, 1}, {0, 0}}, {}}}});
  EXPECT_TRUE(line.changed);
  EXPECT_TRUE(line.shape.empty());
  EXPECT_TRUE(repaired({}).shape.empty());
}

TEST(Repaired, refuses_what_is_no_number) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, inf, -inf}) {
    MultiPolygon shape = box(0, 0, 1, 1);
    shape.polygons[0].shell[2].x = bad;
    EXPECT_THROW(repaired(shape), Error);
    EXPECT_THROW(union_of(std::vector{shape}), Error);
    EXPECT_THROW(intersection_of(shape, box(0, 0, 1, 1)), Error);
    EXPECT_THROW(difference_of(box(0, 0, 1, 1), shape), Error);
  }
}

TEST(Wkt, reads_polygons_only) {
  EXPECT_NEAR(planar_area(polygons_from_wkt("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 2,1 1))")), 15, 1e-12);
  EXPECT_EQ(
      polygons_from_wkt("MULTIPOLYGON Z (((0 0 1,1 0 1,1 1 1,0 0 1)),((5 5 1,6 5 1,6 6 1,5 5 1)))").polygons.size(),
      2u);
  EXPECT_TRUE(polygons_from_wkt("POLYGON EMPTY").empty());
  for (const char* bad :
       {"", "POINT(1 1)", "LINESTRING(0 0,1 1)", "POLYGON((0 0,1 1", "POLYGON((0 0,1 0,1 1,5 5))",
        "GEOMETRYCOLLECTION(POINT(0 0))", "POLYGON((0 0,nan 0,1 1,0 0))", "POLYGON((0 0,1e999 0,1 1,0 0))"}) {
    EXPECT_THROW(polygons_from_wkt(bad), Error) << bad;
  }
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "GEOMETRYCOLLECTION(";
  EXPECT_THROW(polygons_from_wkt(deep), Error);
}

MultiPolygon squares(std::initializer_list<Point> corners) {  // of side 1
  MultiPolygon all;
  for (const Point& p : corners) all.polygons.push_back(rectangle({p.x, p.y, p.x + 1, p.y + 1}).polygons[0]);
  return all;
}

TEST(GroupsWithin, touching_corners_and_gaps) {
  using Numbers = std::vector<std::uint32_t>;
  // Side by side, corner to corner, 0.5 apart, and 1 apart across a corner (the root of 2 away).
  const MultiPolygon shapes = squares({{0, 0}, {10, 0}, {1, 1}, {1, 2}, {2.5, 2}, {4.5, 4}});
  EXPECT_EQ(groups_within(shapes, 0), (Numbers{0, 1, 0, 0, 2, 3}));
  EXPECT_EQ(groups_within(shapes, 0.5), (Numbers{0, 1, 0, 0, 0, 2}));
  EXPECT_EQ(groups_within(shapes, 1.41), (Numbers{0, 1, 0, 0, 0, 2}));
  EXPECT_EQ(groups_within(shapes, 1.42), (Numbers{0, 1, 0, 0, 0, 0}));
  EXPECT_TRUE(groups_within({}, 3).empty());
}

TEST(GroupsWithin, a_polygon_in_a_hole_is_apart) {
  MultiPolygon shapes = rectangle({0, 0, 10, 10});
  shapes.polygons[0].holes.push_back(rectangle({2, 2, 8, 8}).polygons[0].shell);
  shapes.polygons.push_back(rectangle({4, 4, 6, 6}).polygons[0]);
  EXPECT_EQ(groups_within(shapes, 1.9), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(groups_within(shapes, 2), (std::vector<std::uint32_t>{0, 0}));
}

TEST(Overlay, threads_agree) {
  std::vector<MultiPolygon> results(4);
  std::vector<std::thread> threads;
  for (MultiPolygon& result : results) {
    threads.emplace_back([&result] {
      for (int i = 0; i < 50; ++i)
        result = union_of(std::vector{box(0, 0, 3, 3), box(1, 1, 3, 3), box(0.3, 2.7, 1, 5)});
      EXPECT_THROW(polygons_from_wkt("POLYGON(("), Error);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const MultiPolygon& result : results) EXPECT_EQ(result.polygons[0].shell, results[0].polygons[0].shell);
}

TEST(Overlay, StopsWithinAUnionOnRequest) {
  std::vector<MultiPolygon> circles;
  for (int i = 0; i < 900; ++i) {
    Ring ring;
    for (int k = 0; k < 120; ++k) {
      const double turn = 2 * M_PI * k / 120 + i;
      ring.push_back({i % 30 + 1.7 * std::cos(turn), i / 30 + 1.7 * std::sin(turn)});
    }
    ring.push_back(ring.front());
    circles.push_back({{{ring, {}}}});
  }
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const MultiPolygon joined = union_of(circles);
  const auto in_full = Clock::now() - start;
  CancelToken token;
  token.cancel();
  {
    const CancelScope scope(&token);
    const auto again = Clock::now();
    try {
      union_of(circles);
      ADD_FAILURE() << "went on";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
    EXPECT_LT(Clock::now() - again, in_full / 2);
  }
  EXPECT_EQ(union_of(circles).polygons[0].shell, joined.polygons[0].shell);
}

}  // namespace
}  // namespace urbiome
