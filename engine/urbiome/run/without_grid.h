// A city with neither land cover nor green spaces: there is no grid, so people are summed from points and polygons and
// everything else is no_data.
#pragma once

#include <optional>
#include <vector>

#include "urbiome/facts/people.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/population_sources.h"

namespace urbiome {

struct CityWithoutGrid {
  Crs crs;
  Landscape landscape;             // zones only; zone 0 is the city
  std::vector<ZonePeople> people;  // residents only: all, then each group; empty without a population
};

// The city: its boundary, else the union of zones, else the box of the population. Error{contradiction}: there is none
// of these.
ZoneShape city_outline(const Recipe& recipe, const std::vector<ZoneShape>& zones,
                       const std::optional<ZoneShape>& boundary, const std::vector<PopulationSource>& sources,
                       AuditLog& audit);

// A hair larger than the box of everybody's places in a CRS, so that those on its rim are inside.
MultiPolygon box_of_people(const std::vector<PopulationSource>& sources, const Crs& crs);

CityWithoutGrid city_without_grid(const Recipe& recipe, const std::vector<ZoneShape>& zones,
                                  const std::optional<ZoneShape>& boundary, Executor& executor, AuditLog& audit,
                                  std::vector<PeopleAccount>& accounts);

}  // namespace urbiome
