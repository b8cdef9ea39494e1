// What floating catchments are computed from: people, supplies, and the costs between them.
#pragma once

#include <string>
#include <vector>

#include "urbiome/kernel/floating_catchment.h"

namespace urbiome {

struct SupplyData {
  std::vector<std::string> places, supplies;  // their ids
  std::vector<double> people, amounts;
  std::vector<std::vector<CatchmentPair>> costs;  // in blocks as share_supply() takes them
  std::string ways;                               // what the costs are: "costs"
};

}  // namespace urbiome
