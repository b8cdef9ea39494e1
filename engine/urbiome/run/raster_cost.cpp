#include "urbiome/run/raster_cost.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

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

// Whole rows of whole blocks, about a million cells.
std::vector<Window> stretches(const ValueSource& source) {
  const Grid& grid = source.grid();
  const std::int64_t block = std::max<std::int64_t>(source.block_rows(), 1);
  const std::int64_t wanted = std::max<std::int64_t>((std::int64_t{1} << 20) / grid.width, 1);
  const std::int64_t rows = block <= wanted ? wanted - wanted % block : wanted;
  std::vector<Window> windows;
  for (std::int64_t row = 0; row < grid.height; row += rows)
    windows.push_back(intersection({row, 0, rows, grid.width}, whole(grid)));
  return windows;
}

// Calls visit(window, values) for all of the raster, on the threads.
template <typename Visit>
void read_all(const ValueSource& source, std::string_view phase, Executor& executor, const Visit& visit) {
  struct Seat {
    std::unique_ptr<ValueReader> reader;
    std::vector<double> values;
  };
  std::vector<Seat> seats(static_cast<std::size_t>(executor.threads()));
  const std::vector<Window> windows = stretches(source);
  executor.items(static_cast<std::int64_t>(windows.size()), phase, [&](std::int64_t item) {
    Seat& seat = seats[static_cast<std::size_t>(executor.current_slot())];
    const Window& window = windows[static_cast<std::size_t>(item)];
    if (!seat.reader) seat.reader = source.open();
    seat.values.resize(static_cast<std::size_t>(window.cells()));
    seat.reader->read(window, seat.values);
    visit(window, std::span<const double>(seat.values));
  });
}

std::vector<double> read_resistance(const ValuesLayer& layer, Executor& executor) {
  const Grid& grid = layer.grid();
  std::vector<double> resistance(static_cast<std::size_t>(grid.cells()));
  read_all(*layer.source, "reading resistances", executor, [&](const Window& window, std::span<const double> values) {
    double* to = resistance.data() + window.row * grid.width;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double value = values[i];
      if (value < 0) {
        const auto at = static_cast<std::int64_t>(i);
        throw Error(ErrorCode::contradiction,
                    fmt::format("{}: the resistance at row {}, column {} is {}", layer.info.path,
                                window.row + at / grid.width, at % grid.width, value),
                    "0 or more", "declare the value as nodata, or correct the raster");
      }
      to[i] = std::isnan(value) ? kFar : value;
    }
  });
  return resistance;
}

// Sets the cost of sources to 0.
class Sources {
 public:
  Sources(const Grid& grid, std::vector<double>& cost) : grid_(grid), cost_(cost) {}

  void add(std::int64_t row, std::int64_t col) {
    if (row < 0 || row >= grid_.height || col < 0 || col >= grid_.width) return;
    cost_[static_cast<std::size_t>(row * grid_.width + col)] = 0;
  }
  void add(const Point& point) {
    const double row = std::floor(grid_.row_of(point.y)), col = std::floor(grid_.col_of(point.x));
    if (row >= 0 && row < static_cast<double>(grid_.height) && col >= 0 && col < static_cast<double>(grid_.width))
      add(static_cast<std::int64_t>(row), static_cast<std::int64_t>(col));
  }
  void add(const Ring& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Point a = line[i], b = line[std::min(i + 1, line.size() - 1)];
      const double cells = std::max(std::abs(b.x - a.x) / grid_.dx, std::abs(b.y - a.y) / grid_.dy);
      const double steps = std::min(std::ceil(4 * cells), 4e9);
      for (double step = 0; step < std::max(steps, 1.0); ++step) {
        const double t = step / std::max(steps, 1.0);
        add(Point{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
      }
    }
  }
  void add(const MultiPolygon& shape) {
    Coverage cover = cover_centres(shape, grid_);
    if (cover.empty()) cover = cover_exactly(shape, grid_);
    for (std::int64_t row = cover.first_row; row < cover.row_end(); ++row) {
      for (const CellSpan& span : cover.spans_of(row)) {
        for (std::int32_t col = span.begin; col < span.end; ++col) add(row, col);
      }
      for (const PartialCell& cell : cover.partials_of(row)) add(row, cell.col);
    }
  }

 private:
  const Grid& grid_;
  std::vector<double>& cost_;
};

void lay_raster(const CostRequest& request, const ValuesLayer& layer, std::vector<double>& cost, Executor& executor) {
  const ValueLayer sources = open_values(request.sources, 1);
  const Grid &grid = layer.grid(), &other = sources.source->grid();
  const auto apart = [](double a, double b, double cell) { return std::abs(a - b) > 1e-6 * cell; };
  if (grid.width != other.width || grid.height != other.height || apart(grid.x0, other.x0, grid.dx) ||
      apart(grid.y0, other.y0, grid.dy) || apart(grid.dx, other.dx, grid.dx / static_cast<double>(grid.width)) ||
      apart(grid.dy, other.dy, grid.dy / static_cast<double>(grid.height))) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} and {} lie on different grids", request.resistance, request.sources), "one grid",
                "warp one to the other (gdalwarp -te ... -ts ... -r near), or give the sources as points or polygons");
  }
  read_all(*sources.source, "reading sources", executor, [&](const Window& window, std::span<const double> values) {
    double* to = cost.data() + window.row * grid.width;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isnan(values[i]) && values[i] != 0) to[i] = 0;
    }
  });
}

