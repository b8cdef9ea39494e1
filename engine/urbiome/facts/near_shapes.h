// Nearness to green for cells and for single points: to polygons, and to runs of green cells.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "urbiome/facts/landscape.h"
#include "urbiome/facts/near_edges.h"
#include "urbiome/kernel/near.h"
#include "urbiome/kernel/runs.h"

namespace urbiome {

// Polygons with a distance (<=): which cell centres and which points lie inside or within it.
//
// On lat/lon grids edges are cut to at most 25 m, and each is near as facts/near_edges.h says.
class NearShapes {
 public:
  NearShapes(const MultiPolygon& shapes, const Landscape& landscape, double metres);
  // Rows first .. end - 1 of the grid, the first as row 0; from several threads at once, if need be.
  RunTable cells_near(std::int64_t first, std::int64_t end) const;
  bool near(const Point& point) const;

 private:
  void add_edges(const Ring& ring);
  void sort_into_bands();
  RunTable cells_on_ellipsoid(const MultiPolygon& shapes) const;
  bool inside(const Point& point, const std::vector<std::size_t>& band) const;

  const Landscape& landscape_;
  NearEdges near_edges_;
  std::vector<StraightEdge> edges_;              // sorted into bands of y
  std::vector<std::vector<std::size_t>> bands_;  // edges that come near each band of y
  double band_top_ = 0, band_height_ = 1;
  std::optional<CellsNearPolygon> on_plane_;
  RunTable on_ellipsoid_;
};

// Green runs with a distance: which points lie within it, measured from the point itself. `first_row` is the grid row
// of the table's row 0; it must hold all rows within rows_within() of the points.
class NearRuns {
 public:
  NearRuns(const RunTable& runs, std::int64_t first_row, const Landscape& landscape, const Reach& reach,
           const FactParameters& parameters);
  static std::int64_t rows_within(const Reach& reach) { return reach.max_down() + 1; }
  bool near(const Point& point, std::int64_t row) const;

 private:
  double distance_m(const Point& point, std::int64_t row, const Run& run) const;

  const RunTable& runs_;
  std::int64_t first_row_;
  const Landscape& landscape_;
  std::int64_t rows_within_;
  double metres_;
  bool edge_;
};

}  // namespace urbiome
