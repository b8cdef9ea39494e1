// Statistics of a raster's values under zones, as a table.
#pragma once

#include <string>
#include <vector>

#include "urbiome/kernel/zonal_statistics.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_plan.h"
#include "urbiome/run/raster_zones.h"

namespace urbiome {

struct ZonalRequest {
  std::string values;
  ZonesRequest zones;
  std::vector<std::string> statistics;  // names of kernel/zonal_statistics.h
  int band = 0;                         // 0: all bands
  std::string crs;                      // override of the values' own
  std::string weights;                  // a raster on the same grid, or "area": true cell areas in m2; empty: none
  int weights_band = 1;
};

// A zonal job that was checked and planned, ready to run.
class ZonalJob {
 public:
  // Throws Error: usage (an unknown statistic, weighted ones without weights), unreadable, contradiction (weights on
  // another grid or in another CRS, no polygons).
  ZonalJob(const ZonalRequest& request, Executor& executor, AuditLog& audit);

  const RasterPlan& plan() const { return plan_; }
  // Writes zone_id, band, statistic, value: by zone in file order, then band, then statistic as asked; a statistic that
  // is not defined is an empty cell. Returns the rows written.
  std::int64_t write(const std::string& path, Executor& executor);

 private:
  void sum_band(int band, Executor& executor, std::vector<std::optional<double>>& values);

  ZonalRequest request_;
  std::vector<Statistic> statistics_;
  ZonalNeeds needs_;
  std::vector<int> bands_;
  Grid grid_;
  CellAreas areas_;
  std::shared_ptr<ValueSource> weights_;
  std::vector<std::string> ids_;
  std::vector<Coverage> zones_;
  RasterPlan plan_;
};

}  // namespace urbiome