void lay_vector(const CostRequest& request, const ValuesLayer& layer, std::vector<double>& cost, AuditLog& audit) {
  const Grid& grid = layer.grid();
  const VectorLayer vector = read_vector(
      {.path = request.sources, .layer = request.sources_layer, .columns = {}, .where = {}, .x = {}, .y = {}});
  for (const std::string& warning : vector.warnings) audit.warn(request.sources, warning);
  std::optional<Transformer> transformer;
  if (layer.crs && !vector.crs.empty()) {
    transformer.emplace(Crs::parse(vector.crs), *layer.crs);
    if (transformer->identity()) transformer.reset();
  } else if (layer.crs) {
    audit.warn(request.sources, "names no coordinate reference system; the raster's is taken");
  }
  Sources sources(grid, cost);
  const auto moved = [&](const Point& point) { return transformer ? (*transformer)(point) : point; };
  for (const Feature& feature : vector.features) {
    for (const Point& point : feature.points) sources.add(moved(point));
    for (Ring line : feature.lines) {
      for (Point& point : line) point = moved(point);
      sources.add(line);
    }
    if (feature.polygons.empty()) continue;
    MultiPolygon shape = repaired(feature.polygons).shape;
    if (transformer) shape = repaired(transformer->transform(shape, 1e-3 * std::min(grid.dx, grid.dy))).shape;
    if (layer.crs && layer.crs->is_geographic()) shape = beside_antimeridian(std::move(shape), grid);
    sources.add(shape);
  }
}

// Sources on barriers are none. Returns how many are left.
std::int64_t keep_passable(const CostRequest& request, const std::vector<double>& resistance, std::vector<double>& cost,
                           AuditLog& audit) {
  std::int64_t kept = 0, lost = 0;
  for (std::size_t i = 0; i < cost.size(); ++i) {
    if (cost[i] != 0) continue;
    if (resistance[i] < kFar) {
      ++kept;
    } else {
      cost[i] = kFar;
      ++lost;
    }
  }
  if (lost > 0)
    audit.warn(request.sources,
               fmt::format("{} source cells lie where {} is nodata and are left out", lost, request.resistance));
  return kept;
}

void write_costs(const CostRequest& request, const ValuesLayer& layer, const std::string& out,
                 const std::vector<double>& cost, Executor& executor) {
  const Grid& grid = layer.grid();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  RasterWriter map(out, grid, layer.crs ? layer.crs->wkt() : std::string(), CellType::f64, kNan, request.creation,
                   executor.threads());
  constexpr std::int64_t kRows = 64;
  std::vector<double> rows;
  for (std::int64_t row = 0; row < grid.height; row += kRows) {
    executor.throw_if_cancelled();
    const std::int64_t count = std::min(kRows, grid.height - row);
    const auto first = cost.begin() + row * grid.width;
    rows.assign(first, first + count * grid.width);
    for (double& value : rows) value = std::isinf(value) ? kNan : value;
    map.write_rows(row, count, rows.data());
  }
  map.close();
}

RasterPlan plan_of(const ValuesLayer& layer, const Executor& executor) {
  RasterPlan plan{"cost", layer.grid(), {}};
  const std::int64_t memory = cost_bytes(layer.grid().cells());
  constexpr std::int64_t kSide = CostSolver::kMostSide;
  const std::int64_t tiles = ((layer.grid().width + kSide - 1) / kSide) * ((layer.grid().height + kSide - 1) / kSide);
  const auto reading = static_cast<std::int64_t>(stretches(*layer.source).size());
  plan.phases.push_back({"reading", reading, memory, 0, plan.seconds(200e6, executor)});
  plan.phases.push_back({"least cost", tiles, memory, 0, plan.seconds(30e6, executor)});
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
  const RasterPlan plan = plan_of(layer, executor);
  plan.require(executor);
  if (request.before_work) request.before_work(plan);
  executor.memory().reserve(cost_bytes(grid.cells()), "resistance and cost of every cell");
  const std::vector<double> resistance = read_resistance(layer, executor);
  std::vector<double> cost(resistance.size(), kFar);
  if (is_raster(request.sources)) {
    lay_raster(request, layer, cost, executor);
  } else {
    lay_vector(request, layer, cost, audit);
  }
  if (keep_passable(request, resistance, cost, audit) == 0) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} has no source on a passable cell of {}", request.sources, request.resistance),
                "at least one", "check where both lie, and nodata");
  }
  spread_costs({grid.width, grid.height, resistance, cost, steps, request.directions}, request.most, executor);
  write_costs(request, layer, out, cost, executor);
}

}  // namespace urbiome
