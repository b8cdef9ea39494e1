#include "urbiome/run/raster_cost.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "urbiome/facts/cost_sheets.h"
#include "urbiome/facts/least_cost.h"
#include "urbiome/io/raster_writer.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

// Whole rows of whole blocks, about a million cells, or fewer where memory is short.
std::vector<Window> stretches(const ValueSource& source, const Executor& executor) {
  const Grid& grid = source.grid();
  const std::int64_t block = std::max<std::int64_t>(source.block_rows(), 1);
  const std::int64_t cells = std::clamp(executor.memory().limit() / 256, std::int64_t{1} << 16, std::int64_t{1} << 20);
  const std::int64_t wanted = std::max<std::int64_t>(cells / grid.width, 1);
  const std::int64_t rows = block <= wanted ? wanted - wanted % block : wanted;
  std::vector<Window> windows;
  for (std::int64_t row = 0; row < grid.height; row += rows)
    windows.push_back(intersection({row, 0, rows, grid.width}, whole(grid)));
  return windows;
}

// Windows of a raster, a reader for each thread.
class Windows {
 public:
  Windows(const ValueSource& source, Executor& executor)
      : source_(source), executor_(executor), readers_(static_cast<std::size_t>(executor.threads())) {}

  void read(const Window& window, std::span<double> values) {
    auto& reader = readers_[static_cast<std::size_t>(executor_.current_slot())];
    if (!reader) reader = source_.open();
    reader->read(window, values);
  }

 private:
  const ValueSource& source_;
  Executor& executor_;
  std::vector<std::unique_ptr<ValueReader>> readers_;
};

class Resistances {
 public:
  Resistances(const ValuesLayer& layer, Executor& executor) : layer_(layer), windows_(*layer.source, executor) {}

  // On the threads. Barriers are infinite.
  void read(const Window& window, std::span<double> values) {
    windows_.read(window, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      double& value = values[i];
      if (value < 0) {
        const auto at = static_cast<std::int64_t>(i);
        throw Error(ErrorCode::contradiction,
                    fmt::format("{}: the resistance at row {}, column {} is {}", layer_.info.path,
                                window.row + at / window.cols, window.col + at % window.cols, value),
                    "0 or more", "declare the value as nodata, or correct the raster");
      }
      if (std::isnan(value)) value = kFar;
    }
  }

 private:
  const ValuesLayer& layer_;
  Windows windows_;
};

// Sets the cost of sources to 0.
class Sources {
 public:
  Sources(const Grid& grid, CostStore& cost)
      : grid_(grid), cost_(cost), zeros_(static_cast<std::size_t>(grid.width), 0.0) {}

  void add(const Point& point) {
    const double row = std::floor(grid_.row_of(point.y)), col = std::floor(grid_.col_of(point.x));
    if (row >= 0 && row < static_cast<double>(grid_.height) && col >= 0 && col < static_cast<double>(grid_.width))
      add(static_cast<std::int64_t>(row), static_cast<std::int64_t>(col), 1);
  }
  void add(const Ring& line) {
    if (line.size() == 1) add(line[0]);
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      stop_if_cancelled();
      const Point &a = line[i], &b = line[i + 1];
      const double x = b.x - a.x, y = b.y - a.y;
      // The part of the segment that may lie on the grid, in quarters of a cell.
      double from = 0, to = 1;
      const auto keep = [&](double start, double along, double low, double high) {
        if (along == 0) return;
        const double one = (low - start) / along, other = (high - start) / along;
        from = std::max(from, std::min(one, other));
        to = std::min(to, std::max(one, other));
      };
      keep(a.x, x, grid_.x_of(-1), grid_.x_of(static_cast<double>(grid_.width + 1)));
      keep(a.y, y, grid_.y_of(static_cast<double>(grid_.height + 1)), grid_.y_of(-1));
      const double cells = std::max(std::abs(x) / grid_.dx, std::abs(y) / grid_.dy) * (to - from);
      if (!(cells >= 0)) continue;
      const double steps = std::max(std::ceil(4 * cells), 1.0);
      for (double step = 0; step <= steps; ++step) {
        const double t = from + (to - from) * (step / steps);
        add(Point{a.x + t * x, a.y + t * y});
      }
    }
  }
  void add(const MultiPolygon& shape) {
    Coverage cover = cover_centres(shape, grid_);
    if (cover.empty()) cover = cover_exactly(shape, grid_);
    for (std::int64_t row = cover.first_row; row < cover.row_end(); ++row) {
      for (const CellSpan& span : cover.spans_of(row)) {
        add(row, span.begin, span.end - span.begin);
      }
      for (const PartialCell& cell : cover.partials_of(row)) add(row, cell.col, 1);
    }
  }

 private:
  void add(std::int64_t row, std::int64_t col, std::int64_t cols) {
    const Window cells = intersection({row, col, 1, cols}, whole(grid_));
    if (!cells.empty()) cost_.write(cells, std::span(zeros_).first(static_cast<std::size_t>(cells.cells())));
  }

  const Grid& grid_;
  CostStore& cost_;
  std::vector<double> zeros_;
};

