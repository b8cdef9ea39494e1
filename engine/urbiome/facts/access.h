// Questions of access: which residents live within a distance of places, in a straight line or along streets.
//
// A resident's way begins at the middle of the cell that he lives in, or at his own point. It is 0 inside a place; else
// the straight line leads to the nearest outline, and the way along streets from the nearest point of an edge to an
// entrance, with the ways to the street and from it. Distances are compared by <=.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "urbiome/graph/street_reach.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Streets as the people of a landscape reach them.
struct StreetsNearby {
  const StreetGraph* graph = nullptr;
  double snap_max_m = 0;  // who lives farther from a street walks nowhere
  // Leads from the grid's CRS to the graph's plane; each is for one thread.
  using ToPlane = std::function<std::optional<Point>(const Point&)>;
  std::function<ToPlane()> to_plane;
};

struct AccessQuestion {
  std::shared_ptr<const MultiPolygon> places;  // those that count, in the grid's CRS, none over another
  double distance_m = 0;
  const StreetReach* reach = nullptr;  // along streets from their entrances, as far or farther; null: straight lines

  bool within(const StreetPosition& at) const {
    const auto found = reach->from(at);
    return found && found->length <= street_length(distance_m);
  }
};

}  // namespace urbiome
