// Catchments: the ground from which some target is reached within each limit, as polygons, and its streets.
#pragma once

#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/run/reach_limits.h"
#include "urbiome/run/reach_origins.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

// Layer `catchments` (within, unit, origins, people, area_ha): for each limit the parts of streets from which a target
// is reached, cut where the limit is met, with `width_m` of ground on both sides, and the targets themselves. `people`
// are those of the origins that reach a target within the limit, wherever they live. Layer `streets` (within, unit,
// from_start, from_end): those parts for the farthest limit of each unit, with what there is to walk from both ends, in
// that unit. All in the CRS of the streets. Returns people as ReachOpportunities::write() does.
std::vector<double> write_catchments(const std::string& path, const StreetNetwork& streets,
                                     const StreetTargets& targets, const ReachOrigins& origins,
                                     const std::vector<ReachLimit>& limits, double width_m, bool count_people,
                                     Executor& executor);

}  // namespace urbiome
