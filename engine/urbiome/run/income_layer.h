// Incomes of zones from a layer of polygons, by which zones are ranked from poor to rich.
//
// A zone's income is the mean of the polygons that it overlaps, weighted by the area of overlap; polygons without a
// number are left out. Where one polygon and the zone are the same ground it is that polygon's income: an overlap of
// less than a thousandth of the zone and of the polygon is a border drawn twice, and does not count.
#pragma once

#include <optional>
#include <vector>

#include "urbiome/io/recipe.h"
#include "urbiome/run/layers.h"

namespace urbiome {

// By zone of the landscape; empty where the layer is a raster, which is said. Error{contradiction}: no column, or one
// without a number.
std::vector<std::optional<double>> zone_incomes(const NamedLayerInput& input, const Landscape& landscape,
                                                const Crs& crs, Executor& executor, AuditLog& audit);

}  // namespace urbiome
