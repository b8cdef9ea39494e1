// Land cover of one class everywhere, of any size at no cost: the grid of a city whose land cover is not known.
#pragma once

#include <memory>
#include <vector>

#include "urbiome/raster/tile_source.h"

namespace urbiome {

// Every cell is of classes[`everywhere`].
std::shared_ptr<TileSource> uniform_source(const Grid& grid, std::vector<LegendClass> classes, ClassIndex nodata_index,
                                           ClassIndex everywhere);

}  // namespace urbiome
