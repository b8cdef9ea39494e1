// Cells and true area of each class, per zone; two rasters give transitions.
#pragma once

#include <string>

#include "urbiome/base/table.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_zones.h"

namespace urbiome {

struct TabulateRequest {
  RasterRequest raster;
  std::string second_raster;  // transitions, on one grid; read like the first
  ZonesRequest zones;         // empty path: the whole raster, zone_id empty
};

// zone_id, class [, class_to], cells, area_m2. `cells` is the sum of covered shares. nodata and unknown are left out.
Table tabulate(const TabulateRequest& request, Executor& executor, AuditLog& audit);

}  // namespace urbiome
