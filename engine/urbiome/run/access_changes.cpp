#include "urbiome/run/access_changes.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "urbiome/io/json.h"
#include "urbiome/run/access_counts.h"
#include "urbiome/run/access_survey.h"
#include "urbiome/run/audit.h"
#include "urbiome/run/blank_grid.h"
#include "urbiome/run/output.h"
#include "urbiome/run/population_sources.h"

namespace urbiome {
namespace {

namespace fs = std::filesystem;

// A run that is to be asked again.
struct PastRun {
  explicit PastRun(const std::string& of) : folder(of), json(read_json((fs::path(of) / "run.json").string())) {
    recipe = read_recipe((fs::path(of) / "run.json").string());
  }
  bool asks() const { return !recipe.green_spaces.empty() && !recipe.population.empty(); }

  std::string folder;
  Json json;
  Recipe recipe;
};

// Calls visit(use, file) for each file of each input.
template <class Visit>
void each_file(const PastRun& run, const Visit& visit) {
  for (const Json& input : run.json.value("inputs", Json::array())) {
    for (const Json& file : input.value("files", Json::array())) visit(input.value("use", ""), file);
  }
}

// Why its inputs are not those of the run; empty where they are.
std::string changed_input(const PastRun& run) {
  const std::vector<std::string> changes = changed_inputs(run.json);
  if (!changes.empty()) return changes.front();
  std::string change;
  each_file(run, [&](const std::string&, const Json& file) {
    if (!change.empty() || !file.contains("bytes")) return;
    const std::string path = file.value("path", "");
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (error || file["bytes"] != bytes) change = path + (error ? " is no longer there" : " has changed since");
  });
  return change;
}

// What a run's people are made from: what is in the files, where that is known, and how they are read.
Json people_of(const PastRun& run) {
  Json people = Json::array();
  each_file(run, [&](const std::string& use, const Json& file) {
    if (!use.starts_with("population") && !use.starts_with("group ")) return;
    people.push_back(file.contains("sha256") ? file["sha256"] : file);
  });
  Json tables = run.json.value("recipe", Json::object()).value("population", Json::array());
  for (Json& table : tables) {
    for (const char* name : {"path", "table", "source", "licence", "attribution", "date"}) {
      if (table.is_object()) table.erase(name);
    }
  }
  people.push_back(std::move(tables));
  return people;
}

// The ground, the people and the grid on which both runs are asked: the base's.
class Ground {
 public:
  Ground(const Recipe& recipe, Executor& executor) : recipe_(recipe), executor_(executor) {
    Recipe of_ground = recipe;
    of_ground.streets.reset();  // each run's questions read their own
    places_ = read_places(of_ground, executor, told_);
    layers_ = open_land_cover_layers(recipe, places_, told_);
    landscape_ = lay(recipe);
    const bool on_built =
        std::ranges::any_of(recipe.population, [](const PopulationInput& input) { return input.spread_built; });
    RunTable built;
    if (on_built) {
      LandscapeFlow flow(landscape_, {}, fact_parameters(recipe.parameters), {Role::built}, executor);
      flow.read();
      built = flow.runs_of(Role::built);
    }
    std::vector<PeopleAccount> accounts;
    people_ = place_people(recipe, landscape_, layer().crs, on_built ? &built : nullptr, executor, told_, accounts);
  }
  Ground(const Ground&) = delete;
  Ground& operator=(const Ground&) = delete;

  // The spaces of a recipe on the base's grid.
  Landscape lay(Recipe recipe) {
    recipe.layers.clear();
    return make_landscape(recipe, layer(), places_.zones, places_.boundary, executor_, told_);
  }
  const LandCoverLayer& layer() const { return layers_.back(); }
  const Landscape& landscape() const { return landscape_; }
  const std::vector<Population>& people() const { return people_; }
  Executor& executor() { return executor_; }

 private:
  const Recipe& recipe_;
  Executor& executor_;
  AuditLog told_;  // the runs have said it
  Places places_;
  std::vector<LandCoverLayer> layers_;
  Landscape landscape_;
  std::vector<Population> people_;
};

struct NamedQuestion {
  std::string framework, topic, indicator, variant;
  const AccessQuestion* question;
  bool same_name(const NamedQuestion& other) const {
    return framework == other.framework && topic == other.topic && indicator == other.indicator &&
           variant == other.variant;
  }
};

// One run's questions on the base's ground.
class AskedAgain {
 public:
  AskedAgain(const PastRun& run, Ground& ground) : recipe_(run.recipe), landscape_(ground.lay(recipe_)) {
    standards_ = read_standards(recipe_, told_);
    const bool walked = std::ranges::any_of(
        standards_, [](const Standard& standard) { return standard.route == Standard::Route::street; });
    if (walked && recipe_.streets) streets_.emplace(read_network(*recipe_.streets, ground.executor(), told_));
    survey_ = std::make_unique<AccessSurvey>(standards_, recipe_, landscape_, ground.layer().crs,
                                             streets_ ? &*streets_ : nullptr, ground.executor(), told_);
    for (const AccessSurvey::PeopleQuestion& asked : survey_->people_questions())
      questions_.push_back(
          {asked.standard->framework, asked.standard->topic, "people_within_reach", asked.variant, asked.question});
    ask_near_green(ground.executor());
  }
  AskedAgain(const AskedAgain&) = delete;
  AskedAgain& operator=(const AskedAgain&) = delete;

  const std::vector<NamedQuestion>& questions() const { return questions_; }
  const StreetsNearby* streets() const { return survey_->streets(); }
  bool tells_near_green() const { return tells_near_green_; }

