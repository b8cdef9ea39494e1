// The exact covered share of every cell that a zone touches, as a table that is written as it is made.
#pragma once

#include <string>

#include "urbiome/run/raster_plan.h"
#include "urbiome/run/raster_zones.h"

namespace urbiome {

class CoverageJob {
 public:
  // Opens the grid and reads the zones. Throws Error: unreadable, contradiction (no polygons).
  // `crs` overrides the raster's own.
  CoverageJob(const std::string& raster, const std::string& crs, const ZonesRequest& zones, Executor& executor,
              AuditLog& audit);

  const RasterPlan& plan() const { return plan_; }
  // Writes zone_id, row, col, share of every cell that a zone touches, by zone in file order, then row-major; returns
  // the number of rows. Once only.
  std::int64_t write(const std::string& path, Executor& executor, AuditLog& audit);

 private:
  ZonesRequest zones_;
  RasterPlan plan_;
  std::unique_ptr<ZoneShapes> shapes_;
};

}  // namespace urbiome
