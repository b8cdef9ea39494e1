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

using ZoneFields = std::vector<PeopleField>;  // as the landscape's zones

// Counts of all people and of groups, by population.
using CountsHere = std::span<const double>;

class Placement {
 public:
  // Counts belong to `populations`, in their order.
  Placement(const PopulationInput& input, const Landscape& landscape, CellRule rule, const RunTable* built,
            std::span<ZoneFields> populations, ZoneParts& parts, AuditLog& audit)
      : input_(input),
        landscape_(landscape),
        rule_(rule),
        built_(built),
        populations_(populations),
        parts_(parts),
        audit_(audit) {
    const Grid& grid = landscape.grid();
    box_ = {grid.x0, grid.y0 - grid.dy * static_cast<double>(grid.height),
            grid.x0 + grid.dx * static_cast<double>(grid.width), grid.y0};
    account_.path = input.path;
  }

  void add_polygon(const MultiPolygon& shape, CountsHere people) {
    const Box box = bounds(shape);
    account_.total += people[0];
    if (nobody(people)) return;
    double inside = 1;
    const bool within =
        box.xmin >= box_.xmin && box.xmax <= box_.xmax && box.ymin >= box_.ymin && box.ymax <= box_.ymax;
    if (!within) {
      if (!box.intersects(box_)) return leave_out(people[0]);
      const double whole = planar_area(shape);
      const MultiPolygon frame = rectangle(box_);
      inside = whole > 0 ? std::clamp(planar_area(intersection_of(shape, frame)) / whole, 0.0, 1.0) : 0;
      leave_out(people[0] * (1 - inside));
    }
    std::vector<double> here(people.begin(), people.end());
    for (double& count : here) count *= inside;
    spread(shape, here);
  }

