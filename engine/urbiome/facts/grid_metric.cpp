#include "urbiome/facts/grid_metric.h"

#include <algorithm>
#include <cmath>

namespace urbiome {

GridMetric GridMetric::planar(const Grid& grid, double unit_to_metre) {
  GridMetric metric;
  metric.grid_ = grid;
  metric.unit_to_metre_ = unit_to_metre;
  return metric;
}

GridMetric GridMetric::geographic(const Grid& grid, const Ellipsoid& ellipsoid) {
  GridMetric metric;
  metric.grid_ = grid;
  metric.geographic_ = true;
  metric.ellipsoid_ = ellipsoid;
  return metric;
}

double GridMetric::between(double lat1, double lat2, double columns) const {
  return near_distance_m(ellipsoid_, lat1, lat2, columns * grid_.dx);
}

double GridMetric::centre(std::int64_t row, std::int32_t down, std::int32_t across) const {
  if (!geographic_) return std::hypot(across * grid_.dx, down * grid_.dy) * unit_to_metre_;
  const auto r = static_cast<double>(row);
  return between(latitude(r + 0.5), latitude(r + down + 0.5), across);
}

double GridMetric::edge(std::int64_t row, std::int32_t down, std::int32_t across) const {
  const double columns = std::max(across - 0.5, 0.0), rows = std::max(down - 0.5, 0.0);
  if (!geographic_) return std::hypot(columns * grid_.dx, rows * grid_.dy) * unit_to_metre_;
  const double centre_row = static_cast<double>(row) + 0.5;
  return between(latitude(centre_row), latitude(centre_row + rows), columns);
}

double GridMetric::edge_up(std::int64_t row, std::int32_t down, std::int32_t across) const {
  if (!geographic_) return edge(row, down, across);
  const double columns = std::max(across - 0.5, 0.0), rows = std::max(down - 0.5, 0.0);
  const double centre_row = static_cast<double>(row + down) + 0.5;
  return between(latitude(centre_row), latitude(centre_row - rows), columns);
}

double GridMetric::gap(std::int64_t row, std::int32_t down, std::int32_t across) const {
  const double columns = std::max(across - 1, 0), rows = std::max(down - 1, 0);
  if (!geographic_) return std::hypot(columns * grid_.dx, rows * grid_.dy) * unit_to_metre_;
  // Cells of one row are nearest on the side towards the pole; others face each other across whole rows.
  const auto top = static_cast<double>(row);
  const double facing = down > 0 ? top + 1 : (latitude(top + 0.5) >= 0 ? top : top + 1);
  return between(latitude(facing), latitude(facing + rows), columns);
}

Reach GridMetric::within(Kind kind, double metres, bool strict) const {
  return reach_within(metres, strict, grid_.height, !geographic_,
                      [this, kind](std::int64_t row, std::int32_t down, std::int32_t across) {
                        switch (kind) {
                          case Kind::centre:
                            return centre(row, down, across);
                          case Kind::edge:
                            return edge(row, down, across);
                          case Kind::edge_up:
                            return edge_up(row, down, across);
                          case Kind::gap:
                            return gap(row, down, across);
                        }
                        return 0.0;
                      });
}

}  // namespace urbiome
