#include "urbiome/run/access_survey.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "standard_files.h"
#include "urbiome/base/error.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

constexpr double kSnapMost_m = 250;  // from a resident to the street
constexpr double kSizeTolerance = 1e-9;

bool is_walked(const Standard& standard) { return standard.route == Standard::Route::street; }

std::string variant_of(const Standard& s) {
  const std::string size = fmt::format("{:g}ha", s.min_area_ha);
  if (s.measure == Standard::Measure::area_per_person) return size;
  return fmt::format("{:g}m_{}_{}", s.distance_m, size, is_walked(s) ? "street" : "straight");
}

std::string method_of(const Standard& s, bool bounded) {
  const char* spaces = s.only_public ? (s.blue_too ? "public green and blue spaces" : "public green spaces")
                                     : (s.blue_too ? "green and blue spaces" : "green spaces");
  const std::string what = s.measure == Standard::Measure::area_per_person
                               ? fmt::format("area of {} / residents", spaces)
                           : s.route == Standard::Route::street ? fmt::format("along streets to {}", spaces)
                                                                : fmt::format("straight line to {}", spaces);
  return what + (bounded ? "; bounds: unknown access private and public" : "");
}

}  // namespace

struct AccessSurvey::Reached {
  Reached(std::vector<Place> places, const Gates& gates, const StreetNetwork& streets, double farthest_m,
          AuditLog& audit)
      : targets(std::move(places), "green_spaces", gates, EntranceRule{}, streets, audit),
        reach(streets.graph, targets.entrances(), street_length(farthest_m)) {}

  StreetTargets targets;
  StreetReach reach;
};

