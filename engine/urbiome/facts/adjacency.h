// Neighbouring cells by class, per zone, over a raster of any size.
#pragma once

#include <span>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/adjacency.h"
#include "urbiome/kernel/coverage.h"

namespace urbiome {

// Counts by zone. A pair of cells counts for a zone when both are in its spans: lay zones by cell centres
// (cover_centres), or give cover_window() for the whole raster. Every class is counted, missing ones too: leave them
// out when reading. `directions` is 4 or 8. Error{memory} when zones x classes x classes do not fit.
std::vector<PairCounts> adjacencies(const TileSource& source, std::span<const Coverage> zones, int directions,
                                    Executor& executor);

// What adjacencies() holds for so many zones.
std::int64_t adjacency_bytes(std::size_t classes, std::size_t zones, const Executor& executor);

}  // namespace urbiome
