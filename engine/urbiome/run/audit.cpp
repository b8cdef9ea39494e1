#include "urbiome/run/audit.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/run/cautions.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

// City ground that no zone covers, and ground of zones outside the city.
void compare_zones_with_city(const Landscape& landscape, AuditLog& audit) {
  const MultiPolygon& city = landscape.zones[0].shape;
  for (const std::string& level : levels_of(landscape)) {
    std::vector<MultiPolygon> shapes;
    for (const Zone& zone : landscape.zones) {
      if (zone.level == level) shapes.push_back(zone.shape);
    }
    const MultiPolygon all = union_of(shapes);
    const double ground = planar_area(city), inside = planar_area(intersection_of(all, city)), zones = planar_area(all);
    if (ground > 0 && inside < ground * (1 - 1e-4))
      audit.note("level " + level, fmt::format("zones cover {:.4g} % of the city", 100 * inside / ground));
    if (zones > 0 && inside < zones * (1 - 1e-4))
      audit.note("level " + level,
                 fmt::format("{:.4g} % of the zones' ground lies outside the city", 100 * (1 - inside / zones)));
  }
}

std::int64_t overlap(const Coverage& coverage, const RunTable& runs, std::int64_t down, std::int64_t right) {
  std::int64_t cells = 0;
  for (std::int64_t row = coverage.first_row; row < coverage.row_end(); ++row) {
    if (row + down < 0 || row + down >= runs.rows()) continue;
    const auto row_runs = runs.of_row(row + down);
    std::size_t r = 0;
    for (const CellSpan& span : coverage.spans_of(row)) {
      const std::int64_t begin = span.begin + right, end = span.end + right;
      while (r < row_runs.size() && row_runs[r].end <= begin) ++r;
      for (std::size_t i = r; i < row_runs.size() && row_runs[i].begin < end; ++i) {
        cells += std::min<std::int64_t>(row_runs[i].end, end) - std::max<std::int64_t>(row_runs[i].begin, begin);
      }
    }
  }
  return cells;
}

// Mapped green should lie on green cells; when it fits far better some way off, one of both is shifted.
void look_for_shift(const Landscape& landscape, const RunTable& green, AuditLog& audit) {
  if (!landscape.has_green_spaces) return;
  const Coverage spaces = cover_centres(landscape.green_spaces, landscape.grid());
  const std::int64_t here = overlap(spaces, green, 0, 0);
  const double cell_m = landscape.metric.centre(landscape.grid().height / 2, 1, 0);
  const auto far = std::min<std::int64_t>(static_cast<std::int64_t>(800 / cell_m), 400);
  const std::int64_t step = std::max<std::int64_t>(far / 16, 1);
  std::int64_t best = here, best_down = 0, best_right = 0;
  const auto length2 = [](std::int64_t down, std::int64_t right) { return down * down + right * right; };
  for (std::int64_t down = -far; down <= far; down += step) {
    for (std::int64_t right = -far; right <= far; right += step) {
      const std::int64_t there = overlap(spaces, green, down, right);
      const bool nearer = length2(down, right) < length2(best_down, best_right);
      if (there > best || (there == best && nearer)) best = there, best_down = down, best_right = right;
    }
  }
  if (static_cast<double>(best) > 1.25 * static_cast<double>(here) && best > 100) {
    audit.warn(
        "green_spaces",
        fmt::format("mapped green fits the land cover {:.0f} % better when moved {:.0f} m: the layers may be shifted "
                    "against each other",
                    100.0 * (static_cast<double>(best) / static_cast<double>(std::max<std::int64_t>(here, 1)) - 1),
                    std::hypot(static_cast<double>(best_down), static_cast<double>(best_right)) * cell_m));
  }
}

}  // namespace

void audit_named_layers(const Recipe& recipe, AuditLog& audit) {
  for (const auto& [name, layer] : recipe.layers) {
    if (!is_raster(layer.path) && !is_vector(layer.path)) {
      throw Error(ErrorCode::unreadable, fmt::format("layer {} ({}) cannot be opened", name, layer.path),
                  "a raster or vector file", "check the path");
    }
    audit.note(layer.path, fmt::format("layer {} can be read; {}", name,
                                       name == "income" ? "zones are ranked by it" : "it is not used by this version"));
  }
}

Places read_places(const Recipe& recipe, Executor& executor, AuditLog& audit) {
  for (const std::string& table : recipe.not_computed_yet)
    audit.warn(recipe.file, fmt::format("[{}] is read but not computed by this version", table));
  Places places{read_zones(recipe, executor, audit), read_boundary(recipe, audit), {}};
  if (recipe.streets) places.streets = read_network(*recipe.streets, executor, audit);
  for (const GreenSpacesInput& spaces : recipe.green_spaces) {
    if (!recipe.streets && !spaces.entrances.empty())
      audit.warn(spaces.entrances, "entrances are not used without [streets]: straight lines lead to the outlines");
  }
  audit_named_layers(recipe, audit);
  return places;
}

AuditReport audit_recipe(const Recipe& recipe, const ExecutionSettings& execution) {
  if (recipe.land_cover.empty()) {
    Assessment done = assess(recipe, {.execution = execution, .show_plan = {}});
    return {std::move(done.results.audit), {}};
  }
  AuditReport report;
  Executor executor(execution);
  AuditLog& audit = report.log;
  const auto [zones, boundary, streets] = read_places(recipe, executor, audit);
  if (recipe.population.empty()) audit.note(recipe.file, "no population: rows of people have status no_data");
  for (const LandCoverInput& input : recipe.land_cover) {
    const LandCoverLayer layer = open_land_cover_layer(input, recipe.parameters, audit);
    report.plans.push_back(plan_for(recipe, layer, zones, executor));
    const Landscape landscape = make_landscape(recipe, layer, zones, boundary, executor, audit);
    const bool on_built = std::any_of(recipe.population.begin(), recipe.population.end(),
                                      [](const PopulationInput& p) { return p.spread_built; });
    std::vector<Role> roles = {Role::green};
    if (on_built) roles.push_back(Role::built);
    std::vector<FactId> facts = {FactId::class_areas};
    if (!recipe.population.empty()) facts.push_back(FactId::people);
    LandscapeFlow flow(landscape, facts, fact_parameters(recipe.parameters), roles, executor);
    flow.read();
    describe_land_cover(layer, landscape, *flow.class_areas, audit);
    warn_of_odd_zones(landscape, audit);
    compare_zones_with_city(landscape, audit);
    look_for_shift(landscape, flow.runs_of(Role::green), audit);
    const RunTable built = on_built ? flow.runs_of(Role::built) : RunTable{};
    if (streets) require_streets_in_city(*streets, *recipe.streets, landscape, layer.crs);
    if (recipe.population.empty()) continue;
    std::vector<PeopleAccount> accounts;
    const std::vector<Population> people =
        place_people(recipe, landscape, layer.crs, on_built ? &built : nullptr, executor, audit, accounts);
    note_people_beyond_city(flow.people(people).front(), accounts, audit);
  }
  return report;
}

}  // namespace urbiome
