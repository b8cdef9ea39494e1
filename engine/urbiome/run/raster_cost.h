// `urbiome raster cost`: accumulated least cost from sources over a raster of resistances.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/run/raster_plan.h"

namespace urbiome {

struct CostRequest {
  std::string resistance;
  int band = 1;
  std::string crs;  // override
  // A raster on the same grid (every cell that is neither 0 nor nodata is a source), or points, lines and polygons: the
  // cell that holds a point; cells whose centre a polygon holds, or where it holds none those that it touches; cells
  // that a line's vertices lie in, and those between at steps of a quarter of a cell.
  std::string sources, sources_layer;
  int directions = 8;  // 4, 8 or 16 (kernel/cost.h)
  double most = std::numeric_limits<double>::infinity();
  std::vector<std::string> creation;                   // options of the GeoTIFF
  std::function<void(const RasterPlan&)> before_work;  // may be empty
};

// Writes the cost of every cell (metres times resistance) as Float64, NaN on nodata, where nothing leads and beyond
// `most`. Resistance 0 is free; sources on nodata are left out with a warning. Cells take 16 bytes each in memory; what
// does not fit is worked on in sheets, with 8 bytes a cell in a scratch file: the same bytes come out.
// Error: contradiction (a negative resistance, named by its cell; grids that differ; no source), memory, unwritable.
void raster_cost(const CostRequest& request, const std::string& out, Executor& executor, AuditLog& audit);

}  // namespace urbiome
