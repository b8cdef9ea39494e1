// Statistics of the window round every cell, of classes or of values.
#pragma once

#include <string>

#include "urbiome/facts/window_map.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_output.h"

namespace urbiome {

struct WindowToolRequest {
  RasterRequest raster;
  ClassChoice choice;  // empty: the raster's values (sum, mean) or all its classes (diversity, majority)
  WindowForm form = WindowForm::disc;
  double radius_m = 0;
  std::string statistic;  // share, sum, mean, diversity, majority; mean of chosen classes is their share
};
void raster_window(const WindowToolRequest& request, const RasterOutput& output, Executor& executor, AuditLog& audit);

}  // namespace urbiome
