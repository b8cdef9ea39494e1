// Where distances can be measured on a grid, and how.
#pragma once

#include <string>

#include "urbiome/facts/grid_metric.h"
#include "urbiome/vector/crs.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

Box box_of(const Grid& grid);

// The largest linear_distortion() of a projected CRS in a box, as far as its corners, sides and middle tell.
double worst_distortion(const Crs& crs, const Box& box);

// Error{contradiction} where lengths in a projected CRS are off by more than 1 % somewhere in the box (Web Mercator),
// naming the file and the remedy.
void check_scale(const Crs& crs, const Box& box, const std::string& path);

// Map units times their length on projected grids, distances on the ellipsoid on lat/lon ones.
GridMetric metric_on(const Grid& grid, const Crs& crs);

}  // namespace urbiome
