// report.html: what an output folder holds, for people to read.
//
//   write_report("out");     // reads results.csv, run.json, zones.gpkg and maps/classes.tif, writes report.html
//
// One page that needs nothing else: styles, script, maps and pictures are inside it, and it never asks the network.
// Without JavaScript and on paper it reads the same, less the choice of the indicator. Names from the data are shown,
// never run.
#pragma once

#include <string>

namespace urbiome {

// Error{unreadable} names a file that is missing or broken; maps/classes.tif may be missing where run.json lists inputs
// and none of them is land cover. Fields that run.json lacks leave out what they would tell. Error{unwritable}.
void write_report(const std::string& folder);

}  // namespace urbiome
