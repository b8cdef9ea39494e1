// Which classes lie side by side, per zone: counts of neighbouring cells by pair of classes.
#pragma once

#include "urbiome/base/table.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_plan.h"
#include "urbiome/run/raster_zones.h"

namespace urbiome {

struct AdjacencyRequest {
  RasterRequest raster;
  ZonesRequest zones;  // by cell centres; empty path: the whole raster, zone_id empty
  int directions = 4;
  std::function<void(const RasterPlan&)> before_work;  // may be empty
};

// zone_id, class_a, class_b, count: every pair of neighbours counted from both sides, so that (a, b) and (b, a) are
// equal and (a, a) is twice the pairs. nodata and unknown are left out, and pairs that do not occur.
Table adjacency(const AdjacencyRequest& request, Executor& executor, AuditLog& audit);

}  // namespace urbiome
