// The exact covered share of every cell that a zone touches, as a table.
#pragma once

#include <string>

#include "urbiome/base/table.h"
#include "urbiome/run/raster_zones.h"

namespace urbiome {

// zone_id, row, col, share of every cell that a zone touches, by zone in file order, then row-major.
Table coverage_table(const std::string& raster, const ZonesRequest& zones, AuditLog& audit);

}  // namespace urbiome
