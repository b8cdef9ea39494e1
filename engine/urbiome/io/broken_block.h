// Where a raster is damaged, for the errors of its readers: which block of which file, and at which byte.
#pragma once

#include <string>

#include "urbiome/io/gdal_door.h"
#include "urbiome/raster/grid.h"

namespace urbiome {

// " (block 2, 3 of the file at byte 4711)", or "of parts/a.tif" where the band is virtual and that file is behind it;
// empty where neither GDAL's words (`why`) nor the window, which could not be read, tell. `window` is in the file's own
// rows and columns.
std::string broken_block(GDALDataset& dataset, GDALRasterBand& band, const Window& window, const std::string& why);

}  // namespace urbiome
