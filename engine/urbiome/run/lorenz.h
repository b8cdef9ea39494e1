// Lorenz curves of green per resident between the zones of a level, as lorenz.csv holds them.
#pragma once

#include <string>
#include <vector>

#include "urbiome/run/results.h"

namespace urbiome {

// For every level, group and kind of green that has a Gini. A group has no curve where it has fewer people in some zone
// than may be shown: the curve tells how many live there.
std::vector<LorenzCurve> lorenz_curves(const FactStore& store, const std::string& date);

// date,zone_level,group,indicator,people_share,provision_share: a row for each point, from 0, 0 to 1, 1.
Table lorenz_table(const std::vector<LorenzCurve>& curves);

}  // namespace urbiome
