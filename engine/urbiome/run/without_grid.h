// A city without land cover: there is no grid, so people are summed from points and polygons and everything else is
// no_data.
#pragma once

#include <optional>
#include <vector>

#include "urbiome/facts/people.h"
#include "urbiome/run/layers.h"

namespace urbiome {

struct CityWithoutGrid {
  Crs crs;
  Landscape landscape;             // zones only; zone 0 is the city
  std::vector<ZonePeople> people;  // residents only: all, then each group; empty without a population
};

// The city is the boundary, else the union of zones, else the box of the population.
CityWithoutGrid city_without_grid(const Recipe& recipe, const std::vector<ZoneShape>& zones,
                                  const std::optional<ZoneShape>& boundary, Executor& executor, AuditLog& audit,
                                  std::vector<PeopleAccount>& accounts);

}  // namespace urbiome
