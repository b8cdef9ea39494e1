#include "urbiome/facts/distance_map.h"

#include <algorithm>
#include <memory>

#include "urbiome/exec/spare_buffers.h"
#include "urbiome/facts/ends_log.h"
#include "urbiome/kernel/distance.h"
#include "urbiome/kernel/distance_geographic.h"
#include "urbiome/kernel/member_bytes.h"

namespace urbiome {
namespace {

constexpr std::int64_t kMostHaloRows = 128;    // beyond, a second decode costs less
constexpr std::int64_t kMostBandRows = 32768;  // what the kernel holds, and far more than helps

// The rows beyond which nothing can be within the limit.
std::int64_t rows_within(const Grid& grid, const GridMetric& metric, double largest_m) {
  // A row is at least this high everywhere: a degree of latitude has more than 110 km.
  const double row_m = metric.is_geographic() ? grid.dy * 110000.0 : grid.dy * metric.unit_to_metre();
  const double rows = largest_m / row_m;
  return rows < static_cast<double>(grid.height) ? static_cast<std::int64_t>(rows) + 2 : grid.height;
}

std::vector<Band> split(const std::vector<Band>& bands) {
  std::vector<Band> parts;
  for (const Band& band : bands) {
    for (std::int64_t row = band.core.row; row < band.core.row_end(); row += kMostBandRows) {
      const Window core = intersection({row, band.core.col, kMostBandRows, band.core.cols}, band.core);
      parts.push_back({core, core});
    }
  }
  return parts;
}

// One thread's workspace: distances on a plane or on the ellipsoid.
class Workspace {
 public:
  Workspace(const Grid& grid, const GridMetric& metric, const DistanceRequest& request) {
    if (metric.is_geographic()) {
      geographic_ =
          std::make_unique<GeographicDistanceBand>(grid, metric.ellipsoid(), request.measure, request.largest_m);
    } else {
      const double unit = metric.unit_to_metre();
      const DistanceKeys keys(grid.dx * unit, grid.dy * unit, request.measure, request.largest_m);
      planar_ = std::make_unique<DistanceBand>(keys, grid.width, grid.height);
    }
  }

  void measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
               std::span<double> out) {
    if (planar_) {
      planar_->measure(beyond, first_row, member, out);
    } else {
      geographic_->measure(beyond, first_row, member, out);
    }
  }

 private:
  std::unique_ptr<DistanceBand> planar_;
  std::unique_ptr<GeographicDistanceBand> geographic_;
};

}  // namespace

DistanceMap::DistanceMap(const TileSource& source, const GridMetric& metric, const DistanceRequest& request,
                         const Executor& executor)
    : source_(source), metric_(metric), request_(request) {
  const Grid& grid = source.grid();
  const std::int64_t halo = rows_within(grid, metric, request.largest_m);
  one_pass_ = halo <= kMostHaloRows && executor.settings().tile_size <= kMostBandRows - 2 * kMostHaloRows;
  bands_ = bands_of(source, whole(grid), one_pass_ ? halo : 0, kBytesPerCell, executor);
  if (std::any_of(bands_.begin(), bands_.end(), [](const Band& band) { return band.read.rows > kMostBandRows; })) {
    one_pass_ = false;
    bands_ = split(bands_);
  }
}

std::int64_t DistanceMap::table_bytes(const Executor& executor) const {
  const auto bands = static_cast<std::int64_t>(one_pass_ ? 0 : bands_.size());
  return EndsLog::memory_bytes(source_.grid().width, bands, false, executor);
}

std::int64_t DistanceMap::scratch_bytes(const Executor& executor) const {
  const auto bands = static_cast<std::int64_t>(one_pass_ ? 0 : bands_.size());
  return EndsLog::scratch_bytes(source_.grid().width, bands, false, executor);
}

void DistanceMap::measure(Executor& executor, const RowsSink<double>& sink) const {
  const Grid& grid = source_.grid();
  const std::int64_t table = table_bytes(executor);
  executor.memory().reserve(table, "the members' rows");
  EndsLog log(grid.width, false, executor);
  SpareBuffers<std::uint8_t> spare_marks;
  SpareBuffers<double> spare_rows;
  const auto marked = [&](std::span<const ClassIndex> cells) {
    std::vector<std::uint8_t> member = spare_marks.take(cells.size());
    mark_members(cells, request_.member, member);
    return member;
  };
  if (!one_pass_) {
    executor.bands_in_order(
        source_, bands_, "finding members",
        [&](int, const Band& band, std::span<const ClassIndex> cells) {
          std::vector<std::uint8_t> member = marked(cells);
          ColumnEnds ends = ends_of(grid.width, band.core.row, std::span<const std::uint8_t>(member));
          spare_marks.give(std::move(member));
          return ends;
        },
        [&](const Band&, const ColumnEnds& ends) { log.append(ends); });
    log.close();
  }
  std::vector<std::unique_ptr<Workspace>> seats(static_cast<std::size_t>(executor.threads()));
  const auto make = [&](int slot, const Band& band, std::span<const ClassIndex> cells) {
    auto& seat = seats[static_cast<std::size_t>(slot)];
    if (!seat) seat = std::make_unique<Workspace>(grid, metric_, request_);
    std::vector<std::uint8_t> member = marked(cells);
    const std::span<const std::uint8_t> rows = member;
    const auto above = static_cast<std::size_t>((band.core.row - band.read.row) * grid.width);
    const auto core = static_cast<std::size_t>(band.core.cells());
    // In one pass the rows that are read above and below are all that matters.
    const ColumnsBeyond beyond =
        one_pass_ ? ColumnsBeyond{ends_of(grid.width, band.read.row, rows.first(above)).last,
                                  ends_of(grid.width, band.core.row_end(), rows.subspan(above + core)).first}
                  : log.beyond(&band - bands_.data());
    std::vector<double> out = spare_rows.take(core);
    seat->measure(beyond, band.core.row, rows.subspan(above, core), out);
    spare_marks.give(std::move(member));
    return out;
  };
  executor.bands_in_order(source_, bands_, "distances", make, [&](const Band& band, std::vector<double>&& out) {
    sink(band.core.row, out);
    spare_rows.give(std::move(out));
  });
  executor.memory().release(table);
}

}  // namespace urbiome
