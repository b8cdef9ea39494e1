#include "urbiome/facts/polygon_distance.h"

#include <gtest/gtest.h>

#include "facts/surroundings.h"
#include "reference/distance_reference.h"
#include "urbiome/kernel/near.h"

namespace urbiome {
namespace {

// A star with a hole, a far triangle, and one beyond the grid.
MultiPolygon shapes(double x, double y, double size) {
  std::mt19937 random(5);
  const auto star = [&](double cx, double cy, double radius, int corners) {
    Ring ring;
    for (int i = 0; i < corners; ++i) {
      const double angle = 2 * M_PI * i / corners, r = radius * (0.6 + 0.4 * static_cast<double>(random() % 100) / 100);
      ring.push_back({cx + r * std::cos(angle), cy + r * std::sin(angle)});
    }
    ring.push_back(ring.front());
    return ring;
  };
  return {
      {{star(x + 0.4 * size, y - 0.4 * size, 0.2 * size, 40), {star(x + 0.4 * size, y - 0.4 * size, 0.06 * size, 12)}},
       {star(x + 0.9 * size, y - 0.1 * size, 0.05 * size, 3), {}},
       {star(x + 1.3 * size, y - 0.5 * size, 0.1 * size, 5), {}}}};
}

template <class Distance>
double to_outline(const MultiPolygon& shape, const Point& p, const Distance& distance) {
  double least = kNoLimit;
  const auto ring_distance = [&](const Ring& ring) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) least = std::min(least, distance(p, ring[i], ring[i + 1]));
  };
  for (const Polygon& polygon : shape.polygons) {
    ring_distance(polygon.shell);
    for (const Ring& hole : polygon.holes) ring_distance(hole);
  }
  return least;
}

TEST(PolygonDistance, IsToTheNearestSide) {
  const Grid grid{1000, 2000, 4, 6, 75, 50};
  const GridMetric metric = GridMetric::planar(grid, 0.5);
  const MultiPolygon shape = shapes(1000, 2000, 300);
  for (const double largest : {kNoLimit, 20.0, 0.0}) {
    test::for_all_executions([&](Executor& executor) {
      const PolygonDistanceMap map(shape, grid, metric, largest, executor);
      const auto found = test::collected<double>(map, executor, grid);
      for (std::int64_t i = 0; i < grid.cells(); ++i) {
        const Point p{grid.x_of(static_cast<double>(i % grid.width) + 0.5),
                      grid.y_of(static_cast<double>(i / grid.width) + 0.5)};
        const double expected = contains(shape, p) ? 0 : 0.5 * to_outline(shape, p, segment_distance);
        const double d = found[static_cast<std::size_t>(i)];
        if (expected <= largest)
          ASSERT_NEAR(d, expected, 1e-11) << i;
        else
          ASSERT_TRUE(std::isnan(d)) << i << ": " << d;
      }
    });
  }
}

// Along geodesics to places a decimetre apart on every edge.
TEST(PolygonDistance, IsInMetresOnLatLonGrids) {
  const Grid grid{20, 59.3, 3e-4, 1.5e-4, 30, 40};
  const GridMetric metric = GridMetric::geographic(grid, Ellipsoid{});
  const MultiPolygon shape = shapes(20, 59.3, 0.006);
  const auto geodesic = [](const Point& p, const Point& a, const Point& b) {
    double low = 0, high = 1;
    const auto at = [&](double t) {
      return geodesic_distance_m(Ellipsoid{}, p, {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    };
    for (int i = 0; i < 60; ++i) {  // distances along an edge fall, then rise
      const double one = low + (high - low) / 3, two = high - (high - low) / 3;
      (at(one) < at(two) ? high : low) = at(one) < at(two) ? two : one;
    }
    return at((low + high) / 2);
  };
  Executor executor({.threads = 2, .memory_bytes = 0, .tile_size = 0, .cancel = nullptr, .progress = {}});
  const PolygonDistanceMap map(shape, grid, metric, kNoLimit, executor);
  const auto found = test::collected<double>(map, executor, grid);
  for (std::int64_t i = 0; i < grid.cells(); i += 7) {
    const Point p{grid.x_of(static_cast<double>(i % grid.width) + 0.5),
                  grid.y_of(static_cast<double>(i / grid.width) + 0.5)};
    const double expected = contains(shape, p) ? 0 : to_outline(shape, p, geodesic);
    ASSERT_NEAR(found[static_cast<std::size_t>(i)], expected, 1e-4) << i;
  }
}

TEST(PolygonDistance, ByCentresIsToTheCoveredCells) {
  const Grid grid{1000, 2000, 4, 6, 75, 50};
  const MultiPolygon shape = shapes(1000, 2000, 300);
  reference::CellMap map{50, 75, {}};
  for (std::int64_t i = 0; i < grid.cells(); ++i) {
    const Point p{grid.x_of(static_cast<double>(i % grid.width) + 0.5),
                  grid.y_of(static_cast<double>(i / grid.width) + 0.5)};
    map.cells.push_back(contains(shape, p) ? 1 : 0);
  }
  const auto expected = reference::distances_one_by_one(map, 4, 6, false, kNoLimit);
  const auto source = covered_cells(shape, grid);
  const GridMetric metric = GridMetric::planar(grid, 1);
  ClassSet covered{};
  covered[1] = true;
  test::for_all_executions([&](Executor& executor) {
    const DistanceMap distances(*source, metric, {covered, DistanceMeasure::centre, kNoLimit}, executor);
    ASSERT_EQ(test::collected<double>(distances, executor, grid), expected);
  });
}

}  // namespace
}  // namespace urbiome
