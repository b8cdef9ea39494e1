// Nearness to polygons, for cells and for points, against the distance to every place of every edge.
#include <gtest/gtest.h>

#include <tuple>

#include "slow_facts.h"
#include "urbiome/facts/near_shapes.h"

namespace urbiome::slow {
namespace {

// Shortest way to an edge that is straight in the CRS.
double to_edge(const SlowFacts& slow, const Point& p, const Point& a, const Point& b) {
  const auto at = [&](double t) { return Point{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)}; };
  double low = 0, high = 1;
  for (int i = 0; i < 45; ++i) {
    const double left = low + (high - low) / 3, right = high - (high - low) / 3;
    if (slow.ground(p, at(left)) < slow.ground(p, at(right)))
      high = right;
    else
      low = left;
  }
  return std::min({slow.ground(p, at((low + high) / 2)), slow.ground(p, a), slow.ground(p, b)});
}

// On a plane laid on the point; good to a thousandth, so that only the nearest edges need the slow way.
double roughly(const Place& place, const Point& p, const Point& a, const Point& b) {
  const double up = place.geographic ? 111e3 : 1,
               across = place.geographic ? up * std::cos(p.y * 3.14159265358979 / 180) : 1;
  const auto flat = [&](const Point& q) { return Point{(q.x - p.x) * across, (q.y - p.y) * up}; };
  return reference::outline_distance({{Polygon{{flat(a), flat(b)}, {}}}}, {0, 0});
}

double to_outline(const Place& place, const SlowFacts& slow, const MultiPolygon& shape, const Point& p) {
  std::vector<std::tuple<double, Point, Point>> edges;
  const auto visit = [&](const Ring& ring) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i)
      edges.emplace_back(roughly(place, p, ring[i], ring[i + 1]), ring[i], ring[i + 1]);
  };
  for (const Polygon& polygon : shape.polygons) {
    visit(polygon.shell);
    for (const Ring& hole : polygon.holes) visit(hole);
  }
  double least = INFINITY, nearest = INFINITY;
  for (const auto& [rough, a, b] : edges) least = std::min(least, rough);
  for (const auto& [rough, a, b] : edges) {
    if (rough <= 1.1 * least + 0.1) nearest = std::min(nearest, to_edge(slow, p, a, b));
  }
  return nearest;
}

// Fails where the answer differs and the distance is not within a hair of the limit.
void expect_answer(bool near, const Place& place, const SlowFacts& slow, const MultiPolygon& shape, const Point& p,
                   double limit) {
  const double distance = to_outline(place, slow, shape, p);
  if (std::abs(distance - limit) < 1e-4) return;
  const bool wanted = reference::contains(shape, p) || distance <= limit;
  EXPECT_EQ(near, wanted) << distance << " m, limit " << limit << ", at " << p.x << " " << p.y;
}

void hold(const Place& place, const MultiPolygon& shape, double limit, std::mt19937& random) {
  SCOPED_TRACE(testing::Message() << "grid at " << place.grid.x0 << " " << place.grid.y0 << ", limit " << limit);
  const Landscape landscape = landscape_of(place);
  const SlowFacts slow(place);
  const NearShapes near(shape, landscape, limit);
  std::vector<char> marked(static_cast<std::size_t>(slow.cells()), 0);
  const RunTable cells_near = near.cells_near(0, place.grid.height);
  ASSERT_EQ(cells_near.rows(), place.grid.height);
  for (std::int64_t row = 0; row < place.grid.height; ++row) {
    for (const Run& run : cells_near.of_row(row)) {
      for (int col = run.begin; col < run.end; ++col)
        marked[static_cast<std::size_t>(row * place.grid.width + col)] = 1;
    }
  }
  for (int cell = 0; cell < slow.cells(); ++cell) {
    expect_answer(marked[static_cast<std::size_t>(cell)] != 0, place, slow, shape, slow.centre(cell), limit);
  }
  std::uniform_real_distribution<double> col(0, static_cast<double>(place.grid.width)),
      row(0, static_cast<double>(place.grid.height));
  for (int i = 0; i < 40; ++i) {
    const Point p{place.grid.x_of(col(random)), place.grid.y_of(row(random))};
    expect_answer(near.near(p), place, slow, shape, p, limit);
  }
}

TEST(NearShapesFact, AgreesWithTheDistanceToEveryEdge) {
  std::mt19937 random(6);
  for (const Place& place : places()) {
    const double side = std::sqrt(SlowFacts(place).area_m2(0));
    for (const double limit : {0.3, 1.1, 3.7}) {
      hold(place, place.zones[1], limit * side, random);  // with a hole
      hold(place, place.zones[2], limit * side, random);
    }
  }
}

// Edges of kilometres, which on the ellipsoid bend away from chords, and reach over cells from outside the grid.
TEST(NearShapesFact, AgreesForLongEdges) {
  std::mt19937 random(7);
  for (Place place : places()) {
    place.grid.dx *= 20, place.grid.dy *= 20;
    const Grid& g = place.grid;
    const MultiPolygon long_ones = {{Polygon{
        {{g.x_of(-9), g.y_of(7.2)}, {g.x_of(30), g.y_of(6.9)}, {g.x_of(8), g.y_of(4.1)}, {g.x_of(-9), g.y_of(7.2)}},
        {}}}};
    place.zones = {long_ones};
    for (const double metres : {40.0, 300.0, 2000.0}) hold(place, long_ones, metres, random);
  }
}

// A limit a tenth of a millimetre longer or shorter than the true distance decides.
TEST(NearShapesFact, TheLimitIsSharp) {
  std::mt19937 random(12);
  for (const Place& place : places()) {
    const Landscape landscape = landscape_of(place);
    const SlowFacts slow(place);
    const MultiPolygon& shape = place.zones[1];
    for (int i = 0; i < 60; ++i) {
      const int cell = static_cast<int>(random() % static_cast<unsigned>(slow.cells()));
      const Point p = slow.centre(cell);
      if (reference::contains(shape, p)) continue;
      const double distance = to_outline(place, slow, shape, p);
      if (distance < 1e-3) continue;
      for (const double more : {-1e-4, 1e-4}) {
        const NearShapes near(shape, landscape, distance + more);
        const RunTable near_cells = near.cells_near(slow.row(cell), slow.row(cell) + 1);
        const auto runs = near_cells.of_row(0);
        const bool marked = std::any_of(runs.begin(), runs.end(), [&](const auto& run) {
          return run.begin <= slow.col(cell) && slow.col(cell) < run.end;
        });
        EXPECT_EQ(near.near(p), more > 0) << distance << " m at " << p.x << " " << p.y;
        EXPECT_EQ(marked, more > 0) << distance << " m at " << p.x << " " << p.y;
      }
    }
  }
}

TEST(NearShapesFact, NoShapeIsNearNothing) {
  const Place place = places().front();
  const Landscape landscape = landscape_of(place);
  const NearShapes near({}, landscape, 300);
  EXPECT_TRUE(near.cells_near(0, place.grid.height).runs.empty());
  EXPECT_FALSE(near.near({5, -5}));
}

}  // namespace
}  // namespace urbiome::slow
