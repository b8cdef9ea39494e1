// Trees of a city as points, from a layer of points (stems) or polygons (crowns, each by a point inside).
#pragma once

#include <vector>

#include "urbiome/io/recipe.h"
#include "urbiome/raster/grid.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/crs.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// In `crs`, on the grid's side of the antimeridian; what lies nowhere in it is a warning. Throws Error: unreadable;
// contradiction: a raster, no CRS, neither points nor polygons.
std::vector<Point> read_trees(const NamedLayerInput& input, const Crs& crs, const Grid& grid, AuditLog& audit);

}  // namespace urbiome
