// Cells within reach of something: of runs (green cells) or of polygons.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "urbiome/kernel/coverage.h"
#include "urbiome/kernel/reach.h"
#include "urbiome/kernel/runs.h"
#include "urbiome/raster/grid.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// A rule that is not the same looking down as looking up, such as from a cell's centre to the side of another cell on a
// lat/lon grid: `down` holds between a cell in `row` and one in `row + down`, `up` between a cell in `row + down` and
// one in `row`.
struct TwoWayReach {
  const Reach& down;
  const Reach& up;
};

// The cells of rows first .. end - 1 that satisfy the rule with some cell of a run, as runs clipped to columns 0 ..
// width - 1, the first row as row 0. Rows 0 .. rows - 1 of the grid may hold runs: `runs_of(row)` gives
// the runs of a row until its next call; rows are asked for in any order, those within reach of first and end too.
// Where the reach is nested (reach.h) and spans many rows, a row costs what is seen from it above and below, however
// far the rule reaches; else a bit operation for every 64 of its cells and row of the reach.
RunTable near_rows(std::int64_t first, std::int64_t end, std::int64_t rows, std::int64_t width,
                   const TwoWayReach& reach, const std::function<std::span<const Run>(std::int64_t)>& runs_of);

// Distance from a point to a segment, both in metres on a local plane.
double segment_distance(const Point& p, const Point& a, const Point& b);

// Cells whose centre lies inside a polygon or within `distance` (<=) of its outline, in grid units of a projected grid.
// The stadium around an edge meets a row in one interval, so the work is edges x rows within reach; the columns at both
// ends are decided by segment_distance. Exact.
class CellsNearPolygon {
 public:
  CellsNearPolygon(const MultiPolygon& shape, const Grid& grid, double distance);
  // Rows first .. end - 1 of the grid, the first as row 0; from several threads at once, if need be.
  RunTable rows(std::int64_t first, std::int64_t end) const;

 private:
  struct Edge {
    Point a, b;
    std::int64_t first_row, last_row;  // rows whose centres may lie within the distance
  };
  void add_ring(const Ring& ring);
  void add_stadium(const Edge& edge, std::int64_t row, class IntervalUnion& cells) const;

  Grid grid_;
  double distance_;
  Coverage inside_;
  std::vector<Edge> edges_;       // by first row
  std::int64_t most_rows_ = 0;    // that an edge reaches beyond its first
  std::int64_t begin_ = 0, end_;  // columns that may be near
};

}  // namespace urbiome
