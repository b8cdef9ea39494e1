#include "urbiome/run/raster_resample.h"

#include <algorithm>
#include <limits>

#include "urbiome/io/raster_writer.h"

namespace urbiome {
namespace {

constexpr std::int64_t kBytesPerCell = 17;  // an amount, its mark and the value that is written

// Whole rows of the target, as many as a quarter of the budget and enough bands for all threads allow.
std::vector<Window> bands_on(const Grid& grid, const Executor& executor) {
  constexpr std::int64_t kWanted = 1 << 20;
  const std::int64_t affordable =
      executor.memory().limit() / 4 / (executor.most_waiting() * kBytesPerCell * grid.width);
  std::int64_t rows = executor.settings().tile_size;
  if (rows <= 0) rows = std::clamp<std::int64_t>(kWanted / grid.width, 1, std::max<std::int64_t>(affordable, 1));
  std::vector<Window> bands;
  for (std::int64_t row = 0; row < grid.height; row += rows)
    bands.push_back(intersection({row, 0, rows, grid.width}, whole(grid)));
  return bands;
}

}  // namespace

ResampleJob::ResampleJob(const ResampleRequest& request, Executor& executor, AuditLog& audit)
    : request_(request),
      counts_(open_value_layer(request.counts, request.band, request.crs, audit)),
      like_(describe_raster(request.like)),
      bands_(bands_on(like_.grid, executor)) {
  if (!like_.crs.empty()) {
    like_crs_ = Crs::parse(like_.crs);
  } else if (counts_.crs) {
    audit.warn(request.like, "names no coordinate reference system; that of the counts is taken");
  }
  plan_ = {"resample", counts_.grid(), {}};
  const auto tiles = tiles_of(*counts_.source, whole(counts_.grid()), executor.settings().tile_size);
  plan_.phases.push_back({"adding up", static_cast<std::int64_t>(tiles.size()),
                          tiles.empty() ? 0 : executor.threads() * tiles.front().cells() * 8, 0,
                          plan_.seconds(100e6, executor)});
  plan_.grid = like_.grid;
  const std::int64_t cells = bands_.empty() ? 0 : bands_.front().cells();
  plan_.phases.push_back({"resampling", static_cast<std::int64_t>(bands_.size()),
                          executor.most_waiting() * cells * kBytesPerCell, 0, plan_.seconds(50e6, executor)});
}

ResampleJob::Account ResampleJob::write(const std::string& path, Executor& executor) {
  const CountTotal total = total_of(*counts_.source, request_.counts, executor);
  const Resampling resampling(*counts_.source, counts_.crs, like_.grid, like_crs_, total, executor.threads());
  RasterWriter writer(path, like_.grid, like_.crs, CellType::f64, std::numeric_limits<double>::quiet_NaN(),
                      request_.creation_options, executor.threads());
  CountRounding rounding(total);
  std::int64_t placed = 0;
  executor.in_order(
      static_cast<std::int64_t>(bands_.size()), "resampling",
      [&](std::int64_t item) {
        return resampling.rows(bands_[static_cast<std::size_t>(item)], executor.current_slot());
      },
      [&](std::int64_t, const CountRows& rows) {
        for (const std::int64_t amount : rows.amount) placed += amount;
        writer.write_rows(rows.window.row, rows.window.rows, rounding.values(rows).data());
      });
  writer.close();
  return {total.people(), rounding.placed(), std::ldexp(static_cast<double>(total.amount - placed), total.exponent)};
}

}  // namespace urbiome
