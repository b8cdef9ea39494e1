#include "urbiome/run/access_survey.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "standard_files.h"
#include "urbiome/base/error.h"
#include "urbiome/facts/provision.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/tree_layer.h"

namespace urbiome {
namespace {

bool is_of_fifth(const Standard& s) { return s.residents == Standard::Residents::lowest_income_fifth; }

bool is_walked(const Standard& standard) { return standard.route == Standard::Route::street; }

const char* indicator_of(Standard::Measure measure) {
  switch (measure) {
    case Standard::Measure::people_within:
      return "people_within_reach";
    case Standard::Measure::trees_in_view:
      return "people_with_trees_in_view";
    case Standard::Measure::canopy_around:
      return "people_with_canopy_around";
    case Standard::Measure::all_of:
      return "people_with_all_of";
    case Standard::Measure::residential_land_within:
      return "residential_land_within_reach";
    case Standard::Measure::area_per_person:
      break;
  }
  return "green_space_per_resident";
}

std::string method_of(const Standard& s, bool bounded) {
  const char* spaces = s.only_public ? (s.blue_too ? "public green and blue spaces" : "public green spaces")
                                     : (s.blue_too ? "green and blue spaces" : "green spaces");
  std::string what;
  switch (s.measure) {
    case Standard::Measure::people_within:
      what = fmt::format("{} to {}", is_walked(s) ? "along streets" : "straight line", spaces);
      break;
    case Standard::Measure::trees_in_view:
      what = fmt::format("at least {:g} trees within {:g} m; what stands between is not looked at", s.at_least,
                         s.distance_m);
      break;
    case Standard::Measure::canopy_around:
      what = fmt::format("at least {:g} % of the classified cells within {:g} m are tree canopy", s.at_least,
                         s.distance_m);
      break;
    case Standard::Measure::all_of:
      what = fmt::format("all of {}", fmt::join(s.of, ", "));
      break;
    case Standard::Measure::area_per_person:
      what = fmt::format("area of {} / residents", spaces);
      break;
    case Standard::Measure::residential_land_within:
      what = fmt::format("residential land in a straight line to {} / residential land", spaces);
      break;
  }
  return what + (bounded ? "; bounds: unknown access private and public" : "");
}

}  // namespace

struct AccessSurvey::Reached {
  Reached(std::vector<Place> places, const GivenEntrances& given, const StreetNetwork& streets, double farthest_m,
          AuditLog& audit)
      : targets(std::move(places), "green_spaces", given, EntranceRule{}, streets, audit),
        reach(streets.graph, targets.entrances(), street_length(farthest_m)) {}

