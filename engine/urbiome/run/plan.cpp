#include "urbiome/run/plan.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "urbiome/facts/landscape_flow.h"
#include "urbiome/indicators/catalogue.h"
#include "urbiome/io/nearest_word.h"

namespace urbiome {
namespace {

bool contains(const std::vector<FactId>& facts, FactId id) {
  return std::find(facts.begin(), facts.end(), id) != facts.end();
}

bool possible(FactId id, const Recipe& recipe, const Legend& legend) {
  const Parameters& p = recipe.parameters;
  const bool people = !recipe.population.empty();
  const bool tells_green = !legend.unknowable.has(Role::green);
  const bool from_cells = tells_green && p.near_source != NearSource::spaces;
  const bool from_spaces = !recipe.green_spaces.empty() && p.near_source != NearSource::land_cover;
  switch (id) {
    case FactId::class_areas:
    case FactId::role_runs:
      return true;
    case FactId::green_places:
      return from_cells || from_spaces;
    case FactId::zone_patches:
      return !legend.unknowable.has(p.patch_role);
    case FactId::mesh:
      return !legend.unknowable.has(p.connect_role);
    case FactId::people:
      return people;
    case FactId::near_green:
      return people && (from_cells || from_spaces);
    case FactId::green_around:
      return people && tells_green;
  }
  return false;
}

constexpr double kMiB = 1024.0 * 1024.0;

// Cells a second and thread of each phase, on the machine that docs/performance.md names.
constexpr double kReadingRate = 60e6, kPeopleRate = 40e6;

void add_phases(const Recipe& recipe, const LandCoverLayer& land_cover, const std::vector<FactId>& facts,
                const Executor& executor, DatePlan& plan) {
  const Grid& grid = land_cover.source->grid();
  const FactParameters parameters = fact_parameters(recipe.parameters);
  const bool tells_green = !land_cover.legend.unknowable.has(Role::green);
  const std::size_t sets =
      LandscapeFlow::sets_for(facts, parameters, tells_green, roles_of_people(recipe, land_cover.legend));
  const std::vector<Window> tiles = tiles_of(*land_cover.source, whole(grid), executor.settings().tile_size);
  const auto cells = static_cast<double>(grid.cells()), width = static_cast<double>(grid.width);
  const double threads = executor.threads();

  const auto bits_mib = [&](double rows) {
    return static_cast<double>(RoleMasks::bytes_for(
               sets, static_cast<std::int64_t>(std::min(rows, static_cast<double>(grid.height))), grid.width)) /
           kMiB;
  };
  const double all_bits = bits_mib(static_cast<double>(grid.height));
  const bool kept = all_bits <= static_cast<double>(executor.memory().limit()) / kMiB / 8;
  const auto tile_rows = static_cast<double>(tiles.empty() ? 0 : tiles[0].rows);
  const double tile_cells = tiles.empty() ? 0 : static_cast<double>(tiles[0].cells());
  // A run at work costs itself, its node and the component it may be; where patches are told apart by size, a bit more.
  const auto runs_mib = [&](double cells_per_run) {
    const double at_work = static_cast<double>(LandscapeFlow::kStretchRows) * width / cells_per_run * 60;
    const bool large = contains(facts, FactId::green_places);
    return (static_cast<double>(sets) * at_work + (large ? cells / cells_per_run / 8 : 0)) / kMiB;
  };
  const auto add = [&](std::string name, FactKind kind, std::vector<FactId> ids, std::int64_t count, double fixed,
                       double rate) {
    std::erase_if(ids, [&](FactId id) { return !contains(facts, id); });
    if (ids.empty()) return;
    plan.phases.push_back({std::move(name), kind, std::move(ids), count, fixed + runs_mib(12), fixed + runs_mib(2),
                           cells / rate / threads});
  };
  const double reading = (kept ? all_bits : bits_mib(2 * threads * tile_rows)) + threads * tile_cells / kMiB;
  add("reading land cover", FactKind::seam,
      {FactId::class_areas, FactId::role_runs, FactId::green_places, FactId::zone_patches, FactId::mesh},
      static_cast<std::int64_t>(tiles.size()), reading, kReadingRate);
  const double people =
      kept ? all_bits : bits_mib(2 * tile_rows + (2 * threads + 1) * 1024) + threads * tile_cells / kMiB;
  add("people and their surroundings", FactKind::field, {FactId::people, FactId::near_green, FactId::green_around},
      (grid.height + 63) / 64, people, kPeopleRate);
}

std::string meeting(const std::string& what, const std::string& path, const std::string& how) {
  return fmt::format("{} {}: {}", what, path, how);
}

}  // namespace

FactParameters fact_parameters(const Parameters& p) {
  return {.near_distance_m = p.near_distance_m,
          .min_green_area_m2 = p.min_green_area_ha * 1e4,
          .near_from_land_cover = p.near_source != NearSource::spaces,
          .near_from_spaces = p.near_source != NearSource::land_cover,
          .near_edge = p.measure == Measure::edge,
          .connect_distance_m = p.connect_distance_m,
          .connect_tie_le = p.connect_tie_le,
          .min_patch_area_m2 = p.min_patch_area_m2,
          .patch_directions = p.patch_directions,
          .patch_role = p.patch_role,
          .connect_role = p.connect_role,
          .exposure_radius_m = p.exposure_radius_m};
}

std::vector<const Indicator*> chosen_indicators(const Recipe& recipe) {
  if (recipe.indicators.empty()) return indicators();
  std::vector<std::string> ids;
  for (const Indicator* indicator : indicators()) ids.emplace_back(indicator->spec.id);
  for (const std::string& id : recipe.indicators) {
    if (indicator_named(id) != nullptr) continue;
    throw Error(ErrorCode::contradiction, fmt::format("{}: [indicators] run lists \"{}\"", recipe.file, id),
                "ids of the catalogue", did_you_mean(id, ids));
  }
  std::vector<const Indicator*> chosen;
  for (const Indicator* indicator : indicators()) {
    const auto& run = recipe.indicators;
    if (std::find(run.begin(), run.end(), indicator->spec.id) != run.end()) chosen.push_back(indicator);
  }
  return chosen;
}

std::vector<FactId> wanted_facts(const Recipe& recipe, const Legend& legend) {
  std::vector<FactId> wanted;
  for (const Indicator* indicator : chosen_indicators(recipe)) {
    for (const FactId id : indicator->needs) {
      if (possible(id, recipe, legend)) wanted.push_back(id);
    }
  }
  if ((recipe.runs_frameworks() || recipe.supply) && possible(FactId::people, recipe, legend))
    wanted.push_back(FactId::people);
  std::vector<FactId> facts = closure_of(wanted);
  std::erase_if(facts, [&](FactId id) { return !possible(id, recipe, legend); });
  return facts;
}

DatePlan plan_for(const Recipe& recipe, const LandCoverLayer& land_cover, const std::vector<ZoneShape>& zones,
                  const Executor& executor) {
  const Grid& grid = land_cover.source->grid();
  const std::vector<FactId> facts = wanted_facts(recipe, land_cover.legend);
  DatePlan plan{land_cover.input.provenance.date,
                land_cover.info.path,
                land_cover.crs.name(),
                land_cover.legend.id,
                grid.height,
                grid.width,
                {},
                {}};
  const std::string rule = recipe.parameters.cells == CellRule::exact ? "exact covered shares" : "cell centres";

  std::set<std::string> levels;
  for (const ZoneShape& zone : zones) levels.insert(zone.level);
  for (const ZonesInput& input : recipe.zones) plan.meetings.push_back(meeting("zones", input.path, "by " + rule));
  for (const GreenSpacesInput& input : recipe.green_spaces)
    plan.meetings.push_back(meeting("green spaces", input.path, "union, by exact overlap"));
  for (const PopulationInput& input : recipe.population) {
    plan.meetings.push_back(meeting("population", input.path,
                                    fmt::format("{} over cells by {}, sum kept",
                                                input.spread_built ? "spread over built-up cells" : "spread", rule)));
  }
  if (recipe.streets && !recipe.population.empty())
    plan.meetings.push_back(
        meeting("streets", recipe.streets->path, "walked from the middle of each cell of residents"));

  add_phases(recipe, land_cover, facts, executor, plan);
  return plan;
}

std::vector<Role> roles_of_people(const Recipe& recipe, const Legend& legend) {
  std::vector<Role> roles;
  const auto on_built = [](const PopulationInput& input) { return input.spread_built; };
  if (std::ranges::any_of(recipe.population, on_built)) roles.push_back(Role::built);
  const bool asks_canopy = !recipe.population.empty() && recipe.runs_frameworks();
  if (asks_canopy && !legend.unknowable.has(Role::canopy)) roles.push_back(Role::canopy);
  return roles;
}

void require(const DatePlan& plan, const Executor& executor) {
  // The budget keeps a quarter for what comes between two checks of what the process holds.
  const double limit = static_cast<double>(executor.memory().limit()) / kMiB, most = 0.75 * limit;
  for (const PlannedPhase& phase : plan.phases) {
    if (phase.typical_memory_mib <= most) continue;
    throw Error(ErrorCode::memory,
                fmt::format("{}, phase {}, needs {:.0f} MiB", plan.land_cover, phase.name, phase.typical_memory_mib),
                fmt::format("at most {:.0f} MiB under --memory {:.0f} MiB", most, limit),
                fmt::format("give --memory {:.0f}MiB, or cut the land cover to the city and its surroundings "
                            "(gdal_translate -projwin)",
                            std::ceil(phase.typical_memory_mib / 0.75) + 1));
  }
}

std::string in_words(const DatePlan& plan) {
  std::string text = fmt::format("{}{}: {} x {} cells, {}, legend {}\n", plan.land_cover,
                                 plan.date.empty() ? "" : " (" + plan.date + ")", plan.cols, plan.rows, plan.crs,
                                 plan.legend.empty() ? "none" : plan.legend);
  for (const std::string& meeting : plan.meetings) text += "  " + meeting + "\n";
  int number = 0;
  for (const PlannedPhase& phase : plan.phases) {
    std::string facts;
    for (const FactId id : phase.facts) facts += (facts.empty() ? "" : ", ") + std::string(declaration_of(id).name);
    text += fmt::format("  phase {} {} ({}): {}", ++number, phase.name, name_of(phase.kind), facts);
    if (phase.tiles > 0) text += fmt::format("; {} tiles", phase.tiles);
    if (phase.most_memory_mib > 0)
      text += fmt::format("; about {:.0f} MiB, at most {:.0f} MiB", std::max(phase.typical_memory_mib, 1.0),
                          std::max(phase.most_memory_mib, 1.0));
    text += phase.seconds < 1 ? "; under 1 s\n" : fmt::format("; about {:.0f} s\n", phase.seconds);
  }
  return text;
}

}  // namespace urbiome
