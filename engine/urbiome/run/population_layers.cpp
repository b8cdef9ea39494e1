#include <algorithm>

#include <fmt/format.h>

#include "urbiome/run/population_sources.h"
#include "urbiome/run/raster_people.h"
#include "urbiome/run/zone_parts.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kMostPeoplePerSource = 4194304;  // 2^22: what a fixed-point amount holds
constexpr double kToleranceCells = 1e-3;

class Placement {
 public:
  Placement(const PopulationInput& input, const Landscape& landscape, CellRule rule, const RunTable* built,
            std::vector<PeopleField>& zones, ZoneParts& parts, AuditLog& audit)
      : input_(input), landscape_(landscape), rule_(rule), built_(built), zones_(zones), parts_(parts), audit_(audit) {
    const Grid& grid = landscape.grid();
    box_ = {grid.x0, grid.y0 - grid.dy * static_cast<double>(grid.height),
            grid.x0 + grid.dx * static_cast<double>(grid.width), grid.y0};
    account_.path = input.path;
  }

  void add_polygon(const MultiPolygon& shape, double people) {
    const Box box = bounds(shape);
    account_.total += people;
    if (people == 0) return;
    double inside = 1;
    const bool within =
        box.xmin >= box_.xmin && box.xmax <= box_.xmax && box.ymin >= box_.ymin && box.ymax <= box_.ymax;
    if (!within) {
      if (!box.intersects(box_)) return leave_out(people);
      const double whole = planar_area(shape);
      const MultiPolygon frame = rectangle(box_);
      inside = whole > 0 ? std::clamp(planar_area(intersection_of(shape, frame)) / whole, 0.0, 1.0) : 0;
      leave_out(people * (1 - inside));
    }
    spread(shape, people * inside);
  }

  void add_point(const Point& point, double people) {
    account_.total += people;
    if (people == 0) return;
    const Grid& grid = landscape_.grid();
    const bool on_grid = point.x >= box_.xmin && point.x < box_.xmax && point.y > box_.ymin && point.y <= box_.ymax;
    if (!on_grid) return leave_out(people);
    account_.placed += people;
    const auto row = std::min(static_cast<std::int64_t>(grid.row_of(point.y)), grid.height - 1);
    const auto col = std::min(static_cast<std::int64_t>(grid.col_of(point.x)), grid.width - 1);
    for (std::size_t z = 0; z < zones_.size(); ++z) {
      if (!holds(z, point, row, col)) continue;
      for (double left = people; left > 0; left -= kMostPeoplePerSource)
        zones_[z].add(point, fixed(std::min(left, kMostPeoplePerSource)));
    }
  }

  // People whose cell lies on the grid and is spread elsewhere.
  bool takes_elsewhere(const Box& cell, double people) {
    const bool within =
        cell.xmin >= box_.xmin && cell.xmax <= box_.xmax && cell.ymin >= box_.ymin && cell.ymax <= box_.ymax;
    if (!within) return false;
    account_.total += people;
    account_.placed += people;
    return true;
  }

  void add_nowhere(double people) {
    account_.total += people;
    ++without_place_;
    leave_out(people);
  }

  PeopleAccount finish() {
    if (without_place_ > 0)
      audit_.warn(input_.path, fmt::format("{} rows of people have no usable place", without_place_));
    if (fell_back_ > 0)
      audit_.note(input_.path, fmt::format("{} polygons of people hold no cell centre and were spread by exact overlap",
                                           fell_back_));
    if (unbuilt_ > 0)
      audit_.note(input_.path,
                  fmt::format("{} polygons of people hold no built-up cell and were spread evenly", unbuilt_));
    if (account_.total > 0 && account_.placed == 0) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("population {}: none of its {} people lies on the land cover or in the city", input_.path,
                              people_text(account_.total)),
                  "layers of the same place", "check the crs of both layers (urbiome audit)");
    }
    report_people(account_, "on the grid", "outside every cell", audit_);
    return account_;
  }

 private:
  // By cell centre a point goes with its cell; else it lies in the zone or not.
  bool holds(std::size_t z, const Point& point, std::int64_t row, std::int64_t col) const {
    const Zone& zone = landscape_.zones[z];
    const auto spans = zone.coverage.spans_of(row);
    const bool full = std::any_of(spans.begin(), spans.end(),
                                  [&](const CellSpan& span) { return col >= span.begin && col < span.end; });
    if (full || rule_ == CellRule::centre) return full;
    const auto partials = zone.coverage.partials_of(row);
    const bool touched =
        std::any_of(partials.begin(), partials.end(), [&](const PartialCell& cell) { return cell.col == col; });
    return touched && contains(zone.shape, point);
  }

  void leave_out(double people) { account_.outside += people; }

  static std::int64_t fixed(double people) { return to_fixed(people); }

  // A source larger than a fixed-point amount holds goes in halves: the parts land on the same cells.
  void spread(const MultiPolygon& shape, double people) {
    if (people > kMostPeoplePerSource) {
      spread(shape, people / 2);
      return spread(shape, people / 2);
    }
    bool by_cell = rule_ == CellRule::centre;
    Coverage coverage = by_cell ? cover_centres(shape, landscape_.grid()) : cover_exactly(shape, landscape_.grid());
    if (by_cell && coverage.empty()) {
      coverage = cover_exactly(shape, landscape_.grid());
      by_cell = false;
      ++fell_back_;
    }
    bool on_built = built_ != nullptr && input_.spread_built;
    if (on_built) {
      Coverage built = within_runs(coverage, *built_);
      on_built = !built.empty();
      if (on_built)
        coverage = std::move(built);
      else
        ++unbuilt_;
    }
    const Int128 weight = PeopleField::weight(coverage, by_cell, landscape_.areas);
    if (weight == 0) {
      ++without_place_;
      return leave_out(people);
    }
    account_.placed += people;
    for (std::size_t z = 0; z < zones_.size(); ++z) {
      const Coverage& zone = landscape_.zones[z].coverage;
      const Overlap overlap = overlap_of(coverage, zone);
      if (overlap == Overlap::none) continue;
      Coverage part;
      if (overlap == Overlap::partial) {
        if (rule_ == CellRule::centre)
          part = product(coverage, zone);
        else
          part = on_built ? within_runs(parts_.part(shape, z), *built_) : parts_.part(shape, z);
      }
      zones_[z].add_part(overlap == Overlap::whole ? coverage : part, weight, fixed(people), by_cell, landscape_.areas);
    }
  }

  const PopulationInput& input_;
  const Landscape& landscape_;
  CellRule rule_;
  const RunTable* built_;
  std::vector<PeopleField>& zones_;
  ZoneParts& parts_;
  AuditLog& audit_;
  Box box_;
  PeopleAccount account_;
  std::int64_t without_place_ = 0, fell_back_ = 0, unbuilt_ = 0;
};

}  // namespace

