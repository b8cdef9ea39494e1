#include "urbiome/facts/patch_figures.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace urbiome {
namespace {

// Length of one degree of a parallel.
double parallel_degree_m(const Ellipsoid& ellipsoid, double latitude) {
  const double phi = latitude * std::numbers::pi / 180, f = ellipsoid.f(), e2 = f * (2 - f);
  const double s = std::sin(phi);
  return std::max(0.0, ellipsoid.a * std::cos(phi) / std::sqrt(1 - e2 * s * s)) * std::numbers::pi / 180;
}

SideLengths side_lengths(const Grid& grid, const Ellipsoid& ellipsoid) {
  std::vector<double> across, down;
  for (std::int64_t row = 0; row <= grid.height; ++row) {
    const double top = grid.y_of(static_cast<double>(row)), bottom = grid.y_of(static_cast<double>(row + 1));
    across.push_back(grid.dx * parallel_degree_m(ellipsoid, top));
    if (row < grid.height) down.push_back(near_distance_m(ellipsoid, top, bottom, 0));
  }
  const double longest = std::max(*std::ranges::max_element(across), *std::ranges::max_element(down));
  SideLengths sides;
  sides.m_per_unit = std::ldexp(1.0, std::ilogb(longest) + 1 - 30);
  for (const double length : across) sides.across.push_back(std::llround(length / sides.m_per_unit));
  for (const double length : down) sides.down.push_back(std::llround(length / sides.m_per_unit));
  return sides;
}

}  // namespace

void merge(Patch& patch, const Patch& other) {
  patch.cells += other.cells;
  patch.runs += other.runs;
  patch.shared += other.shared;
  patch.area += other.area;
  patch.sides += other.sides;
  patch.row_end = std::max(patch.row_end, other.row_end);
  patch.col_begin = std::min(patch.col_begin, other.col_begin);
  patch.col_end = std::max(patch.col_end, other.col_end);
}

CellSides::CellSides(const Grid& grid, const GridMetric& metric) {
  if (metric.is_geographic()) {
    by_row_ = side_lengths(grid, metric.ellipsoid());
    return;
  }
  across_m_ = grid.dx * metric.unit_to_metre();
  down_m_ = grid.dy * metric.unit_to_metre();
}

double CellSides::perimeter_m(const Patch& patch) const {
  if (by_row_) return static_cast<double>(patch.sides) * by_row_->m_per_unit;
  return 2 * static_cast<double>(patch.cells - patch.shared) * across_m_ +
         2 * static_cast<double>(patch.runs) * down_m_;
}

}  // namespace urbiome
