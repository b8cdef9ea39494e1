// Gates of green spaces: the entrances that a recipe's layers of spaces name.
//
// A gate leads into the nearest space of its own layer, whatever else is near; a place with a part in such a layer is
// entered by the gates of its parts alone.
//
//   const SpaceGates gates(recipe, landscape.spaces, crs, streets, executor, audit);
//   const GivenEntrances given = gates.of(*joined.of(choice), choice);
#pragma once

#include <cstdint>
#include <vector>

#include "urbiome/facts/landscape.h"
#include "urbiome/io/recipe.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/run/listed_places.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

class SpaceGates {
 public:
  // Keeps the spaces, whose shapes are in `crs`. Throws as each_gate().
  SpaceGates(const Recipe& recipe, const std::vector<ListedSpace>& spaces, const Crs& crs, const StreetNetwork& streets,
             Executor& executor, AuditLog& audit);

  // Entrances into places, which are those of the choice.
  GivenEntrances of(const ListedPlaces& places, const SpaceChoice& choice) const;

 private:
  // A polygon of a space that is entered by gates, and where these are.
  struct Part {
    std::size_t space;
    Point inside;  // in the grid's CRS
    std::vector<StreetPosition> gates;
  };
  void read(const GreenSpacesInput& input, std::size_t number, const Crs& crs, const StreetNetwork& streets,
            Executor& executor, AuditLog& audit);

  const std::vector<ListedSpace>& spaces_;
  std::vector<Part> parts_;
};

}  // namespace urbiome
