// Trees in view of a place: whether some number of points lies within a distance (<=) of cells' centres and of points.
//
// What stands between is not looked at: a stated stand-in for trees that are seen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/facts/near_edges.h"

namespace urbiome {

class TreesNear {
 public:
  // Points in the grid's CRS; `least` >= 1 of them have to be near.
  TreesNear(std::span<const Point> trees, const Landscape& landscape, double metres, std::int32_t least);

  // Rows first .. end - 1 of the grid, the first as row 0; from several threads at once, if need be.
  RunTable cells_near(std::int64_t first, std::int64_t end) const;
  bool near(const Point& point) const;

 private:
  std::span<const Point> between(double bottom, double top) const;

  NearEdges near_edges_;
  std::vector<Point> trees_;  // from south to north
  const Landscape& landscape_;
  std::int32_t least_;
};

}  // namespace urbiome
