// Metres between the cells of a grid, under the three distances: centre, edge, gap.
#pragma once

#include <cstdint>

#include "urbiome/kernel/reach.h"
#include "urbiome/raster/grid.h"
#include "urbiome/vector/ellipsoid.h"

namespace urbiome {

// Metres on a grid: on projected grids map units times their length, on lat/lon grids distances on the ellipsoid.
class GridMetric {
 public:
  static GridMetric planar(const Grid& grid, double unit_to_metre);
  static GridMetric geographic(const Grid& grid, const Ellipsoid& ellipsoid);

  bool is_geographic() const { return geographic_; }
  double unit_to_metre() const { return unit_to_metre_; }
  const Ellipsoid& ellipsoid() const { return ellipsoid_; }

  // Between cell centres, `down` rows and `across` columns apart.
  double centre(std::int64_t row, std::int32_t down, std::int32_t across) const;
  // From the centre of the cell in `row` to the nearest side of the other cell, and the other way round.
  double edge(std::int64_t row, std::int32_t down, std::int32_t across) const;
  double edge_up(std::int64_t row, std::int32_t down, std::int32_t across) const;
  // Between nearest sides: k empty cells in a row are k cell sizes.
  double gap(std::int64_t row, std::int32_t down, std::int32_t across) const;

  // All pairs of cells within the distance under one of the measures.
  enum class Kind { centre, edge, edge_up, gap };
  Reach within(Kind kind, double metres, bool strict) const;

 private:
  double between(double lat1, double lat2, double columns) const;
  double latitude(double row) const { return grid_.y_of(row); }

  Grid grid_;
  bool geographic_ = false;
  double unit_to_metre_ = 1;
  Ellipsoid ellipsoid_;
};

}  // namespace urbiome
