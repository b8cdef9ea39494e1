#include "urbiome/run/raster_distance.h"

namespace urbiome {

namespace {

constexpr double kDistanceRate = 50e6;  // cells a second on one thread, file written: for the plan

}  // namespace

void raster_distance(const DistanceToolRequest& request, const RasterOutput& output, Executor& executor,
                     AuditLog& audit) {
  check_length("--max-m", request.max_m);
  const ClassLayer raster = open_classes(request.raster, audit);
  const Grid& grid = raster.grid();
  const GridMetric metric = metric_of(grid, raster.crs, request.raster.path);
  const DistanceMap map(*raster.source, metric, {members_of(raster, request.choice), request.measure, request.max_m},
                        executor);
  RasterPlan plan{"distance", grid, {}};
  const auto bands = static_cast<std::int64_t>(map.bands().size());
  if (map.passes() == 2) {
    plan.phases.push_back({"finding members", bands, map.table_bytes() + RasterPlan::bytes_of(map.bands(), 2, executor),
                           0, plan.seconds(5 * kDistanceRate, executor)});
  }
  plan.phases.push_back({"distances", bands,
                         map.table_bytes() + RasterPlan::bytes_of(map.bands(), DistanceMap::kBytesPerCell, executor), 0,
                         plan.seconds(kDistanceRate, executor)});
  announce(output, plan, executor);
  RasterWriter writer = double_writer(output, grid, raster.crs, executor);
  map.measure(executor, rows_into<double>(writer, grid));
  writer.close();
}

}  // namespace urbiome
