#include <geos_c.h>
#include <proj.h>

#include "urbiome/vector/crs.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

std::string proj_version() { return proj_info().version; }
std::string geos_version() { return GEOSversion(); }

}  // namespace urbiome
