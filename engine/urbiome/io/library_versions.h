// Versions of the libraries behind this module, for provenance.
#pragma once

#include "urbiome/io/json.h"

namespace urbiome {

Json io_library_versions();  // {"GDAL": "3.6.2"}

}  // namespace urbiome
