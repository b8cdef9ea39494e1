// How long streets take where they climb and fall, from a raster of heights.
//
// Walking speed is Tobler's hiking function (Tobler 1993, Three presentations on geographical analysis and modeling,
// NCGIA 93-1), 6 exp(-3.5 |slope + 0.05|) km/h, scaled so that flat ground has the speed that is asked for. Slopes are
// those between points of a street at most 25 m apart, along the way that is walked; heights are bilinear between the
// centres of cells. Slopes of more than 1 count as 1. A bridge has the heights of the ground below.
#pragma once

#include <string>

#include "urbiome/exec/executor.h"
#include "urbiome/io/raster_reader.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/run/street_network.h"

namespace urbiome {

struct ElevationRequest {
  std::string path, crs;  // crs: an override
  int band = 1;           // heights in metres
};

// How much longer than on flat ground a slope takes: rise by run, in the direction of walking.
double tobler_factor(double slope);

// Sets the times of the network's streets. `heights`: of that request, opened. Streets without a height are flat, and
// said in a warning. Throws Error: unreadable; contradiction: no CRS, no street has a height; memory.
void lay_slopes(StreetNetwork& network, const ElevationRequest& request, const ValueLayer& heights, Executor& executor,
                AuditLog& audit);

}  // namespace urbiome