namespace {

// Cells of people are taken row by row where each is spread over whole parts of the land cover's cells by area.
bool can_stream(const PopulationRaster& raster, const PopulationInput& input, CellRule rule, const Grid& land,
                const Transformer& transformer) {
  constexpr double kLeastPart = 1e-6;  // of a cell of land cover: smaller ones may weigh nothing
  return rule == CellRule::exact && !input.spread_built && transformer.identity() &&
         raster.grid.dx * raster.grid.dy > kLeastPart * land.dx * land.dy;
}

// Leaves to `placement` the cells that are not wholly on the grid; the others make the source.
std::unique_ptr<PeopleSource> streamed(PopulationRaster raster, Placement& placement, const Landscape& landscape,
                                       Executor& executor) {
  const Grid& grid = raster.grid;
  executor.memory().reserve(static_cast<std::int64_t>(raster.people.capacity() * sizeof(double)),
                            "the raster of people");
  for (std::int64_t row = 0; row < grid.height; ++row) {
    executor.throw_if_cancelled();
    for (std::int64_t col = 0; col < grid.width; ++col) {
      double& people = raster.people[static_cast<std::size_t>(row * grid.width + col)];
      if (std::isnan(people) || people == 0) continue;
      const auto r = static_cast<double>(row), c = static_cast<double>(col);
      if (placement.takes_elsewhere({grid.x_of(c), grid.y_of(r + 1), grid.x_of(c + 1), grid.y_of(r)}, people)) continue;
      placement.add_polygon(cell_shape(grid, row, col), people);
      people = 0;
    }
  }
  return std::make_unique<RasterPeople>(grid, std::move(raster.people), landscape);
}

void place_items(const PopulationSource& source, const Transformer& transformer, Placement& placement,
                 const Landscape& landscape, Executor& executor) {
  const double tolerance = kToleranceCells * std::min(landscape.grid().dx, landscape.grid().dy);
  std::size_t looked_at = 0;
  for (const PeopleAt& item : source.items) {
    executor.throw_if_cancelled();
    if (looked_at++ % 256 == 0) executor.memory().check("the table of people on the grid");
    if (item.is_point) {
      placement.add_point(transformer(item.point), item.people);
    } else if (item.shape.empty()) {
      placement.add_nowhere(item.people);
    } else {
      placement.add_polygon(transformer.identity() ? item.shape : transformer.transform(item.shape, tolerance),
                            item.people);
    }
  }
}

}  // namespace

PeopleSources place_people(const Recipe& recipe, const Landscape& landscape, const Crs& crs, const RunTable* built,
                           Executor& executor, AuditLog& audit, std::vector<PeopleAccount>& accounts) {
  PeopleSources sources;
  std::vector<PeopleField> zones(landscape.zones.size(), PeopleField(landscape.grid()));
  ZoneParts parts(landscape);
  warn_of_several(recipe, audit);
  for (const PopulationInput& input : recipe.population) {
    Placement placement(input, landscape, recipe.parameters.cells, built, zones, parts, audit);
    std::optional<PopulationRaster> raster = read_population_raster(input, audit);
    const PopulationSource read = raster ? PopulationSource{raster->crs, {}} : read_population(input, audit);
    note_transformation(input.path, read.crs, crs, audit);
    if (!input.group_columns.empty() || !input.group_bands.empty())
      audit.warn(input.path, "groups are read but not computed by this version");
    const Transformer transformer(read.crs, crs);
    if (raster && can_stream(*raster, input, recipe.parameters.cells, landscape.grid(), transformer)) {
      sources.push_back(streamed(*std::move(raster), placement, landscape, executor));
    } else {
      place_items(raster ? cells_of(*raster) : read, transformer, placement, landscape, executor);
    }
    accounts.push_back(placement.finish());
  }
  std::int64_t bytes = 0;
  for (const PeopleField& zone : zones) bytes += zone.bytes();
  executor.memory().reserve(bytes, "the table of people on the grid");
  for (PeopleField& zone : zones) zone.finish();
  sources.push_back(std::make_unique<PlacedPeople>(std::move(zones)));
  return sources;
}

}  // namespace urbiome
