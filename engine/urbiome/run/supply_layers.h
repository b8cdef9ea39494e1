// Floating catchments from layers: people, places that offer something, and the ways between them, searched here.
//
// Ways go along streets, as `network reach` walks them, or in a straight line to the outline; a place inside a target
// is 0 m away. One search for each origin, no farther than any limit: longer ways have no cost.
#pragma once

#include <optional>
#include <string>

#include "urbiome/exec/executor.h"
#include "urbiome/io/street_reader.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_targets.h"
#include "urbiome/run/supply_data.h"
#include "urbiome/run/supply_rule.h"

namespace urbiome {

struct SupplyLayers {
  bool straight = false;           // no streets
  StreetRequest streets;           // otherwise
  std::string streets_crs;         // override
  double least_island_m = 0;       // shorter islands of streets are left out
  PlacesRequest origins, targets;  // amount of targets: a column; empty: their area in square metres
  PlacesRequest zones;             // polygons; an empty path: origins.label names zones, or none are asked for
  int origins_band = 1;            // of a raster of counts
  EntranceRule entrances;
  double snap_max_m = 250;  // from an origin to the street
};

// Throws Error: usage (people who are not told, no limit, numbers out of range), unreadable, contradiction (people or
// amounts that are not known, places without an area, a way that weighs without limit), memory.
SupplyData read_supply_layers(const SupplyLayers& layers, const SupplyRule& asked, const CatchmentRule& rule,
                              Executor& executor, AuditLog& audit);

}  // namespace urbiome