  StreetTargets targets;
  StreetReach reach;
};

std::vector<Standard> read_standards(const Recipe& recipe, AuditLog& audit) {
  const FrameworksInput& frameworks = recipe.frameworks;
  const std::string& file = frameworks.standards;
  const std::string source = file.empty() ? "the shipped table of standards" : file;
  const Table table = file.empty() ? table_of_csv(std::string(standard_files()[0].content), source) : read_csv(file);
  std::vector<Standard> standards = standards_of(table, source);
  if (!recipe.runs_frameworks()) return {};
  if (!frameworks.chosen) return standards;
  std::set<std::string> known = {"uni", "target12", "sdg11", "singapore"};
  for (const Standard& standard : standards) known.insert(standard.framework);
  for (const std::string& name : frameworks.run) {
    if (known.contains(name)) {
      const auto is_of = [&](const Standard& standard) { return standard.framework == name; };
      if (std::ranges::none_of(standards, is_of))
        audit.warn(recipe.file, fmt::format("[frameworks] run lists \"{}\", of which {} holds nothing", name, source));
      continue;
    }
    const std::vector<std::string> words(known.begin(), known.end());
    throw Error(ErrorCode::contradiction, fmt::format("{}: [frameworks] run lists \"{}\"", recipe.file, name),
                "one of " + listed(words), did_you_mean(name, words));
  }
  std::erase_if(standards, [&](const Standard& standard) {
    return std::ranges::find(frameworks.run, standard.framework) == frameworks.run.end();
  });
  return standards;
}

AccessSurvey::~AccessSurvey() = default;

AccessSurvey::AccessSurvey(const std::vector<Standard>& standards, const Recipe& recipe, const Landscape& landscape,
                           const Crs& crs, const StreetNetwork* streets, Executor& executor, AuditLog& audit)
    : standards_(standards),
      recipe_(recipe),
      landscape_(landscape),
      crs_(crs),
      streets_(streets),
      executor_(executor),
      audit_(audit),
      places_(landscape.spaces, crs, recipe.parameters.merge_gap_m, executor) {
  has_unknown_ = std::ranges::any_of(
      landscape.spaces, [](const ListedSpace& space) { return space.access == ListedSpace::Access::unknown; });
  if (streets != nullptr) {
    nearby_.graph = &streets->graph;
    nearby_.snap_max_m = kSnapMost_m;
    nearby_.to_plane = [this]() -> StreetsNearby::ToPlane {
      const auto in = std::make_shared<PlaneTransformer>(crs_, streets_->plane);
      return [in](const Point& point) { return in->find(point); };
    };
    if (std::ranges::any_of(standards, is_walked))
      gates_.emplace(recipe, landscape.spaces, crs, *streets, executor, audit);
  }
  for (const Standard& standard : standards) {
    executor.throw_if_cancelled();
    if (standard.of.empty()) asked_by_id_.emplace(standard.id, ask(standard));
  }
  for (const Standard& standard : standards) {
    Asked asked = standard.of.empty() ? asked_by_id_.at(standard.id) : ask(standard);
    if (asked.missing.empty() || recipe.frameworks.chosen) asked_.push_back(std::move(asked));
  }
}

std::string AccessSurvey::missing_for(const Standard& standard) const {
  const bool of_land = standard.measure == Standard::Measure::residential_land_within;
  if (of_land && !recipe_.layers.contains("residential")) return "no layers.residential";
  if (!of_land && recipe_.population.empty()) return "no population";
  for (const std::string& id : standard.of) {
    if (const std::string& missing = asked_by_id_.at(id).missing; !missing.empty()) return missing;
  }
  const bool of_places = of_land || standard.measure == Standard::Measure::people_within ||
                         standard.measure == Standard::Measure::area_per_person;
  if (of_places && !landscape_.has_green_spaces) return "no green_spaces";
  if (is_walked(standard) && streets_ == nullptr) return "no streets";
  if (is_of_fifth(standard) && !recipe_.layers.contains("income")) return "no layers.income";
  if (standard.measure == Standard::Measure::trees_in_view && !recipe_.layers.contains("trees"))
    return "no layers.trees";
  if (standard.measure == Standard::Measure::canopy_around && !landscape_.knowable.has(Role::canopy))
    return "no land cover that tells canopy";
  return {};
}

AccessSurvey::Asked AccessSurvey::ask(const Standard& standard) {
  const std::string missing = missing_for(standard);
  if (!missing.empty()) return {&standard, missing, 0, 0};
  switch (standard.measure) {
    case Standard::Measure::people_within:
    case Standard::Measure::area_per_person:
    case Standard::Measure::residential_land_within:
      return ask_of_places(standard);
    case Standard::Measure::trees_in_view:
    case Standard::Measure::canopy_around:
      return ask_of_surroundings(standard);
    case Standard::Measure::all_of:
      break;
  }
  return ask_all_of(standard);
}

AccessSurvey::Asked AccessSurvey::ask_of_places(const Standard& standard) {
  const SpaceChoice lower{standard.only_public, false, standard.blue_too, standard.min_area_ha};
  SpaceChoice upper = lower;
  upper.unknown_too = standard.only_public && has_unknown_;
  const auto answer = [&](const SpaceChoice& choice) {
    return standard.counts_people()                                 ? question(standard, choice)
           : standard.measure == Standard::Measure::area_per_person ? areas(choice)
                                                                    : land_within(standard, choice);
  };
  Asked asked{&standard, {}, answer(lower), 0};
  asked.upper = upper == lower ? asked.lower : answer(upper);
  return asked;
}

AccessSurvey::Asked AccessSurvey::ask_of_surroundings(const Standard& standard) {
  AccessQuestion question;
  question.distance_m = standard.distance_m;
  if (standard.measure == Standard::Measure::canopy_around) {
    question.canopy_percent = standard.at_least;
  } else {
    if (trees_ == nullptr)
      trees_ = std::make_shared<const std::vector<Point>>(
          read_trees(recipe_.layers.at("trees"), crs_, landscape_.grid(), audit_));
    question.trees = trees_;
    question.least_trees = static_cast<std::int32_t>(standard.at_least);
  }
  questions_.push_back(std::move(question));
  return {&standard, {}, questions_.size() - 1, questions_.size() - 1};
}

AccessSurvey::Asked AccessSurvey::ask_all_of(const Standard& standard) {
  AccessQuestion lower, upper;
  for (const std::string& id : standard.of) {
    lower.all_of.push_back(asked_by_id_.at(id).lower);
    upper.all_of.push_back(asked_by_id_.at(id).upper);
  }
  const bool bounded = lower.all_of != upper.all_of;
  questions_.push_back(std::move(lower));
  if (bounded) questions_.push_back(std::move(upper));
  return {&standard, {}, questions_.size() - (bounded ? 2 : 1), questions_.size() - 1};
}

std::size_t AccessSurvey::question(const Standard& standard, const SpaceChoice& choice) {
  const StreetReach* way = is_walked(standard) ? reach(choice) : nullptr;
  const std::shared_ptr<const ListedPlaces> places = places_.of(choice);
  AccessQuestion asked;
  asked.places = {places, &places->shapes};
  asked.distance_m = standard.distance_m;
  asked.reach = way;
  questions_.push_back(std::move(asked));
  return questions_.size() - 1;
}

double AccessSurvey::farthest_by_street(const SpaceChoice& choice) const {
  double farthest = 0;
  for (const Standard& s : standards_) {
    const bool same = s.only_public == choice.only_public && s.blue_too == choice.blue_too &&
                      s.min_area_ha == choice.min_area_ha && is_walked(s);
    if (same) farthest = std::max(farthest, s.distance_m);
  }
  return farthest;
}

const StreetReach* AccessSurvey::reach(const SpaceChoice& choice) {
  auto found = reached_.find(choice);
  if (found == reached_.end()) {
    const std::shared_ptr<const ListedPlaces> places = places_.of(choice);
    std::unique_ptr<Reached> reached;
    if (!places->shapes.empty()) {
      AuditLog told;  // what there is to say of entrances is said once
      AuditLog& audit = reached_.empty() ? audit_ : told;
      reached = std::make_unique<Reached>(in_plane(*places, crs_, streets_->plane), gates_->of(*places, choice),
                                          *streets_, farthest_by_street(choice), audit);
    }
    found = reached_.emplace(choice, std::move(reached)).first;
  }
  return found->second ? &found->second->reach : nullptr;
}

std::size_t AccessSurvey::areas(const SpaceChoice& choice) {
  const auto found = areas_of_.find(choice);
  if (found != areas_of_.end()) return found->second;
  const std::shared_ptr<const ListedPlaces> places = places_.of(choice);
  const MultiPolygon& shapes = places->shapes;
  std::vector<double> areas(landscape_.zones.size());
  const std::vector<Box> boxes = boxes_of(shapes);
  executor_.items(static_cast<std::int64_t>(areas.size()), "green spaces in zones", [&](std::int64_t i) {
    const MultiPolygon& zone = landscape_.zones[static_cast<std::size_t>(i)].shape;
    const MultiPolygon part = intersection_of(zone, polygons_near(shapes, boxes, bounds(zone)));
    const std::vector<double> parts = true_areas_m2(part, crs_);
    areas[static_cast<std::size_t>(i)] = std::accumulate(parts.begin(), parts.end(), 0.0);
  });
  areas_m2_.push_back(std::move(areas));
  return areas_of_[choice] = areas_m2_.size() - 1;
}

std::size_t AccessSurvey::land_within(const Standard& standard, const SpaceChoice& choice) {
  if (!residential_) residential_.emplace(recipe_.layers.at("residential"), landscape_, crs_, executor_, audit_);
  land_shares_.push_back(residential_->within(places_.of(choice)->shapes, standard.distance_m));
  return land_shares_.size() - 1;
}

std::vector<AccessSurvey::PeopleQuestion> AccessSurvey::people_questions() const {
  std::vector<PeopleQuestion> list;
  for (const Asked& asked : asked_) {
    const bool of_places = asked.standard->measure == Standard::Measure::people_within;
    if (!asked.missing.empty() || !of_places || is_of_fifth(*asked.standard)) continue;
    const std::size_t answer = recipe_.parameters.unknown_is_public ? asked.upper : asked.lower;
    list.push_back({asked.standard, variant_of(*asked.standard), &questions_[answer]});
  }
  return list;
}

std::optional<MappedAccess> AccessSurvey::mapped() const {
  const std::vector<PeopleQuestion> asked = people_questions();
  const auto walked = [](const PeopleQuestion& question) { return is_walked(*question.standard); };
  auto first = std::ranges::find_if(asked, walked);
  if (first == asked.end()) first = asked.begin();
  if (first == asked.end()) return std::nullopt;
  const Standard& shown = *first->standard;
  MappedAccess mapped{shown, first->question, {}};
  for (const PeopleQuestion& question : asked) {
    const Standard& s = *question.standard;
    const bool same_places = s.only_public == shown.only_public && s.blue_too == shown.blue_too &&
                             s.min_area_ha == shown.min_area_ha && s.route == shown.route;
    if (same_places) mapped.distances_m.push_back(s.distance_m);
  }
  std::ranges::sort(mapped.distances_m);
  mapped.distances_m.erase(std::ranges::unique(mapped.distances_m).begin(), mapped.distances_m.end());
  return mapped;
}

std::optional<double> AccessSurvey::value_of(const Asked& asked, std::size_t answer, const FactStore& store,
                                             std::size_t population, std::size_t zone) const {
  const ZonePeople::OfZone& people = store.people[population].zones[zone];
  const double residents = from_fixed(people.residents), factor = asked.standard->per_unit;
  if (!asked.standard->counts_people()) return factor * areas_m2_[answer][zone] / residents;
  return factor * from_fixed(people.within[answer]) / residents;
}

ResultRow AccessSurvey::row_without_value(const Asked& asked) const {
  const Standard& s = *asked.standard;
  ResultRow row;
  row.framework = s.framework;
  row.topic = s.topic;
  row.indicator = indicator_of(s.measure);
  row.variant = variant_of(s);
  row.unit = s.unit;
  row.evidence = name_of(s.evidence);
  row.method = method_of(s, asked.lower != asked.upper);
  return row;
}

template <class ValueOf>
void AccessSurvey::put_values(const Asked& asked, const ValueOf& value_of, ResultRow& row) const {
  row.value = value_of(recipe_.parameters.unknown_is_public ? asked.upper : asked.lower);
  if (asked.lower != asked.upper) {
    row.lower = value_of(asked.lower);
    row.upper = value_of(asked.upper);
  }
  if (asked.standard->target) row.label = *row.value >= *asked.standard->target ? "met" : "not met";
}

ResultRow AccessSurvey::row_for(const Asked& asked, const FactStore& store, std::size_t population,
                                std::size_t zone) const {
  ResultRow row = row_without_value(asked);
  const auto without_value = [&](Status status, std::string method) {
    row.status = status;
    row.method = std::move(method);
    return row;
  };
  if (!asked.missing.empty()) return without_value(Status::no_data, asked.missing);
  if (nowhere(landscape_.zones[zone])) return without_value(Status::no_data, "the zone has no area");
  if (asked.standard->measure == Standard::Measure::residential_land_within) {
    if (!land_shares_[asked.lower][zone]) return without_value(Status::undefined, "no residential land in the zone");
    const double factor = asked.standard->per_unit;
    put_values(
        asked, [&](std::size_t answer) { return factor * *land_shares_[answer][zone]; }, row);
    return row;
  }
  if (store.people.empty()) return without_value(Status::no_data, "no population");
  if (store.people[population].zones[zone].residents == 0)
    return without_value(Status::undefined, "nobody lives in the zone");
  put_values(
      asked, [&](std::size_t answer) { return value_of(asked, answer, store, population, zone); }, row);
  return row;
}

std::vector<ResultRow> AccessSurvey::rows_of_lowest_fifth(const Asked& asked, const FactStore& store) const {
  const ResultRow common = row_without_value(asked);
  std::vector<ResultRow> rows;
  std::vector<std::string> levels = levels_of(landscape_);
  if (levels.empty()) levels.push_back("");
  for (const std::string& level : levels) {
    ResultRow& row = rows.emplace_back(common);
    row.group = "lowest_income_fifth";
    if (!level.empty()) row.variant += "/" + level;
    const bool unasked = !asked.missing.empty() || store.people.empty() || level.empty();
    LevelProvision zones;
    const auto poorest = [&](std::size_t answer) {
      const auto each = [&](std::size_t zone) { return value_of(asked, answer, store, 0, zone); };
      const ProvisionFacts facts{.landscape = &landscape_, .everybody = &store.people[0], .people = &store.people[0]};
      zones = ranked_by_income(provision_of(facts, level, each), landscape_);
      return mean_of_lowest_fifth(zones.units).value_or(0);
    };
    if (unasked) {
      row.status = level.empty() && asked.missing.empty() ? Status::not_applicable : Status::no_data;
      row.method = !asked.missing.empty() ? asked.missing
                   : level.empty()        ? "no zones to rank by income"
                                          : "no population";
      continue;
    }
    put_values(asked, poorest, row);
    row.valid_share = zones.valid_share();
    row.method += fmt::format("; the fifth of residents in the {} zones of least income", zones.units.size());
    double people = 0;
    for (const ProvidedUnit& unit : zones.units) people += unit.people;
    if (zones.status != Status::ok)
      hide(row, zones.status, zones.why);
    else if (people / 5 < static_cast<double>(store.min_group_size))
      hide(row, Status::suppressed, fewer_than(store.min_group_size));
  }
  return rows;
}

std::vector<ResultRow> AccessSurvey::rows(const FactStore& store, const std::string& city,
                                          const std::string& date) const {
  std::vector<ResultRow> rows;
  for (std::size_t zone = 0; zone < landscape_.zones.size(); ++zone) {
    for (const Asked& asked : asked_) {
      if (is_of_fifth(*asked.standard)) {
        if (zone > 0) continue;
        for (ResultRow& row : rows_of_lowest_fifth(asked, store)) {
          row.name_place(city, date, landscape_.zones[zone]);
          rows.push_back(std::move(row));
        }
        continue;
      }
      const bool grouped = asked.standard->counts_people();
      const std::size_t populations = grouped ? std::max<std::size_t>(store.people.size(), 1) : 1;
      for (std::size_t population = 0; population < populations; ++population) {
        ResultRow row = row_for(asked, store, population, zone);
        row.name_place(city, date, landscape_.zones[zone]);
        if (population > 0) show_as_group(store, population, zone, row);
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

}  // namespace urbiome