  void add_point(const Point& point, CountsHere people) {
    account_.total += people[0];
    if (nobody(people)) return;
    const Grid& grid = landscape_.grid();
    const bool on_grid = point.x >= box_.xmin && point.x < box_.xmax && point.y > box_.ymin && point.y <= box_.ymax;
    if (!on_grid) return leave_out(people[0]);
    account_.placed += people[0];
    const auto row = std::min(static_cast<std::int64_t>(grid.row_of(point.y)), grid.height - 1);
    const auto col = std::min(static_cast<std::int64_t>(grid.col_of(point.x)), grid.width - 1);
    for (std::size_t z = 0; z < landscape_.zones.size(); ++z) {
      if (!holds(z, point, row, col)) continue;
      for (std::size_t p = 0; p < people.size(); ++p) {
        for (double left = people[p]; left > 0; left -= kMostPeoplePerSource)
          populations_[p][z].add(point, to_fixed(std::min(left, kMostPeoplePerSource)));
      }
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

  void add_nowhere(CountsHere people) {
    account_.total += people[0];
    ++without_place_;
    leave_out(people[0]);
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

  static bool nobody(CountsHere people) {
    return std::ranges::all_of(people, [](double count) { return count == 0; });
  }

  // A source larger than a fixed-point amount holds goes in halves: the parts land on the same cells.
  void spread(const MultiPolygon& shape, CountsHere people) {
    if (std::ranges::max(people) > kMostPeoplePerSource) {
      std::vector<double> half(people.begin(), people.end());
      for (double& count : half) count /= 2;
      spread(shape, half);
      return spread(shape, half);
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
      return leave_out(people[0]);
    }
    account_.placed += people[0];
    for (std::size_t z = 0; z < landscape_.zones.size(); ++z) {
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
      for (std::size_t p = 0; p < people.size(); ++p) {
        if (people[p] > 0)
          populations_[p][z].add_part(overlap == Overlap::whole ? coverage : part, weight, to_fixed(people[p]), by_cell,
                                      landscape_.areas);
      }
    }
  }

  const PopulationInput& input_;
  const Landscape& landscape_;
  CellRule rule_;
  const RunTable* built_;
  std::span<ZoneFields> populations_;
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
      placement.add_polygon(cell_shape(grid, row, col), {&people, 1});
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

// Places one layer's counts, from its raster where it has one, else from features.
class Populace {
 public:
  Populace(const Recipe& recipe, const Landscape& landscape, const Crs& crs, const RunTable* built, Executor& executor,
           AuditLog& audit)
      : recipe_(recipe),
        landscape_(landscape),
        crs_(crs),
        built_(built),
        executor_(executor),
        audit_(audit),
        groups_(group_names(recipe)),
        fields_(groups_.size() + 1, ZoneFields(landscape.zones.size(), PeopleField(landscape.grid()))),
        populations_(groups_.size() + 1),
        parts_(landscape) {
    for (std::size_t g = 0; g < groups_.size(); ++g) populations_[g + 1].group = groups_[g];
  }

  PeopleAccount add(const PopulationInput& input) {
    std::vector<double> sums(groups_.size() + 1, 0);
    std::optional<PopulationRaster> raster = read_population_raster(input, audit_);
    Placement placement(input, landscape_, recipe_.parameters.cells, built_, fields_, parts_, audit_);
    if (raster) {
      sums[0] = add(*std::move(raster), input, 0, placement);
    } else {
      const PopulationSource source = read_population(input, groups_, audit_);
      note_transformation(input.path, source.crs, crs_, audit_);
      for (const PeopleAt& item : source.items) {
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += item.people[i];
      }
      place_items(source, Transformer(source.crs, crs_), placement, landscape_, executor_);
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (!input.group_bands.contains(groups_[g])) {
        if (!input.group_columns.contains(groups_[g]))
          audit_.warn(input.path, fmt::format("does not tell group {}: it counts nobody here", groups_[g]));
        continue;
      }
      Placement of_group(input, landscape_, recipe_.parameters.cells, built_, std::span(fields_).subspan(g + 1, 1),
                         parts_, audit_);
      sums[g + 1] = add(read_group_raster(input, groups_[g], audit_), input, g + 1, of_group);
    }
    check_groups(input, sums, groups_, audit_);
    return placement.finish();
  }

  std::vector<Population> finish() {
    std::int64_t bytes = 0;
    for (const ZoneFields& zones : fields_) {
      for (const PeopleField& zone : zones) bytes += zone.bytes();
    }
    executor_.memory().reserve(bytes, "the table of people on the grid");
    for (std::size_t p = 0; p < fields_.size(); ++p) {
      for (PeopleField& zone : fields_[p]) zone.finish();
      populations_[p].sources.push_back(std::make_unique<PlacedPeople>(std::move(fields_[p])));
    }
    return std::move(populations_);
  }

 private:
  // Returns how many people there are in all.
  double add(PopulationRaster raster, const PopulationInput& input, std::size_t population, Placement& placement) {
    double sum = 0;
    for (const double people : raster.people) sum += std::isnan(people) ? 0 : people;
    note_transformation(input.path, raster.crs, crs_, audit_);
    const Transformer transformer(raster.crs, crs_);
    if (can_stream(raster, input, recipe_.parameters.cells, landscape_.grid(), transformer)) {
      populations_[population].sources.push_back(streamed(std::move(raster), placement, landscape_, executor_));
    } else {
      place_items(cells_of(raster), transformer, placement, landscape_, executor_);
    }
    return sum;
  }

  const Recipe& recipe_;
  const Landscape& landscape_;
  const Crs& crs_;
  const RunTable* built_;
  Executor& executor_;
  AuditLog& audit_;
  std::vector<std::string> groups_;
  std::vector<ZoneFields> fields_;
  std::vector<Population> populations_;
  ZoneParts parts_;
};

}  // namespace

std::vector<Population> place_people(const Recipe& recipe, const Landscape& landscape, const Crs& crs,
                                     const RunTable* built, Executor& executor, AuditLog& audit,
                                     std::vector<PeopleAccount>& accounts) {
  warn_of_several(recipe, audit);
  Populace populace(recipe, landscape, crs, built, executor, audit);
  for (const PopulationInput& input : recipe.population) accounts.push_back(populace.add(input));
  return populace.finish();
}

}  // namespace urbiome