std::vector<Standard> read_standards(const Recipe& recipe) {
  const FrameworksInput& frameworks = recipe.frameworks;
  const std::string& file = frameworks.standards;
  const Table table =
      file.empty() ? table_of_csv(std::string(standard_files()[0].content), "the shipped standards") : read_csv(file);
  std::vector<Standard> standards = standards_of(table, file.empty() ? "the shipped standards" : file);
  if (!recipe.runs_frameworks()) return {};
  if (!frameworks.chosen) return standards;
  std::set<std::string> known = {"uni", "target12", "sdg11", "singapore"};
  for (const Standard& standard : standards) known.insert(standard.framework);
  for (const std::string& name : frameworks.run) {
    if (known.contains(name)) continue;
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
      audit_(audit) {
  has_unknown_ = std::ranges::any_of(
      landscape.spaces, [](const ListedSpace& space) { return space.access == ListedSpace::Access::unknown; });
  if (streets != nullptr) {
    nearby_.graph = &streets->graph;
    nearby_.snap_max_m = kSnapMost_m;
    nearby_.to_plane = [this]() -> StreetsNearby::ToPlane {
      const auto in = std::make_shared<PlaneTransformer>(crs_, streets_->plane);
      return [in](const Point& point) { return in->find(point); };
    };
    if (std::ranges::any_of(standards, is_walked)) read_gates();
  }
  for (const Standard& standard : standards) {
    executor.throw_if_cancelled();
    Asked asked = ask(standard);
    if (asked.missing.empty() || recipe.frameworks.chosen) asked_.push_back(std::move(asked));
  }
}

AccessSurvey::Asked AccessSurvey::ask(const Standard& standard) {
  Asked asked{&standard, {}, 0, 0};
  if (recipe_.population.empty()) asked.missing = "no population";
  if (!landscape_.has_green_spaces) asked.missing = "no green_spaces";
  if (is_walked(standard) && streets_ == nullptr) asked.missing = "no streets";
  if (!asked.missing.empty()) return asked;
  const Choice lower{standard.only_public, false, standard.blue_too, standard.min_area_ha};
  Choice upper = lower;
  upper.unknown_too = standard.only_public && has_unknown_;
  const auto answer = [&](const Choice& choice) {
    return standard.measure == Standard::Measure::area_per_person ? areas(choice) : question(standard, choice);
  };
  asked.lower = answer(lower);
  asked.upper = upper == lower ? asked.lower : answer(upper);
  return asked;
}

const AccessSurvey::Joined& AccessSurvey::joined(Choice choice) {
  choice.min_area_ha = 0;
  const auto found = joined_.find(choice);
  if (found != joined_.end()) return found->second;
  const auto counts = [&](const ListedSpace& space) {
    return (!choice.only_public || space.is_public(choice.unknown_too)) &&
           (choice.blue_too || space.role == Role::green);
  };
  MultiPolygon shapes = union_of_spaces(landscape_.spaces, counts, executor_);
  std::vector<double> areas_m2 = true_areas_m2(shapes, crs_);
  return joined_.emplace(choice, Joined{std::move(shapes), std::move(areas_m2)}).first->second;
}

MultiPolygon AccessSurvey::places(const Choice& choice) {
  const Joined& all = joined(choice);
  MultiPolygon large;
  for (std::size_t i = 0; i < all.areas_m2.size(); ++i) {
    if (all.areas_m2[i] >= choice.min_area_ha * 1e4 * (1 - kSizeTolerance))
      large.polygons.push_back(all.shapes.polygons[i]);
  }
  return large;
}

std::size_t AccessSurvey::question(const Standard& standard, const Choice& choice) {
  const StreetReach* way = is_walked(standard) ? reach(choice) : nullptr;
  if (is_walked(standard) && way == nullptr)
    questions_.push_back({MultiPolygon{}, 0, nullptr});  // no place to walk to
  else
    questions_.push_back({places(choice), standard.distance_m, way});
  return questions_.size() - 1;
}

double AccessSurvey::farthest_by_street(const Choice& choice) const {
  double farthest = 0;
  for (const Standard& s : standards_) {
    const bool same = s.only_public == choice.only_public && s.blue_too == choice.blue_too &&
                      s.min_area_ha == choice.min_area_ha && is_walked(s);
    if (same) farthest = std::max(farthest, s.distance_m);
  }
  return farthest;
}

const StreetReach* AccessSurvey::reach(const Choice& choice) {
  auto found = reached_.find(choice);
  if (found == reached_.end()) {
    const MultiPolygon shapes = places(choice);
    std::unique_ptr<Reached> reached;
    if (!shapes.empty()) {
      AuditLog told;  // what there is to say of entrances is said once
      AuditLog& audit = reached_.empty() ? audit_ : told;
      reached = std::make_unique<Reached>(places_in_plane(shapes), gates_of(shapes), *streets_,
                                          farthest_by_street(choice), audit);
    }
    found = reached_.emplace(choice, std::move(reached)).first;
  }
  return found->second ? &found->second->reach : nullptr;
}

std::vector<Place> AccessSurvey::places_in_plane(const MultiPolygon& shapes) const {
  const PlaneTransformer in(crs_, streets_->plane);
  std::vector<Place> places;
  for (const Polygon& polygon : shapes.polygons)
    places.push_back({std::to_string(places.size()), {}, repaired(in.transform({{polygon}})).shape, {}});
  return places;
}

void AccessSurvey::read_gates() {
  for (std::size_t i = 0; i < recipe_.green_spaces.size(); ++i) {
    const GreenSpacesInput& input = recipe_.green_spaces[i];
    if (input.entrances.empty()) continue;
    gates_.name = input.entrances;
    const PlacesRequest points{.path = input.entrances, .layer = {}, .id = {}, .crs = {}, .x = {}, .y = {}};
    for (Place& place : read_places(points, streets_->plane, executor_, audit_))
      gates_.points.push_back(std::move(place));
    for (const ListedSpace& space : landscape_.spaces) {
      if (space.input == i && !space.shape.empty()) behind_gates_.push_back(point_inside(space.shape));
    }
  }
}

// Places that a layer with entrances has a part in are entered by those alone.
Gates AccessSurvey::gates_of(const MultiPolygon& shapes) const {
  Gates gates = gates_;
  gates.of_place.assign(shapes.polygons.size(), 0);
  for (std::size_t i = 0; i < shapes.polygons.size() && !behind_gates_.empty(); ++i) {
    const MultiPolygon one{{shapes.polygons[i]}};
    const Box box = bounds(one);
    gates.of_place[i] = std::ranges::any_of(behind_gates_, [&](const Point& point) {
      return box.intersects({point.x, point.y, point.x, point.y}) && contains(one, point);
    });
  }
  return gates;
}

std::size_t AccessSurvey::areas(const Choice& choice) {
  const auto found = areas_of_.find(choice);
  if (found != areas_of_.end()) return found->second;
  const MultiPolygon shapes = places(choice);
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

std::optional<double> AccessSurvey::value_of(const Asked& asked, std::size_t answer, const FactStore& store,
                                             std::size_t population, std::size_t zone) const {
  const ZonePeople::OfZone& people = store.people[population].zones[zone];
  const double residents = from_fixed(people.residents), factor = asked.standard->per_unit;
  if (asked.standard->measure == Standard::Measure::area_per_person)
    return factor * areas_m2_[answer][zone] / residents;
  return factor * from_fixed(people.within[answer]) / residents;
}

ResultRow AccessSurvey::row_for(const Asked& asked, const FactStore& store, std::size_t population,
                                std::size_t zone) const {
  const Standard& s = *asked.standard;
  ResultRow row;
  row.framework = s.framework;
  row.topic = s.topic;
  row.indicator = s.measure == Standard::Measure::people_within ? "people_within_reach" : "green_space_per_resident";
  row.variant = variant_of(s);
  row.unit = s.unit;
  row.evidence = name_of(s.evidence);
  row.method = method_of(s, asked.lower != asked.upper);
  const auto without_value = [&](Status status, std::string method) {
    row.status = status;
    row.method = std::move(method);
    return row;
  };
  if (!asked.missing.empty()) return without_value(Status::no_data, asked.missing);
  if (store.people.empty()) return without_value(Status::no_data, "no population");
  if (nowhere(landscape_.zones[zone])) return without_value(Status::no_data, "the zone has no area");
  if (store.people[population].zones[zone].residents == 0)
    return without_value(Status::undefined, "nobody lives in the zone");
  const bool unknown_counts = recipe_.parameters.unknown_is_public;
  row.value = value_of(asked, unknown_counts ? asked.upper : asked.lower, store, population, zone);
  if (asked.lower != asked.upper) {
    row.lower = value_of(asked, asked.lower, store, population, zone);
    row.upper = value_of(asked, asked.upper, store, population, zone);
  }
  if (s.target) row.label = *row.value >= *s.target ? "met" : "not met";
  return row;
}

std::vector<ResultRow> AccessSurvey::rows(const FactStore& store, const std::string& city,
                                          const std::string& date) const {
  std::vector<ResultRow> rows;
  for (std::size_t zone = 0; zone < landscape_.zones.size(); ++zone) {
    for (const Asked& asked : asked_) {
      const bool grouped = asked.standard->measure == Standard::Measure::people_within;
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
