// What floating catchments are computed from: people, supplies, and the costs between them.
#pragma once

#include <string>
#include <vector>

#include "urbiome/kernel/floating_catchment.h"
#include "urbiome/run/supply_zones.h"

namespace urbiome {

struct SupplyData {
  std::vector<std::string> places, supplies;  // their ids
  std::vector<double> people;                 // by place, and within it by group
  std::vector<double> amounts, radii;         // of supplies; radii: the limit of each, empty where there is one for all
  std::vector<std::vector<CatchmentPair>> costs;  // in blocks as share_supply() takes them
  std::string ways;                               // what the costs are: "costs"
  SupplyZones zones;                              // none where they are not asked for
};

}  // namespace urbiome
