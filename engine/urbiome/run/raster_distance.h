// Exact distance of every cell to the nearest cell of a class or role.
#pragma once

#include <limits>

#include "urbiome/facts/distance_map.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_output.h"

namespace urbiome {

struct DistanceToolRequest {
  RasterRequest raster;
  ClassChoice choice;
  DistanceMeasure measure = DistanceMeasure::centre;
  double max_m = std::numeric_limits<double>::infinity();
};
// Metres as doubles, NaN (declared as nodata) beyond max_m.
void raster_distance(const DistanceToolRequest& request, const RasterOutput& output, Executor& executor,
                     AuditLog& audit);

}  // namespace urbiome
