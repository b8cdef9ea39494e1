// The map of land cover classes in the output folder: for looking, so never larger than a screen can use.
#pragma once

#include <string>
#include <vector>

#include "urbiome/io/map_writer.h"
#include "urbiome/run/assess.h"

namespace urbiome {

using Colour = std::array<std::uint8_t, 3>;
// A file's own palette where it has one, else a colour by role, shaded by the order of classes.
Colour colour_of(const LandCoverLayer& layer, const LegendClass& entry, int order);

// The map has at most so many cells: larger cities show every second, third ... cell. Outside the city nothing is
// shown.
inline constexpr std::int64_t kMostMapCells = std::int64_t{1} << 24;
// Empty where the city touches no cell; to be filled while land cover is read.
ClassPreview preview_of_city(const Landscape& landscape);
// Of at most `most_cells` cells, all of them `nodata`.
ClassPreview preview_of_city(const Landscape& landscape, std::int64_t most_cells, ClassIndex nodata);
// A map of the city from a preview, with `nodata` outside the city.
void write_city_map(const std::string& path, const Landscape& landscape, const Crs& crs, const ClassPreview& map,
                    ClassIndex nodata, const std::vector<MapCategory>& categories);
void write_class_map(const DatedLandscape& dated, const std::string& path);

}  // namespace urbiome
