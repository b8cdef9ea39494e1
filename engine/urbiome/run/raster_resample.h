// People of one raster on the grid of another, their sum conserved.
#pragma once

#include <string>
#include <vector>

#include "urbiome/facts/resample.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_plan.h"

namespace urbiome {

struct ResampleRequest {
  std::string counts, like;  // like: any raster on the wanted grid
  int band = 1;
  std::string crs;  // override of the counts' own
  std::vector<std::string> creation_options;
};

class ResampleJob {
 public:
  // Throws Error: unreadable, contradiction (no way between the CRS).
  ResampleJob(const ResampleRequest& request, Executor& executor, AuditLog& audit);

  const RasterPlan& plan() const { return plan_; }
  struct Account {
    double total = 0, placed = 0, beyond = 0;  // beyond: outside the target's grid
  };
  // Writes a Float64 raster, NaN where nothing is known. Error{contradiction}: a count that is negative or infinite.
  Account write(const std::string& path, Executor& executor);

 private:
  ResampleRequest request_;
  ValuesLayer counts_;
  RasterInfo like_;
  std::optional<Crs> like_crs_;
  std::vector<Window> bands_;
  RasterPlan plan_;
};

}  // namespace urbiome
