// Accumulated least cost over a raster in memory: tiles in parallel (kernel/cost.h), those first
// that the least cost waits in.
#pragma once

#include <span>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/kernel/cost.h"

namespace urbiome {

// Lengths of the steps from each row of a grid.
std::vector<StepLengths> step_lengths(const GridMetric& metric, std::int64_t rows);

// Lowers map.cost (0 on sources, infinite elsewhere) to the least costs up to `most`; cells beyond are infinite in the
// end. The same bytes for any threads and tiles. Error{cancelled}.
void spread_costs(const CostMap& map, double most, Executor& executor);

// What spread_costs() and its input take, bytes.
std::int64_t cost_bytes(std::int64_t cells);

}  // namespace urbiome
