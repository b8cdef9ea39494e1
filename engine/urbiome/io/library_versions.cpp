#include "urbiome/io/library_versions.h"

#include <gdal.h>

namespace urbiome {

Json io_library_versions() { return {{"GDAL", GDALVersionInfo("RELEASE_NAME")}}; }

}  // namespace urbiome
