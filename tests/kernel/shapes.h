// Polygons for tests: boxes, random stars with holes, and a mesh of triangles that tiles a rectangle.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "urbiome/vector/geometry.h"

namespace urbiome::shapes {

inline Ring box_ring(double xmin, double ymin, double xmax, double ymax) {
  return {{xmin, ymin}, {xmax, ymin}, {xmax, ymax}, {xmin, ymax}, {xmin, ymin}};
}

inline MultiPolygon box(double xmin, double ymin, double xmax, double ymax) {
  return {{{box_ring(xmin, ymin, xmax, ymax), {}}}};
}

// Seen from its centre every side of a star is visible, so it is valid; the hole is the star shrunk, either way round.
inline MultiPolygon random_star(std::mt19937& random, Point centre, double radius, int corners, bool hole) {
  std::uniform_real_distribution<double> far(0.3, 1);
  Ring shell, inner;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * 3.14159265358979 * i / corners, r = radius * far(random);
    const Point arm{r * std::cos(angle), r * std::sin(angle)};
    shell.push_back({centre.x + arm.x, centre.y + arm.y});
    inner.push_back({centre.x + 0.4 * arm.x, centre.y + 0.4 * arm.y});
  }
  shell.push_back(shell.front());
  inner.push_back(inner.front());
  if (random() % 2) std::reverse(shell.begin(), shell.end());
  if (random() % 2) std::reverse(inner.begin(), inner.end());
  Polygon polygon{shell, {}};
  if (hole) polygon.holes.push_back(inner);
  return {{polygon}};
}

// n x n shaken quadrangles over the box, each cut in two triangles of either orientation. `step` > 0 puts the corners
// on multiples of it, so that many lie on cell sides and centres.
inline std::vector<MultiPolygon> mesh(std::mt19937& random, const Box& box, int n, double step) {
  std::uniform_real_distribution<double> shake(-0.24, 0.24);
  const double dx = (box.xmax - box.xmin) / n, dy = (box.ymax - box.ymin) / n;
  const auto on_step = [&](double value) { return step > 0 ? std::round(value / step) * step : value; };
  std::vector<Point> corners;
  for (int j = 0; j <= n; ++j) {
    for (int i = 0; i <= n; ++i) {
      corners.push_back({on_step(box.xmin + (i + shake(random)) * dx), on_step(box.ymin + (j + shake(random)) * dy)});
    }
  }
  std::vector<MultiPolygon> triangles;
  const auto add = [&](int a, int b, int c) {
    Ring ring;
    for (const int k : {a, b, c, a}) ring.push_back(corners[static_cast<std::size_t>(k)]);
    if (random() % 2) std::reverse(ring.begin(), ring.end());
    triangles.push_back({{{ring, {}}}});
  };
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < n; ++i) {
      const int k = j * (n + 1) + i;
      add(k, k + 1, k + n + 1);
      add(k + 1, k + n + 2, k + n + 1);
    }
  }
  return triangles;
}

}  // namespace urbiome::shapes