// Writes what make(window, costs) makes of each window.
template <typename Make>
void fill(CostStore& cost, const std::vector<Window>& windows, std::string_view phase, Executor& executor,
          const Make& make) {
  std::vector<std::vector<double>> seats(static_cast<std::size_t>(executor.threads()));
  executor.items(static_cast<std::int64_t>(windows.size()), phase, [&](std::int64_t item) {
    std::vector<double>& costs = seats[static_cast<std::size_t>(executor.current_slot())];
    const Window& window = windows[static_cast<std::size_t>(item)];
    costs.resize(static_cast<std::size_t>(window.cells()));
    make(window, std::span<double>(costs));
    cost.write(window, costs);
  });
}

// Where it starts, as the file has it: one of both.
struct OpenedSources {
  std::optional<ValueLayer> raster;
  std::optional<VectorLayer> vector;
};

// Whatever is wrong with the sources shows here, before any work.
OpenedSources open_sources(const CostRequest& request, const ValuesLayer& layer, AuditLog& audit) {
  if (!is_raster(request.sources)) {
    VectorLayer vector = read_vector(
        {.path = request.sources, .layer = request.sources_layer, .columns = {}, .where = {}, .x = {}, .y = {}});
    for (const std::string& warning : vector.warnings) audit.warn(request.sources, warning);
    warn_of_one_crs(request.sources, !vector.crs.empty(), layer.crs, audit);
    return {{}, std::move(vector)};
  }
  ValueLayer sources = open_values(request.sources, 1);
  std::optional<Crs> crs;  // an override stands for both
  if (request.crs.empty() && !sources.info.crs.empty()) crs = Crs::parse(sources.info.crs);
  require_same_grid(
      {request.resistance, layer.grid(), layer.crs}, {request.sources, sources.source->grid(), crs},
      "warp one to the other (gdalwarp -te ... -ts ... -r near), or give the sources as points or polygons");
  return {std::move(sources), {}};
}

void lay_raster(const ValueSource& sources, CostStore& cost, Executor& executor) {
  Windows windows(sources, executor);
  fill(cost, stretches(sources, executor), "reading sources", executor,
       [&](const Window& window, std::span<double> values) {
         windows.read(window, values);
         for (double& value : values) value = std::isnan(value) || value == 0 ? kFar : 0;
       });
}

// A line or a point. On lat/lon grids its longitudes may be a turn of the world away from those of the grid, and a step
// of more than half a turn goes over the antimeridian.
void add_round(Sources& sources, Ring line, bool round) {
  if (!round) return sources.add(line);
  for (std::size_t i = 1; i < line.size(); ++i)
    line[i].x = line[i - 1].x + std::remainder(line[i].x - line[i - 1].x, 360);
  for (const double turn : {-360.0, 0.0, 360.0}) {
    Ring turned = line;
    for (Point& point : turned) point.x += turn;
    sources.add(turned);
  }
}

