// Exact distance of every cell to the nearest cell of a class or role.
#pragma once

#include <limits>
#include <string>

#include "urbiome/facts/distance_map.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_output.h"

namespace urbiome {

struct DistanceToolRequest {
  RasterRequest raster;
  ClassChoice choice;
  std::string to_vector, to_layer;  // polygons instead of a choice of cells
  DistanceMeasure measure = DistanceMeasure::centre;
  std::string nearest_path;  // ids of the nearest patch, as `raster label` numbers them, ties to the smallest; or empty
  int directions = 8;        // of those patches
  double max_m = std::numeric_limits<double>::infinity();
};
// To polygons: `edge` is to the nearest side of a polygon, 0 inside; `centre` to the cells whose centre they cover.
// Ids are 32-bit where they fit, else 64-bit, 0 where the distance is NaN.
// Metres as doubles, NaN (declared as nodata) beyond max_m.
void raster_distance(const DistanceToolRequest& request, const RasterOutput& output, Executor& executor,
                     AuditLog& audit);

}  // namespace urbiome
