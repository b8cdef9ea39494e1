#include "urbiome/run/plan.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "urbiome/indicators/catalogue.h"

namespace urbiome {
namespace {

bool contains(const std::vector<FactId>& facts, FactId id) {
  return std::find(facts.begin(), facts.end(), id) != facts.end();
}

bool possible(FactId id, const Recipe& recipe, const Legend& legend) {
  const Parameters& p = recipe.parameters;
  const bool people = !recipe.population.empty();
  const bool tells_green = !legend.unknowable.has(Role::green);
  switch (id) {
    case FactId::class_areas:
    case FactId::role_runs:
      return true;
    case FactId::green_places:
    case FactId::zone_patches:
      return !legend.unknowable.has(p.patch_role);
    case FactId::mesh:
      return !legend.unknowable.has(p.connect_role);
    case FactId::people:
      return people;
    case FactId::near_green: {
      const bool from_cells = tells_green && p.near_source != NearSource::spaces;
      const bool from_spaces = !recipe.green_spaces.empty() && p.near_source != NearSource::land_cover;
      return people && (from_cells || from_spaces);
    }
    case FactId::green_around:
      return people && tells_green;
  }
  return false;
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

std::vector<FactId> wanted_facts(const Recipe& recipe, const Legend& legend) {
  std::vector<FactId> wanted;
  for (const Indicator* indicator : indicators()) {
    for (const FactId id : indicator->needs) {
      if (possible(id, recipe, legend)) wanted.push_back(id);
    }
  }
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

  constexpr double kMiB = 1024.0 * 1024.0;
  const auto tiles =
      static_cast<std::int64_t>(tiles_of(*land_cover.source, whole(grid), executor.settings().tile_size).size());
  std::set<Role> roles;
  if (contains(facts, FactId::green_around)) roles.insert(Role::green);
  if (contains(facts, FactId::zone_patches)) roles.insert(recipe.parameters.patch_role);
  if (contains(facts, FactId::mesh)) roles.insert(recipe.parameters.connect_role);
  const double tables = static_cast<double>(roles.size()) + (contains(facts, FactId::people) ? 1 : 0);
  const double cells = static_cast<double>(grid.cells());
  const auto runs_mib = [&](double cells_per_run) { return tables * cells / cells_per_run * sizeof(Run) / kMiB; };

  const auto add = [&](std::string name, FactKind kind, std::vector<FactId> ids, std::int64_t count, double typical,
                       double most) {
    std::erase_if(ids, [&](FactId id) { return !contains(facts, id); });
    if (!ids.empty()) plan.phases.push_back({std::move(name), kind, std::move(ids), count, typical, most});
  };
  add("reading land cover", FactKind::tally, {FactId::class_areas, FactId::role_runs}, tiles, 2 * runs_mib(12),
      2 * runs_mib(2));
  add("patches", FactKind::seam, {FactId::green_places, FactId::zone_patches, FactId::mesh}, 0, runs_mib(12),
      runs_mib(2));
  add("placing people", FactKind::tally, {FactId::people}, 0, cells / 16 * sizeof(PeoplePiece) / kMiB,
      cells * sizeof(PeoplePiece) / kMiB);
  add("people and their surroundings", FactKind::field, {FactId::near_green, FactId::green_around},
      (grid.height + 63) / 64, 0, 0);
  return plan;
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
    text += "\n";
  }
  return text;
}

}  // namespace urbiome
