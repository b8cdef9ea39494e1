#include "urbiome/run/raster_morphology.h"

namespace urbiome {

namespace {

constexpr double kMorphologyRate = 60e6;  // cells a second on one thread, file written: for the plan

}  // namespace

void raster_morphology(const MorphologyToolRequest& request, const RasterOutput& output, Executor& executor,
                       AuditLog& audit) {
  check_length("--radius-m", request.radius_m);
  const ClassLayer raster = open_classes(request.raster, audit);
  const Grid& grid = raster.grid();
  const GridMetric metric = metric_of(grid, raster.crs, request.raster.path);
  const MorphologyMap map(*raster.source, window_shapes(grid, metric, WindowForm::disc, request.radius_m),
                          members_of(raster, request.choice), request.operation, executor);
  const std::int64_t bytes = RasterPlan::bytes_of(*raster.source, map.bands(), MorphologyMap::kBytesPerCell, executor) +
                             writer_bytes(grid, 1, output.creation_options);
  announce(output, "morphology", grid, map.bands(), bytes, kMorphologyRate, executor);
  RasterWriter writer = byte_writer(output, grid, raster.crs, MorphologyMap::kNodata, executor);
  map.measure(executor, rows_into<std::uint8_t>(writer, grid));
  writer.close();
}

}  // namespace urbiome
