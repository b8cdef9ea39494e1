// Distances of cells to polygons: to their outlines (`edge`), or to the cells whose centres they cover (`centre`).
#pragma once

#include <memory>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/distance_map.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/kernel/edge_tree.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Cells whose centre the shape covers are of class 1, all others of class 0. The shape is in the grid's CRS and valid.
std::shared_ptr<TileSource> covered_cells(const MultiPolygon& shape, const Grid& grid);

// From every cell's centre to the nearest side of the shape, 0 where the shape covers the centre.
//
// Edges are straight in the grid's CRS. On lat/lon grids they are cut to at most 25 m, and the straight distance
// through the ellipsoid decides, lengthened to that over the ground of a sphere: within 0.1 mm of the geodesic up to 1
// km, and 1e-7 of it up to 100 km, below 70 degrees of latitude.
class PolygonDistanceMap {
 public:
  // `largest_m`: farther cells are NaN. The shape is in the grid's CRS and valid.
  PolygonDistanceMap(const MultiPolygon& shape, const Grid& grid, const GridMetric& metric, double largest_m,
                     const Executor& executor);

  const std::vector<Band>& bands() const { return bands_; }
  std::int64_t table_bytes() const { return tree_.bytes() + inside_.bytes(); }
  static constexpr std::int64_t kBytesPerCell = 8;
  void measure(Executor& executor, const RowsSink<double>& sink) const;

 private:
  std::vector<SpaceEdge> edges_of(const MultiPolygon& shape) const;
  SpacePoint place(double x, double y) const;  // metres from the grid's corner
  void measure_row(std::int64_t row, std::span<double> out) const;

  Grid grid_;
  const GridMetric& metric_;
  double largest_m_;
  SpacePoint corner_;
  Coverage inside_;
  EdgeTree tree_;
  std::vector<Band> bands_;
};

}  // namespace urbiome
