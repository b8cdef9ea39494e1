#include "urbiome/run/raster_distance.h"

#include "urbiome/facts/polygon_distance.h"
#include "urbiome/run/raster_polygons.h"

namespace urbiome {
namespace {

constexpr double kDistanceRate = 50e6, kOutlineRate = 4e6;  // cells a second on one thread, file written: for the plan

void to_cells(const TileSource& source, const ClassSet& member, const GridMetric& metric, const std::optional<Crs>& crs,
              const DistanceToolRequest& request, const RasterOutput& output, Executor& executor) {
  const Grid& grid = source.grid();
  const DistanceMap map(source, metric, {member, request.measure, request.max_m}, executor);
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
  RasterWriter writer = double_writer(output, grid, crs, executor);
  map.measure(executor, rows_into<double>(writer, grid));
  writer.close();
}

void to_polygons(const ClassLayer& raster, const GridMetric& metric, const DistanceToolRequest& request,
                 const RasterOutput& output, Executor& executor, AuditLog& audit) {
  if (!request.choice.empty()) {
    throw Error(ErrorCode::usage, "both --to-vector and a choice of cells were given",
                "one of --to-vector, --classes and --role");
  }
  const Grid& grid = raster.grid();
  const MultiPolygon shape = polygons_on(grid, raster.crs, request.to_vector, request.to_layer, audit);
  if (request.measure == DistanceMeasure::centre) {
    ClassSet covered{};
    covered[1] = true;
    return to_cells(*covered_cells(shape, grid), covered, metric, raster.crs, request, output, executor);
  }
  const PolygonDistanceMap map(shape, grid, metric, request.max_m, executor);
  RasterPlan plan{"distance", grid, {}};
  plan.phases.push_back(
      {"distances", static_cast<std::int64_t>(map.bands().size()),
       map.table_bytes() + RasterPlan::bytes_of(map.bands(), PolygonDistanceMap::kBytesPerCell, executor), 0,
       plan.seconds(kOutlineRate, executor)});
  announce(output, plan, executor);
  RasterWriter writer = double_writer(output, grid, raster.crs, executor);
  map.measure(executor, rows_into<double>(writer, grid));
  writer.close();
}

}  // namespace

void raster_distance(const DistanceToolRequest& request, const RasterOutput& output, Executor& executor,
                     AuditLog& audit) {
  check_length("--max-m", request.max_m);
  const ClassLayer raster = open_classes(request.raster, audit);
  const GridMetric metric = metric_of(raster.grid(), raster.crs, request.raster.path);
  if (!request.to_vector.empty()) return to_polygons(raster, metric, request, output, executor, audit);
  to_cells(*raster.source, members_of(raster, request.choice), metric, raster.crs, request, output, executor);
}

}  // namespace urbiome