void lay_vector(const VectorLayer& vector, const ValuesLayer& layer, CostStore& cost) {
  const Grid& grid = layer.grid();
  std::optional<Transformer> transformer;
  if (layer.crs && !vector.crs.empty()) {
    transformer.emplace(Crs::parse(vector.crs), *layer.crs);
    if (transformer->identity()) transformer.reset();
  }
  Sources sources(grid, cost);
  const auto moved = [&](const Point& point) { return transformer ? (*transformer)(point) : point; };
  const bool round = layer.crs && layer.crs->is_geographic();
  for (const Feature& feature : vector.features) {
    for (const Point& point : feature.points) add_round(sources, {moved(point)}, round);
    for (Ring line : feature.lines) {
      for (Point& point : line) point = moved(point);
      add_round(sources, std::move(line), round);
    }
    if (feature.polygons.empty()) continue;
    MultiPolygon shape = repaired(feature.polygons).shape;
    if (transformer) shape = repaired(transformer->transform(shape, 1e-3 * std::min(grid.dx, grid.dy))).shape;
    if (round) shape = beside_antimeridian(std::move(shape), grid);
    sources.add(shape);
  }
}

// Sources on barriers are none. Returns how many are left. Resistances go to `kept` where it has room for them.
std::int64_t keep_passable(const CostRequest& request, const ValuesLayer& layer, Resistances& resistances,
                           std::vector<double>& kept, CostStore& cost, Executor& executor, AuditLog& audit) {
  std::atomic<std::int64_t> left = 0, lost = 0;
  std::vector<std::vector<double>> seats(static_cast<std::size_t>(executor.threads()));
  fill(cost, stretches(*layer.source, executor), "reading resistances", executor,
       [&](const Window& window, std::span<double> costs) {
         std::vector<double>& seat = seats[static_cast<std::size_t>(executor.current_slot())];
         if (kept.empty()) seat.resize(costs.size());
         const std::span<double> resistance =
             kept.empty() ? std::span<double>(seat)
                          : std::span(kept).subspan(static_cast<std::size_t>(window.row * window.cols), costs.size());
         resistances.read(window, resistance);
         cost.read(window, costs);
         std::int64_t passable = 0, closed = 0;
         for (std::size_t i = 0; i < costs.size(); ++i) {
           if (costs[i] != 0) continue;
           if (resistance[i] < kFar) {
             ++passable;
           } else {
             costs[i] = kFar;
             ++closed;
           }
         }
         left += passable;
         lost += closed;
       });
  if (lost > 0)
    audit.warn(request.sources,
               fmt::format("{} source cells lie where {} is nodata and are left out", lost.load(), request.resistance));
  return left;
}

void write_costs(const CostRequest& request, const ValuesLayer& layer, const std::string& out, const CostStore& cost,
                 Executor& executor) {
  const Grid& grid = layer.grid();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  RasterWriter map(out, grid, layer.crs ? layer.crs->wkt() : std::string(), CellType::f64, kNan, request.creation,
                   executor.threads());
  const std::int64_t at_once = std::clamp<std::int64_t>((1 << 20) / grid.width, 1, 64);
  std::vector<double> rows;
  for (std::int64_t row = 0; row < grid.height; row += at_once) {
    executor.throw_if_cancelled();
    const std::int64_t count = std::min(at_once, grid.height - row);
    rows.resize(static_cast<std::size_t>(count * grid.width));
    cost.read({row, 0, count, grid.width}, rows);
    for (double& value : rows) value = std::isinf(value) ? kNan : value;
    map.write_rows(row, count, rows.data());
  }
  map.close();
}

