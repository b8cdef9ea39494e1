// Straight edges, and points as edges of no length, with a distance (<=): which cell centres lie within it.
//
// On lat/lon grids the straight distance through the ellipsoid decides: for edges of at most kLongestEdge_m it differs
// from the geodesic by less than 0.1 mm up to 70 degrees of latitude. On others it is that of the map.
#pragma once

#include <cstdint>

#include "urbiome/facts/landscape.h"
#include "urbiome/kernel/runs.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

struct StraightEdge {
  Point a, b;
};

class NearEdges {
 public:
  static constexpr double kLongestEdge_m = 25;  // a chord of this length keeps within 0.02 mm of a parallel

  NearEdges(const Landscape& landscape, double metres);

  bool near(const Point& point, const StraightEdge& edge) const;
  // How far the distance leads up and down, in units of the grid's y.
  double reach_y() const { return reach_y_; }
  // Calls visit(row, columns) for the rows of the grid in which cell centres are near.
  template <class Visit>
  void each_row(const StraightEdge& edge, const Visit& visit) const {
    const Rows rows = rows_near(edge);
    for (std::int64_t row = rows.first; row <= rows.last; ++row) {
      const Run columns = columns_near(edge, row);
      if (columns.begin < columns.end) visit(row, columns);
    }
  }

 private:
  struct Rows {
    std::int64_t first, last;
  };
  Rows rows_near(const StraightEdge& edge) const;
  Run columns_near(const StraightEdge& edge, std::int64_t row) const;

  const Landscape& landscape_;
  double metres_, reach_y_;
};

}  // namespace urbiome