 private:
  // people_near_green_share as a question, where it is asked and rests on mapped spaces alone.
  void ask_near_green(Executor& executor) {
    const FactParameters p = fact_parameters(recipe_.parameters);
    const auto indicators = chosen_indicators(recipe_);
    const auto near = std::ranges::find_if(
        indicators, [](const Indicator* indicator) { return indicator->spec.id == "people_near_green_share"; });
    if (near == indicators.end()) return;
    tells_near_green_ = p.near_from_spaces && !p.near_from_land_cover;
    if (!tells_near_green_) return;
    const GreenPlaces places = GreenPlacesFlow(landscape_, p, false, executor).finish([](const Component&) {});
    const auto shapes = std::make_shared<MultiPolygon>();
    for (std::size_t i = 0; i < places.spaces.size(); ++i) {
      if (places.spaces[i]) shapes->polygons.push_back(landscape_.green_spaces.polygons[i]);
    }
    near_green_.places = shapes;
    near_green_.distance_m = p.near_distance_m;
    const std::string variant =
        fmt::format("{:g}m_{:g}ha_{}", p.near_distance_m, p.min_green_area_m2 / 1e4, p.near_edge ? "edge" : "centre");
    questions_.push_back({"", "", "people_near_green_share", variant, &near_green_});
  }

  Recipe recipe_;
  std::vector<Standard> standards_;
  Landscape landscape_;
  AuditLog told_;
  std::optional<StreetNetwork> streets_;
  std::unique_ptr<AccessSurvey> survey_;
  AccessQuestion near_green_;
  std::vector<NamedQuestion> questions_;
  bool tells_near_green_ = true;
};

Cell text(const std::string& word) { return word.empty() ? Cell{} : Cell{word}; }

struct Named {
  std::string scenario;
  std::int64_t min_group_size;
};

void append(const NamedQuestion& question, const std::vector<std::vector<GainedAndLost>>& changes, const Ground& ground,
            const std::vector<std::vector<Int128>>& residents, const Named& named, Table& table) {
  const std::vector<Zone>& zones = ground.landscape().zones;
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    for (std::size_t p = 0; p < changes.size(); ++p) {
      const bool shown = p == 0 || residents[p][zone] >= Int128{named.min_group_size} * kOne;
      const GainedAndLost& change = changes[p][zone];
      table.rows.push_back(
          {text(zones[zone].id), text(ground.people()[p].group), shown ? Cell{from_fixed(change.gained)} : Cell{},
           shown ? Cell{from_fixed(change.lost)} : Cell{}, text(zones[zone].level), text(question.framework),
           text(question.topic), text(question.indicator), text(question.variant), text(named.scenario),
           Cell{std::string(shown ? "ok" : "suppressed")}});
    }
  }
}

void compare_access(const PastRun& base, const PastRun& other, const std::string& scenario,
                    const ExecutionSettings& execution, Table& table, AuditLog& audit) {
  Executor executor(execution);
  Ground ground(base.recipe, executor);
  const AskedAgain before(base, ground), after(other, ground);
  if (!before.tells_near_green() || !after.tells_near_green())
    audit.note(other.folder,
               "near green from land cover has no rows in access_changes.csv: it is told of spaces alone");
  std::vector<NamedQuestion> shared;
  AccessState one{{}, before.streets()}, two{{}, after.streets()};
  for (const NamedQuestion& question : before.questions()) {
    const auto same =
        std::ranges::find_if(after.questions(), [&](const NamedQuestion& its) { return its.same_name(question); });
    if (same == after.questions().end()) continue;
    shared.push_back(question);
    one.questions.push_back(question.question);
    two.questions.push_back(same->question);
  }
  const auto changes = count_changes(one, two, ground.landscape(), ground.people(), executor);
  const auto residents = count_residents(ground.landscape(), ground.people());
  const Named named{scenario, std::max(base.recipe.parameters.min_group_size, other.recipe.parameters.min_group_size)};
  for (std::size_t i = 0; i < shared.size(); ++i) append(shared[i], changes[i], ground, residents, named, table);
}

// Why two runs cannot be asked again; empty where they can.
std::string obstacle(const PastRun& base, const PastRun& other) {
  for (const PastRun* run : {&base, &other}) {
    if (const std::string change = changed_input(*run); !change.empty()) return change;
  }
  return {};
}

}  // namespace

std::optional<Table> access_changes(const std::vector<std::string>& folders, const ExecutionSettings& execution,
                                    AuditLog& audit) {
  Table table;
  table.name = "access_changes";
  table.columns = {"zone_id", "group",     "gained",  "lost",     "zone_level", "framework",
                   "topic",   "indicator", "variant", "scenario", "status"};
  const PastRun base(folders.at(0));
  bool any = false;
  for (std::size_t i = 1; i < folders.size() && base.asks(); ++i) {
    const PastRun other(folders[i]);
    if (!other.asks()) continue;
    if (const std::string why = obstacle(base, other); !why.empty()) {
      audit.warn(other.folder, "who gains and loses access is not told: " + why);
      continue;
    }
    if (people_of(base) != people_of(other))
      audit.warn(other.folder,
                 "its population is another one: access_changes.csv counts the people of the base in both");
    const std::string scenario = folders.size() > 2 ? fs::path(other.folder).filename().string() : std::string();
    compare_access(base, other, scenario, execution, table, audit);
    any = true;
  }
  return any ? std::optional(std::move(table)) : std::nullopt;
}

}  // namespace urbiome
