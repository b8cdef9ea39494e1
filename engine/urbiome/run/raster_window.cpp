#include "urbiome/run/raster_window.h"

#include <fmt/format.h>

namespace urbiome {

namespace {

// Cells a second on one thread, file written: for the plan.
constexpr double kWindowRate = 50e6, kClassesRate = 10e6;

void class_window(const WindowToolRequest& request, const RasterOutput& output, Executor& executor, AuditLog& audit) {
  const ClassLayer raster = open_classes(request.raster, audit);
  const Grid& grid = raster.grid();
  const GridMetric metric = metric_of(grid, raster.crs, request.raster.path);
  ClassStatistic statistic = ClassStatistic::share;
  if (request.statistic == "sum") statistic = ClassStatistic::sum;
  if (request.statistic == "diversity") statistic = ClassStatistic::diversity;
  if (request.statistic == "majority") statistic = ClassStatistic::majority;
  const bool of_members = statistic == ClassStatistic::share || statistic == ClassStatistic::sum;
  if (!of_members && !request.choice.empty()) {
    throw Error(ErrorCode::usage, fmt::format("--statistic {} takes all classes", request.statistic),
                "neither --classes nor --role");
  }
  const ClassSet members = of_members ? members_of(raster, request.choice) : ClassSet{};
  const ClassWindows windows(*raster.source, window_shapes(grid, metric, request.form, request.radius_m), members,
                             statistic, executor);
  const std::int64_t bytes = RasterPlan::bytes_of(*raster.source, windows.bands(), windows.bytes_per_cell(), executor) +
                             writer_bytes(grid, sizeof(double), output.creation_options);
  announce(output, "window", grid, windows.bands(), bytes, of_members ? kWindowRate : kClassesRate, executor);
  RasterWriter writer = double_writer(output, grid, raster.crs, executor);
  windows.measure(executor, rows_into<double>(writer, grid));
  writer.close();
}

void value_window(const WindowToolRequest& request, const RasterOutput& output, Executor& executor, AuditLog& audit) {
  const ValuesLayer raster = open_value_layer(request.raster.path, request.raster.band, request.raster.crs, audit);
  const Grid& grid = raster.grid();
  const GridMetric metric = metric_of(grid, raster.crs, request.raster.path);
  const ValueStatistic statistic = request.statistic == "sum" ? ValueStatistic::sum : ValueStatistic::mean;
  const ValueWindows windows(*raster.source, window_shapes(grid, metric, request.form, request.radius_m), statistic,
                             executor);
  const std::int64_t bytes = RasterPlan::bytes_of(windows.bands(), ValueWindows::kBytesPerCell, executor) +
                             writer_bytes(grid, sizeof(double), output.creation_options);
  announce(output, "window", grid, windows.bands(), bytes, kClassesRate, executor);
  RasterWriter writer = double_writer(output, grid, raster.crs, executor);
  windows.measure(executor, rows_into<double>(writer, grid));
  writer.close();
}

}  // namespace

void raster_window(const WindowToolRequest& request, const RasterOutput& output, Executor& executor, AuditLog& audit) {
  check_length("--radius-m", request.radius_m);
  const bool of_values = request.choice.empty() && (request.statistic == "sum" || request.statistic == "mean");
  if (of_values && !request.raster.legend.empty()) {
    throw Error(ErrorCode::usage,
                fmt::format("--statistic {} of a legend's classes has no cells to count", request.statistic),
                "one of --classes and --role, or no --legend for the raster's own values");
  }
  of_values ? value_window(request, output, executor, audit) : class_window(request, output, executor, audit);
}

}  // namespace urbiome
