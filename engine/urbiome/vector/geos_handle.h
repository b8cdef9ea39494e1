// GEOS' handle of the thread that asks, for this module's own sources.
#pragma once

#include <geos_c.h>

namespace urbiome {

GEOSContextHandle_t geos_handle();

}  // namespace urbiome
