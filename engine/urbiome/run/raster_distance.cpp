#include "urbiome/run/raster_distance.h"

#include "urbiome/facts/ends_log.h"
#include "urbiome/facts/nearest_map.h"
#include "urbiome/facts/polygon_distance.h"
#include "urbiome/run/raster_polygons.h"

namespace urbiome {
namespace {

// Cells a second on one thread, file written: for the plan.
constexpr double kDistanceRate = 50e6, kOutlineRate = 4e6, kLabelRate = 200e6, kNearestRate = 40e6;

void to_cells(const TileSource& source, const ClassSet& member, const GridMetric& metric, const std::optional<Crs>& crs,
              const DistanceToolRequest& request, const RasterOutput& output, Executor& executor) {
  const Grid& grid = source.grid();
  const DistanceMap map(source, metric, {member, request.measure, request.max_m}, executor);
  RasterPlan plan{"distance", grid, {}};
  const auto bands = static_cast<std::int64_t>(map.bands().size());
  const auto bytes = [&](std::int64_t per_cell) {
    return map.table_bytes(executor) + RasterPlan::bytes_of(source, map.bands(), per_cell, executor);
  };
  if (map.passes() == 2) {
    plan.phases.push_back(
        {"finding members", bands, bytes(2), map.scratch_bytes(executor), plan.seconds(5 * kDistanceRate, executor)});
  }
  plan.phases.push_back(
      {"distances", bands,
       bytes(DistanceMap::kBytesPerCell) + writer_bytes(grid, sizeof(double), output.creation_options),
       map.scratch_bytes(executor), plan.seconds(kDistanceRate, executor)});
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
  plan.phases.push_back({"distances", static_cast<std::int64_t>(map.bands().size()),
                         map.table_bytes() +
                             RasterPlan::bytes_of(map.bands(), PolygonDistanceMap::kBytesPerCell, executor) +
                             writer_bytes(grid, sizeof(double), output.creation_options),
                         0, plan.seconds(kOutlineRate, executor)});
  announce(output, plan, executor);
  RasterWriter writer = double_writer(output, grid, raster.crs, executor);
  map.measure(executor, rows_into<double>(writer, grid));
  writer.close();
}

// Patches of the chosen cells that are known, as raster label has them.
LabelRule patches_of(const ClassLayer& raster, const DistanceToolRequest& request) {
  LabelRule rule;
  rule.directions = request.directions;
  rule.by_class = false;
  rule.members = members_of(raster, request.choice);
  const auto& classes = raster.source->classes();
  for (std::size_t i = 0; i < rule.members.size(); ++i) {
    rule.members[i] = rule.members[i] && i < classes.size() && classes[i].missing == Missing::no;
  }
  return rule;
}

void to_patches(const ClassLayer& raster, const GridMetric& metric, const DistanceToolRequest& request,
                const RasterOutput& output, Executor& executor) {
  const Grid& grid = raster.grid();
  const LabelRule rule = patches_of(raster, request);
  const CellAreas areas = areas_of(grid, raster.crs);
  RasterPlan plan{"distance", grid, {}};
  const auto bands = bands_of(1, whole(grid), 0, NearestMap::kBytesPerCell, executor);
  const auto count = static_cast<std::int64_t>(bands.size());
  const std::int64_t labels_bytes = PatchLabels::most_bytes(*raster.source, rule, executor);
  const std::int64_t label_scratch = PatchLabels::most_scratch_bytes(*raster.source, rule, executor);
  const std::int64_t scratch = label_scratch + EndsLog::scratch_bytes(grid.width, count, true, executor);
  // One band at a time is measured, while labels of others are made.
  const std::int64_t table = EndsLog::memory_bytes(grid.width, count, true, executor);
  const std::int64_t band_bytes = bands.empty() ? 0 : bands.front().core.cells() * NearestMap::kBytesPerCell;
  const std::int64_t writers = writer_bytes(grid, sizeof(double) + sizeof(std::uint32_t), output.creation_options);
  plan.phases.push_back({"finding patches", count, labels_bytes, label_scratch, plan.seconds(kLabelRate, executor)});
  plan.phases.push_back({"finding members", count, labels_bytes + table, scratch, plan.seconds(kLabelRate, executor)});
  plan.phases.push_back({"distances", count, labels_bytes + table + band_bytes + writers, scratch,
                         plan.seconds(kNearestRate, executor) * executor.threads()});
  announce(output, plan, executor);

  PatchLabels labels(*raster.source, rule, areas, metric, executor);
  NearestMap map(labels, grid, metric, request.measure, request.max_m, executor);
  RasterWriter distances = double_writer(output, grid, raster.crs, executor);
  const bool small = labels.count() <= std::numeric_limits<std::uint32_t>::max();
  RasterWriter ids(request.nearest_path, grid, raster.crs ? raster.crs->wkt() : std::string{},
                   small ? CellType::u32 : CellType::i64, 0.0, output.creation_options, executor.threads());
  std::vector<std::uint32_t> narrow;
  map.measure(executor, [&](std::int64_t row, std::span<const double> metres, std::span<const std::int64_t> nearest) {
    const auto rows = static_cast<std::int64_t>(metres.size()) / grid.width;
    distances.write_rows(row, rows, metres.data());
    if (!small) return ids.write_rows(row, rows, nearest.data());
    narrow.assign(nearest.begin(), nearest.end());
    ids.write_rows(row, rows, narrow.data());
  });
  distances.close();
  ids.close();
}

}  // namespace

void raster_distance(const DistanceToolRequest& request, const RasterOutput& output, Executor& executor,
                     AuditLog& audit) {
  check_length("--max-m", request.max_m);
  const ClassLayer raster = open_classes(request.raster, audit);
  const GridMetric metric = metric_of(raster.grid(), raster.crs, request.raster.path);
  if (!request.nearest_path.empty() && !request.to_vector.empty()) {
    throw Error(ErrorCode::usage, "both --nearest and --to-vector were given", "--nearest with --classes or --role");
  }
  if (!request.nearest_path.empty()) return to_patches(raster, metric, request, output, executor);
  if (!request.to_vector.empty()) return to_polygons(raster, metric, request, output, executor, audit);
  to_cells(*raster.source, members_of(raster, request.choice), metric, raster.crs, request, output, executor);
}

}  // namespace urbiome
