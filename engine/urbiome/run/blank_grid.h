// The grid of a city without land cover: cells of which nothing is known, so that people can be placed on them and
// asked how far from green spaces they live.
//
// The grid covers the city and its zones, in the city's own projection where that is true to scale, else in an
// equal-area projection about the city's middle. Cells are 10 m, or the first of 20, 50, 100 ... m with which there are
// at most 2^24 of them; their edges lie at whole multiples of that, so that two runs of a city have one grid.
#pragma once

#include <vector>

#include "urbiome/run/audit.h"
#include "urbiome/run/layers.h"

namespace urbiome {

// Land cover of every date, opened. A recipe that names none, but green spaces, gets one blank layer; and `places` the
// city's outline where it has no boundary.
std::vector<LandCoverLayer> open_land_cover_layers(const Recipe& recipe, Places& places, AuditLog& audit);

}  // namespace urbiome
