// A role's runs cut at a zone's border, one row at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/coverage.h"
#include "urbiome/kernel/runs.h"
#include "urbiome/raster/cell_areas.h"

namespace urbiome {

// Runs of cells that the zone covers at all, maximal again, with the area it covers of each and the run of the row
// that each was cut from.
struct CutRow {
  std::vector<Run> runs;
  std::vector<std::int64_t> areas;  // units of CellAreas
  std::vector<std::int32_t> source;
};

// Fills `out` with what `zone` covers of the runs of `row`.
void cut_row(std::span<const Run> runs, const Coverage& zone, std::int64_t row, const CellAreas& areas, CutRow& out);

// True when the zone covers every cell of the window fully.
bool covers_all(const Coverage& zone, const Window& window);

}  // namespace urbiome