// What fits half of --memory is worked on in memory, beside what reads and writes take; else sheet by sheet.
bool fits(const Grid& grid, const Executor& executor) {
  return cost_bytes(grid.cells()) <= executor.memory().limit() / 2;
}

RasterPlan plan_of(const ValuesLayer& layer, const Executor& executor) {
  const Grid& grid = layer.grid();
  RasterPlan plan{"cost", grid, {}};
  const bool in_memory = fits(grid, executor);
  const std::int64_t side = in_memory ? CostSolver::kMostSide : sheet_side(executor.memory().limit());
  const std::int64_t tiles = ((grid.width + side - 1) / side) * ((grid.height + side - 1) / side);
  const std::vector<Window> windows = stretches(*layer.source, executor);
  const std::int64_t reading = cost_bytes(windows.empty() ? 0 : windows.front().cells()) * executor.threads();
  const std::int64_t scratch = in_memory ? 0 : cost_bytes(grid.cells()) / 2;
  const std::int64_t memory = in_memory ? cost_bytes(grid.cells()) : sheet_bytes(side);
  plan.phases.push_back({"reading", static_cast<std::int64_t>(windows.size()), in_memory ? memory : reading, scratch,
                         plan.seconds(200e6, executor)});
  plan.phases.push_back({"least cost", tiles, memory, scratch, plan.seconds(in_memory ? 30e6 : 10e6, executor)});
  return plan;
}

}  // namespace

void raster_cost(const CostRequest& request, const std::string& out, Executor& executor, AuditLog& audit) {
  if (request.directions != 4 && request.directions != 8 && request.directions != 16)
    throw Error(ErrorCode::usage, fmt::format("--directions {}", request.directions), "4, 8 or 16");
  if (!(request.most >= 0)) throw Error(ErrorCode::usage, fmt::format("--max-cost {}", request.most), "0 or more");
  const ValuesLayer layer = open_value_layer(request.resistance, request.band, request.crs, audit);
  const Grid& grid = layer.grid();
  const std::vector<StepLengths> steps = step_lengths(metric_of(grid, layer.crs, request.resistance), grid.height);
  const OpenedSources sources = open_sources(request, layer, audit);
  const RasterPlan plan = plan_of(layer, executor);
  plan.require(executor);
  if (request.before_work) request.before_work(plan);
  const bool in_memory = fits(grid, executor);
  const std::int64_t side = sheet_side(executor.memory().limit());
  executor.memory().reserve(in_memory ? cost_bytes(grid.cells()) : sheet_bytes(side), "resistance and cost of cells");
  Resistances resistances(layer, executor);
  std::vector<double> resistance(in_memory ? static_cast<std::size_t>(grid.cells()) : 0);
  CostStore cost =
      in_memory ? CostStore(grid.width, grid.height) : CostStore(grid.width, executor.settings().scratch_folder);
  if (sources.raster) {
    lay_raster(*sources.raster->source, cost, executor);
  } else {
    if (!in_memory) {
      fill(cost, stretches(*layer.source, executor), "making room", executor,
           [](const Window&, std::span<double> costs) { std::fill(costs.begin(), costs.end(), kFar); });
    }
    lay_vector(*sources.vector, layer, cost);
  }
  if (keep_passable(request, layer, resistances, resistance, cost, executor, audit) == 0) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} has no source on a passable cell of {}", request.sources, request.resistance),
                "at least one", "check where both lie, and nodata");
  }
  if (in_memory) {
    spread_costs({grid.width, grid.height, resistance, cost.in_memory(), steps, request.directions}, request.most,
                 executor);
  } else {
    const auto read = [&](const Window& window, std::span<double> values) { resistances.read(window, values); };
    spread_costs_in_sheets({grid.width, grid.height, side, read, cost, steps, request.directions}, request.most,
                           executor);
  }
  write_costs(request, layer, out, cost, executor);
}

}  // namespace urbiome
