// True cell areas of a grid in its CRS.
#pragma once

#include <memory>

#include "urbiome/raster/cell_areas.h"
#include "urbiome/raster/grid.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

// Areas on the CRS's ellipsoid; a cell is bounded by straight lines of the map. Geographic: each row's cells by
// parallel_band_area_m2. Projected: the area factor of the projection (true area / map area, from central differences
// of the forward projection at the inverse of the point) is evaluated on nodes about 4 km apart, anchored at the
// grid's origin, and integrated over the cells with cubics between nodes; cells larger than 25 km have a quadrature
// each. Relative error below 1e-10 per cell (1e-9 for cells under 20 cm). In equal-area projections all cells are
// equal. Throws Error{contradiction}: latitudes beyond a pole, cells the projection cannot invert, more than 2^22
// columns; Error{memory}: more than 2^28 table entries (one per 4 km of a row).
CellAreas make_cell_areas(const Grid& grid, const Crs& crs);

// Throws Error{contradiction} for a lat/lon grid that reaches beyond a pole or more than once round the globe.
void require_on_globe(const Grid& grid);

// The same areas, integer by integer, for some rows at a time: a table of all rows grows with the grid.
class CellAreaRows {
 public:
  CellAreaRows() = default;
  explicit CellAreaRows(CellAreas all);
  CellAreaRows(const Grid& grid, const Crs& crs);  // throws as make_cell_areas()

  // Rows [first_row, end_row) at least; others of the result must not be asked for. Safe on several threads.
  std::shared_ptr<const CellAreas> of(std::int64_t first_row, std::int64_t end_row) const;
  // The same as a table of one's own.
  CellAreas table(std::int64_t first_row, std::int64_t end_row) const;

 private:
  class Projected;
  std::shared_ptr<const CellAreas> all_;
  std::shared_ptr<const Projected> projected_;
};

// Every cell has the area dx * dy * unit^2: for rasters without a CRS, cases and planar conventions.
CellAreas planar_cell_areas(const Grid& grid, double unit_to_metre = 1);

}  // namespace urbiome
