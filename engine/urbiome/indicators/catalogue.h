// Every indicator, from the one list in list.def.
#pragma once

#include <string_view>
#include <vector>

#include "urbiome/indicators/indicator.h"

namespace urbiome {

const std::vector<const Indicator*>& indicators();
const Indicator* indicator_named(std::string_view id);  // nullptr when absent

}  // namespace urbiome
