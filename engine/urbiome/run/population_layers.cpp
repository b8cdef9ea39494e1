#include <algorithm>

#include <fmt/format.h>

#include "urbiome/run/population_sources.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kMostPeoplePerSource = 4194304;  // 2^22: what a fixed-point amount holds
constexpr double kToleranceCells = 1e-3;

MultiPolygon rectangle(double xmin, double ymin, double xmax, double ymax) {
  return {{Polygon{{{xmin, ymin}, {xmax, ymin}, {xmax, ymax}, {xmin, ymax}, {xmin, ymin}}, {}}}};
}

class Placement {
 public:
  Placement(const PopulationInput& input, const Landscape& landscape, const Crs& crs, CellRule rule, const RunTable* built, PeopleField& field,
            AuditLog& audit)
      : input_(input), landscape_(landscape), crs_(crs), rule_(rule), built_(built), field_(field), audit_(audit) {
    const Grid& grid = landscape.grid();
    box_ = {grid.x0, grid.y0 - grid.dy * static_cast<double>(grid.height), grid.x0 + grid.dx * static_cast<double>(grid.width), grid.y0};
    account_.path = input.path;
  }

  void add_polygon(const MultiPolygon& shape, double people) {
    const Box box = bounds(shape);
    account_.total += people;
    if (people == 0) return;
    double inside = 1;
    const bool within = box.xmin >= box_.xmin && box.xmax <= box_.xmax && box.ymin >= box_.ymin && box.ymax <= box_.ymax;
    if (!within) {
      if (!box.intersects(box_)) return leave_out(people);
      const double whole = planar_area(shape);
      const MultiPolygon frame = rectangle(box_.xmin, box_.ymin, box_.xmax, box_.ymax);
      inside = whole > 0 ? std::clamp(planar_area(intersection_of(shape, frame)) / whole, 0.0, 1.0) : 0;
      leave_out(people * (1 - inside));
    }
    spread(shape, people * inside);
  }

  void add_point(const Point& point, double people) {
    account_.total += people;
    if (people == 0) return;
    if (field_.add(point, fixed(people))) {
      account_.placed += people;
    } else {
      leave_out(people);
    }
  }

  void add_nowhere(double people) {
    account_.total += people;
    ++without_place_;
    leave_out(people);
  }

  PeopleAccount finish() {
    if (without_place_ > 0) audit_.warn(input_.path, fmt::format("{} rows of people have no usable place", without_place_));
    if (fell_back_ > 0) audit_.note(input_.path, fmt::format("{} polygons of people hold no cell centre and were spread by exact overlap", fell_back_));
    if (unbuilt_ > 0) audit_.note(input_.path, fmt::format("{} polygons of people hold no built-up cell and were spread evenly", unbuilt_));
    const std::string sums = fmt::format("{:.6g} people in all: {:.6g} on the grid, {:.6g} outside every cell", account_.total, account_.placed, account_.outside);
    if (account_.outside > 1e-9 * std::max(account_.total, 1.0)) {
      audit_.warn(input_.path, sums);
    } else {
      audit_.note(input_.path, sums);
    }
    return account_;
  }

 private:
  void leave_out(double people) { account_.outside += people; }

  static std::int64_t fixed(double people) { return to_fixed(people); }

  void spread(const MultiPolygon& shape, double people) {
    if (people > kMostPeoplePerSource) {  // split: the parts land on the same cells
      spread_part(shape, people / 2);
      return spread(shape, people / 2);
    }
    spread_part(shape, people);
  }

  void spread_part(const MultiPolygon& shape, double people) {
    if (people > kMostPeoplePerSource) return spread(shape, people);
    bool by_cell = rule_ == CellRule::centre;
    Coverage coverage = by_cell ? cover_centres(shape, landscape_.grid()) : cover_exactly(shape, landscape_.grid());
    if (by_cell && coverage.empty()) {
      coverage = cover_exactly(shape, landscape_.grid());
      by_cell = false;
      ++fell_back_;
    }
    if (built_ != nullptr && input_.spread_built) {
      const Coverage on_built = within_runs(coverage, *built_);
      if (!on_built.empty() && field_.add(on_built, fixed(people), by_cell, landscape_.areas)) {
        account_.placed += people;
        return;
      }
      ++unbuilt_;
    }
    if (field_.add(coverage, fixed(people), by_cell, landscape_.areas)) {
      account_.placed += people;
    } else {
      ++without_place_;
      leave_out(people);
    }
  }

  const PopulationInput& input_;
  const Landscape& landscape_;
  const Crs& crs_;
  CellRule rule_;
  const RunTable* built_;
  PeopleField& field_;
  AuditLog& audit_;
  Box box_;
  PeopleAccount account_;
  std::int64_t without_place_ = 0, fell_back_ = 0, unbuilt_ = 0;
};

}  // namespace

PeopleField place_people(const Recipe& recipe, const Landscape& landscape, const Crs& crs, const RunTable* built, Executor& executor, AuditLog& audit,
                         std::vector<PeopleAccount>& accounts) {
  PeopleField field(landscape.grid());
  for (const PopulationInput& input : recipe.population) {
    Placement placement(input, landscape, crs, recipe.parameters.cells, built, field, audit);
    const PopulationSource source = read_population(input, audit);
    const Transformer transformer(source.crs, crs);
    const double tolerance = kToleranceCells * std::min(landscape.grid().dx, landscape.grid().dy);
    for (const PeopleAt& item : source.items) {
      executor.throw_if_cancelled();
      if (item.is_point) {
        placement.add_point(transformer(item.point), item.people);
      } else if (item.shape.empty()) {
        placement.add_nowhere(item.people);
      } else {
        placement.add_polygon(transformer.identity() ? item.shape : transformer.transform(item.shape, tolerance), item.people);
      }
    }
    accounts.push_back(placement.finish());
  }
  executor.memory().reserve(field.bytes(), "the table of people on the grid");
  field.finish();
  return field;
}

}  // namespace urbiome
