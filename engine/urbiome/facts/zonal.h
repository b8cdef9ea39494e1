// Sums of a raster's values by zone, tile by tile on all threads: the statistics of zones before they are named.
#pragma once

#include <optional>
#include <span>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/zonal.h"
#include "urbiome/raster/tile_source.h"
#include "urbiome/raster/value_source.h"

namespace urbiome {

struct ZonalQuestion {
  std::span<const Coverage> zones;  // on the values' grid
  ZonalNeeds needs;
  const ValueSource* weights = nullptr;  // on the values' grid; or
  const CellAreas* areas = nullptr;      // cells weigh their area; neither: needs.weighted is false
};

// Zones that the tally was never asked for have empty sums. Values are settled. The same sums for any tiles and
// threads.
ZonalTally zonal_sums(const ValueSource& values, const ZonalQuestion& question, Executor& executor);

// The same for bytes, by counting them: needs areas whatever is asked, and no raster of weights.
ZonalTally zonal_sums_of_bytes(const TileSource& bytes, std::optional<std::uint8_t> nodata,
                               const ZonalQuestion& question, Executor& executor);

}  // namespace urbiome
