// The three ways to land cover: codes in a band, thresholds on spectral indexes, polygons with a class column.
// For raster_reader.cpp only; others call open_land_cover().
#pragma once

#include "urbiome/io/raster_reader.h"

namespace urbiome {

LandCoverRaster open_class_raster(const LandCoverInput& input, bool water_is_natural, const CoverAdvice& advice);
LandCoverRaster open_index_raster(const LandCoverInput& input, bool water_is_natural);
LandCoverRaster open_class_polygons(const LandCoverInput& input, bool water_is_natural);

// A legend with the class that stands for cells outside the survey, and the one for unknown cells when asked for.
struct CompletedLegend {
  Legend legend;
  ClassIndex nodata = 0, unknown = 0;  // unknown is set only when with_unknown was
};
// Throws Error{contradiction} when that makes more than 255 classes.
CompletedLegend complete(Legend legend, bool with_unknown);

// A class without a code of its own.
LegendClass codeless_class(const std::string& name, Missing missing);

// WKT of any text that names a reference system; Error{contradiction} naming `path`.
std::string wkt_of_text(const std::string& crs, const std::string& path);

}  // namespace urbiome
