// Zones of a raster tool: polygons laid on the raster's grid.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

struct ZonesRequest {
  std::string path, layer, id;  // id: the column that names zones; empty: every feature is a zone, named by its number
  bool by_centre = false;       // cells by their centre instead of their covered share
};

struct ZoneCoverage {
  std::string id;
  Coverage coverage;
};

// Features with one id are one zone; those with an empty id are left out. In file order.
std::vector<ZoneCoverage> lay_zones(const Grid& grid, const std::optional<Crs>& crs, const ZonesRequest& request,
                                    Executor& executor, AuditLog& audit);

}  // namespace urbiome
