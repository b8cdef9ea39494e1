// Legends: the shipped ones and the user's own csv files.
#pragma once

#include <string>
#include <vector>

#include "urbiome/raster/legend.h"

namespace urbiome {

// Ids of the shipped legends, in the order of the data file.
std::vector<std::string> shipped_legends();

// A shipped id or a csv file `code,class_name,green,blue,built,natural,vegetated,missing`, with `canopy` where it is
// told. Throws Error{contradiction} naming file and line: a missing column, a flag other than 0 or 1, overlapping
// codes, more classes than a raster may have.
Legend load_legend(const std::string& id_or_path);

// natural = 1 on classes whose note names the water option (Singapore Index wording).
void make_water_natural(Legend& legend);

}  // namespace urbiome
