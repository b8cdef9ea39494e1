// Polygons of a raster tool as one shape on the raster's grid.
#pragma once

#include <optional>
#include <string>

#include "urbiome/raster/grid.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/crs.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// All polygons of a layer (empty: the only one) in the CRS of a grid, valid, overlaps once. Where one side has no CRS
// both are taken to share one. Error{contradiction}: no polygon at all; Error{unreadable}: no such file.
MultiPolygon polygons_on(const Grid& grid, const std::optional<Crs>& crs, const std::string& path,
                         const std::string& layer, AuditLog& audit);

}  // namespace urbiome
