// The raster tools of the command line, as library calls on files.
#pragma once

#include <optional>
#include <string>

#include "urbiome/base/table.h"
#include "urbiome/exec/executor.h"
#include "urbiome/run/audit_log.h"

namespace urbiome {

struct TabulateRequest {
  std::string raster, second_raster;  // the second: transitions, on one grid
  int band = 1;
  std::string legend;  // a shipped id or a file; empty: every value is a class
  bool unlisted_is_unknown = false;
  std::string zones, zones_layer, zone_id;  // empty zones: the whole raster, zone_id empty
  bool by_centre = false;
  std::string crs;  // override
};

// zone_id, class [, class_to], cells, area_m2. `cells` is the sum of covered shares. nodata and unknown are left out.
Table tabulate(const TabulateRequest& request, Executor& executor, AuditLog& audit);

// zone_id, row, col, share of every cell that a zone touches, by zone in file order, then row-major.
Table coverage_table(const std::string& raster, const std::string& zones, const std::string& layer,
                     const std::string& zone_id, bool by_centre, AuditLog& audit);

}  // namespace urbiome
