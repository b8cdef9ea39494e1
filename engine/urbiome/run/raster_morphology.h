// Erosion and dilation of a class or role by a disc.
#pragma once

#include "urbiome/facts/morphology_map.h"
#include "urbiome/facts/window_map.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_output.h"

namespace urbiome {

struct MorphologyToolRequest {
  RasterRequest raster;
  ClassChoice choice;
  MorphologyOperation operation = MorphologyOperation::erode;
  double radius_m = 0;
};
// Bytes 1 and 0, 255 (nodata) where nothing is known.
void raster_morphology(const MorphologyToolRequest& request, const RasterOutput& output, Executor& executor,
                       AuditLog& audit);

}  // namespace urbiome
