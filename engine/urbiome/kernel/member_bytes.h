// Which cells are members: one byte per cell, 1 or 0, for kernels that work on whole rows at a time.
#pragma once

#include <cstdint>
#include <span>

#include "urbiome/raster/tile_source.h"

namespace urbiome {

// out[i] = 1 where the class of cells[i] is in `member`, else 0. `out` is as long as `cells` (and may be it).
void mark_members(std::span<const ClassIndex> cells, const ClassSet& member, std::span<std::uint8_t> out);

}  // namespace urbiome
