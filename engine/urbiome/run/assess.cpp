#include "urbiome/run/assess.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "urbiome/indicators/catalogue.h"
#include "urbiome/run/access_survey.h"
#include "urbiome/run/audit.h"
#include "urbiome/run/cautions.h"
#include "urbiome/run/class_map.h"
#include "urbiome/run/lorenz.h"
#include "urbiome/run/without_grid.h"

namespace urbiome {
namespace {

bool contains(const std::vector<FactId>& facts, FactId id) {
  return std::find(facts.begin(), facts.end(), id) != facts.end();
}

// Times a phase from construction to done().
class PhaseClock {
 public:
  PhaseClock(std::vector<PhaseRecord>& records, std::string phase, FactKind kind, const std::vector<FactId>& computed,
             std::vector<FactId> ids)
      : records_(records), start_(std::chrono::steady_clock::now()) {
    record_.phase = std::move(phase);
    record_.kind = name_of(kind);
    for (const FactId id : ids) {
      if (contains(computed, id)) record_.facts.emplace_back(declaration_of(id).name);
    }
  }
  void done() {
    record_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    record_.peak_memory_mib = static_cast<double>(peak_memory_bytes()) / (1024.0 * 1024.0);
    records_.push_back(record_);
  }

 private:
  std::vector<PhaseRecord>& records_;
  PhaseRecord record_;
  std::chrono::steady_clock::time_point start_;
};

ResultRow result_of(const IndicatorRow& row, const IndicatorSpec& spec, const Zone& zone, const std::string& city,
                    const std::string& date) {
  ResultRow result;
  result.name_place(city, date, zone);
  result.indicator = spec.id;
  result.variant = row.variant;
  result.class_code = row.class_code;
  result.value = row.value;
  result.unit = spec.unit;
  result.lower = row.lower;
  result.upper = row.upper;
  result.valid_share = row.valid_share;
  result.status = row.status;
  result.method = row.method;
  result.evidence = name_of(spec.evidence);
  return result;
}

// What the audit says of the same layers, as far as the facts tell it.
void say_what_facts_tell(const DatedLandscape& dated, const FactStore& store,
                         const std::vector<PeopleAccount>& accounts, AuditLog& audit) {
  if (store.class_areas) describe_land_cover(dated.land_cover, dated.landscape, *store.class_areas, audit);
  warn_of_odd_zones(dated.landscape, audit);
  if (!store.people.empty()) note_people_beyond_city(store.people.front(), accounts, audit);
}

bool asks_for_fairness(const Recipe& recipe) {
  return std::ranges::any_of(chosen_indicators(recipe), [](const Indicator* indicator) {
    return indicator->spec.id == "green_per_resident_gini";
  });
}

// People from points and polygons; every row of the land is no_data.
void assess_without_grid(Assessment& done, const std::vector<ZoneShape>& zones,
                         const std::optional<ZoneShape>& boundary, Executor& executor) {
  done.results.audit.note(done.recipe.file, "no land cover: rows of the land have status no_data");
  CityWithoutGrid city = city_without_grid(done.recipe, zones, boundary, executor, done.results.audit, done.people);
  DatedLandscape dated{{}, std::move(city.landscape)};
  dated.land_cover.crs = city.crs;
  FactStore store;
  store.landscape = &dated.landscape;
  store.parameters = fact_parameters(done.recipe.parameters);
  store.people = std::move(city.people);
  done.results.rows = rows_of(store, done.recipe.city_name, "", chosen_indicators(done.recipe));
  done.dates.push_back(std::move(dated));
}

}  // namespace

FactRun compute_facts(const Landscape& landscape, const FactRequest& request, Executor& executor) {
  const std::vector<FactId>& facts = request.facts;
  FactRun run;
  run.store.landscape = &landscape;
  run.store.parameters = request.parameters;
  run.store.unknown_is_public = request.unknown_is_public;
  run.store.min_group_size = request.min_group_size;

  PhaseClock reading(
      run.phases, "reading land cover", FactKind::seam, facts,
      {FactId::class_areas, FactId::role_runs, FactId::green_places, FactId::zone_patches, FactId::mesh});
  LandscapeFlow flow(landscape, facts, request.parameters, request.more_roles, executor);
  if (request.map != nullptr && !request.map->cells.empty()) flow.fill(*request.map);
  flow.read();
  run.store.class_areas = std::move(flow.class_areas);
  run.store.zone_patches = std::move(flow.zone_patches);
  run.store.mesh = std::move(flow.mesh);
  reading.done();

  if (!contains(facts, FactId::people)) return run;
  PhaseClock placing(run.phases, "reading people", FactKind::tally, facts, {});
  const std::vector<Population> populations = request.people(flow);
  placing.done();

  PhaseClock sweeping(run.phases, "people and their surroundings", FactKind::field, facts,
                      {FactId::people, FactId::near_green, FactId::green_around});
  run.store.people = flow.people(populations, request.access, request.streets);
  sweeping.done();
  return run;
}

std::vector<ResultRow> rows_of(const FactStore& store, const std::string& city, const std::string& date,
                               const std::vector<const Indicator*>& wanted) {
  std::vector<ResultRow> rows;
  for (std::size_t zone = 0; zone < store.landscape->zones.size(); ++zone) {
    for (const Indicator* indicator : wanted) {
      const std::size_t populations = indicator->spec.per_group ? std::max<std::size_t>(store.people.size(), 1) : 1;
      for (std::size_t population = 0; population < populations; ++population) {
        IndicatorRows values;
        indicator->evaluate(store, population, zone, values);
        for (const IndicatorRow& value : values) {
          rows.push_back(result_of(value, indicator->spec, store.landscape->zones[zone], city, date));
          if (population > 0) show_as_group(store, population, zone, rows.back());
        }
      }
    }
  }
  return rows;
}

Assessment assess(const Recipe& recipe, const AssessOptions& options) {
  Assessment done;
  done.recipe = recipe;
  AuditLog& audit = done.results.audit;
  Executor executor(options.execution);
  chosen_indicators(recipe);  // a mistake shows before any work
  const std::vector<Standard>& standards = done.standards = read_standards(recipe, audit);
  const auto [zones, boundary, streets] = read_places(recipe, executor, audit);
  if (recipe.land_cover.empty()) {
    assess_without_grid(done, zones, boundary, executor);
    return done;
  }

  // Open everything before any work, so that a mistake shows at once.
  std::vector<LandCoverLayer> layers;
  for (const LandCoverInput& input : recipe.land_cover) {
    layers.push_back(open_land_cover_layer(input, recipe.parameters, audit));
    done.plans.push_back(plan_for(recipe, layers.back(), zones, executor));
    if (options.show_plan) options.show_plan(done.plans.back());
    require(done.plans.back(), executor);
  }
  for (LandCoverLayer& layer : layers) {
    DatedLandscape dated{layer, make_landscape(recipe, layer, zones, boundary, executor, audit)};
    if (streets) require_streets_in_city(*streets, *recipe.streets, dated.landscape, layer.crs);
    const std::vector<FactId> facts = wanted_facts(recipe, layer.legend);
    const FactParameters parameters = fact_parameters(recipe.parameters);
    std::vector<Role> extra;
    const bool on_built = std::any_of(recipe.population.begin(), recipe.population.end(),
                                      [](const PopulationInput& p) { return p.spread_built; });
    if (on_built) extra.push_back(Role::built);
    std::vector<PeopleAccount> accounts;
    if (options.map) dated.map = preview_of_city(dated.landscape);
    RunTable built;
    const auto people = [&](LandscapeFlow& flow) {
      if (on_built) built = flow.runs_of(Role::built);
      return place_people(recipe, dated.landscape, layer.crs, on_built ? &built : nullptr, executor, audit, accounts);
    };
    const AccessSurvey survey(standards, recipe, dated.landscape, layer.crs, streets ? &*streets : nullptr, executor,
                              audit);
    FactRun run = compute_facts(dated.landscape,
                                {.facts = facts,
                                 .parameters = parameters,
                                 .unknown_is_public = recipe.parameters.unknown_is_public,
                                 .min_group_size = recipe.parameters.min_group_size,
                                 .more_roles = extra,
                                 .people = people,
                                 .access = survey.questions(),
                                 .streets = survey.streets(),
                                 .map = options.map ? &dated.map : nullptr},
                                executor);
    say_what_facts_tell(dated, run.store, accounts, audit);
    for (ResultRow& row : rows_of(run.store, recipe.city_name, dated.landscape.date, chosen_indicators(recipe)))
      done.results.rows.push_back(std::move(row));
    for (ResultRow& row : survey.rows(run.store, recipe.city_name, dated.landscape.date))
      done.results.rows.push_back(std::move(row));
    if (asks_for_fairness(recipe)) {
      for (LorenzCurve& curve : lorenz_curves(run.store, dated.landscape.date))
        done.results.lorenz.push_back(std::move(curve));
    }
    for (PhaseRecord& phase : run.phases) {
      phase.date = dated.landscape.date;
      done.results.phases.push_back(std::move(phase));
    }
    done.people = std::move(accounts);
    done.dates.push_back(std::move(dated));
  }
  done.results.failed = std::any_of(done.results.rows.begin(), done.results.rows.end(),
                                    [](const ResultRow& row) { return row.status == Status::failed; });
  return done;
}

}  // namespace urbiome
