// What writers of rasters share. For the writers of this module only.
#pragma once

#include <string>

#include "urbiome/io/gdal_door.h"
#include "urbiome/raster/grid.h"

namespace urbiome {

// Error{unwritable} when this GDAL lacks the driver.
GDALDriver& driver_named(const char* name);

// Error{unwritable} naming `path` unless `good` and nothing was said.
void check_written(bool good, const GdalErrors& errors, const std::string& path);

// Error{unwritable} for a grid that no GDAL raster can have.
void require_writable_size(const std::string& path, const Grid& grid);

// Error{contradiction} for a CRS that is not understood; an empty one is left out.
void set_georeference(GDALDataset& dataset, const Grid& grid, const std::string& crs_wkt);

}  // namespace urbiome
