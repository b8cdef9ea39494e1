// Zones of the places that people live at, for sums of what they reach: named by a column, or polygons round them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/run/places.h"
#include "urbiome/run/reach_origins.h"

namespace urbiome {

struct SupplyZones {
  std::vector<std::string> ids;
  std::vector<std::vector<std::uint32_t>> places;  // of each zone, ascending
  std::size_t outside = 0;                         // places in no zone

  // By the name of each place's zone, in the order of their first places; an empty name is no zone.
  static SupplyZones by_name(const std::vector<std::string>& names);
  // By polygons: those with one id are one zone, those without an id none. A place counts in each that holds its point.
  // Throws as read_places().
  static SupplyZones by_polygons(const PlacesRequest& zones, const ReachOrigins& origins, const LocalPlane& plane,
                                 Executor& executor, AuditLog& audit);
};

}  // namespace urbiome
