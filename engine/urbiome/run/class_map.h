// The map of land cover classes in the output folder: for looking, so never larger than a screen can use.
#pragma once

#include <string>

#include "urbiome/run/assess.h"

namespace urbiome {

using Colour = std::array<std::uint8_t, 3>;
// A file's own palette where it has one, else a colour by role, shaded by the order of classes.
Colour colour_of(const LandCoverLayer& layer, const LegendClass& entry, int order);

// Cells of the map are `factor` cells of the land cover wide and high, the least that keeps it below kMostMapCells; each
// shows the most frequent class below it (the first of the legend among equals). Outside the city nothing is shown.
inline constexpr std::int64_t kMostMapCells = std::int64_t{1} << 24;
std::int64_t map_factor(const Window& window);
void write_class_map(const DatedLandscape& dated, const std::string& path);

}  // namespace urbiome
