// Patches of a raster: a raster of their ids, a table of their figures.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_plan.h"

namespace urbiome {

struct LabelRequest {
  RasterRequest raster;
  ClassChoice choice;  // cells that count together; no choice: patches of every class, each by itself
  int directions = 8;
  std::string ids_path, table_path;  // what is written; either may be empty
  std::vector<std::string> creation_options;
  std::function<void(const RasterPlan&)> before_work;  // may be empty
};

struct LabelResult {
  std::int64_t patches = 0;
  std::int64_t scratch_bytes = 0;  // most that lay in --scratch at once
};

// Writes ids 1, 2, ... by first cell (0: no patch; UInt32, or Int64 where there are more) and the table id, class,
// first_cell, cells, area_m2, perimeter_m, xmin, ymin, xmax, ymax in that order.
// Patches are made of classes that are neither nodata nor unknown. `class` is the patch's class, the role, or the
// chosen codes joined by +. The box is in units of the CRS, by cell sides; perimeter_m has all of its outline.
LabelResult label(const LabelRequest& request, Executor& executor, AuditLog& audit);

}  // namespace urbiome
