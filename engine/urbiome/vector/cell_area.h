// True cell areas of a grid in its CRS.
#pragma once

#include "urbiome/raster/cell_areas.h"
#include "urbiome/raster/grid.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

// Areas on the CRS's ellipsoid; a cell is bounded by straight lines of the map. Geographic: each row's cells by
// parallel_band_area_m2. Projected: the area factor of the projection (true area / map area, from central differences
// of the forward projection at the inverse of the point) is evaluated on nodes about 4 km apart, anchored at the
// grid's origin, and integrated over the cells with cubics between nodes; cells larger than 25 km have a quadrature
// each. Relative error below 1e-10 per cell (1e-9 for cells under 20 cm).
// Throws Error{contradiction}: latitudes beyond a pole, cells the projection cannot invert, more than 2^22 columns;
// Error{memory}: more than 2^28 table entries (one per 4 km of a row).
CellAreas make_cell_areas(const Grid& grid, const Crs& crs);

// Every cell has the area dx * dy * unit^2: for rasters without a CRS, cases and planar conventions.
CellAreas planar_cell_areas(const Grid& grid, double unit_to_metre = 1);

}  // namespace urbiome
