#include "urbiome/run/supply_survey.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/access_survey.h"
#include "urbiome/run/space_gates.h"

namespace urbiome {
namespace {

constexpr const char* kFramework = "floating_catchment";

void require(bool right, const Recipe& recipe, const std::string& found, const std::string& expected,
             const std::string& remedy = "") {
  if (!right)
    throw Error(ErrorCode::contradiction, fmt::format("{}: [supply] {}", recipe.file, found), expected, remedy);
}

void require_word(const Recipe& recipe, const char* key, const std::string& word,
                  const std::vector<std::string>& words) {
  require(word.empty() || std::ranges::find(words, word) != words.end(), recipe, fmt::format("{} is \"{}\"", key, word),
          "one of " + listed(words), did_you_mean(word, words));
}

// 2sfca_dichotomy_800m_street
std::string variant_of(const SupplyInput& input, const SupplyRule& rule) {
  std::string text = rule.method + "_" + rule.kernel_or_default();
  if (rule.power) text += fmt::format("{:g}", *rule.power);
  if (rule.floor > 0) text += fmt::format("_floor{:g}m", rule.floor);
  text += fmt::format("_{:g}m_{}", input.max_m, input.by_street ? "street" : "straight");
  if (!input.only_public) text += "_all";
  return text + (input.blue_too ? "_green_blue" : "");
}

// Residents' places, row by row, in the plane of the targets.
class OriginsInRows : public WayOrigins {
 public:
  OriginsInRows(const PeoplePlaces& places, const Crs& crs, const LocalPlane& plane, int threads)
      : places_(places), crs_(crs), plane_(plane), in_(static_cast<std::size_t>(threads)) {}
  std::size_t blocks() const override { return static_cast<std::size_t>(places_.rows()); }
  void each(std::size_t block, int slot, const Visit& visit) const override {
    auto& in = in_[static_cast<std::size_t>(slot)];
    if (in == nullptr) in = std::make_unique<PlaneTransformer>(crs_, plane_);
    places_.each_in_row(static_cast<std::int64_t>(block), [&](std::uint32_t place, const Point& at) {
      if (const std::optional<Point> point = in->find(at)) visit(place, *point);
    });
  }

 private:
  const PeoplePlaces& places_;
  const Crs& crs_;
  const LocalPlane& plane_;
  mutable std::vector<std::unique_ptr<PlaneTransformer>> in_;  // by slot
};

LocalPlane plane_round(const Landscape& landscape, const Crs& crs) {
  const Grid& grid = landscape.grid();
  const Point middle{grid.x_of(static_cast<double>(grid.width) / 2), grid.y_of(static_cast<double>(grid.height) / 2)};
  const Crs geographic = crs.geographic();
  return {geographic, Transformer(crs, geographic)(middle)};
}

}  // namespace

struct SupplySurvey::Metric {
  const char *topic, *indicator, *unit, *title;
  bool of_demand;
  std::optional<double> (*value)(const Figures&);
};

std::span<const SupplySurvey::Metric> SupplySurvey::metrics() {
  static constexpr std::array<Metric, 4> all{
      {{"supply", "supply_per_resident_m2", "m2 per person", "Green space that residents reach, shared with others",
        false, [](const Figures& f) { return f.supply; }},
       {"balance", "supply_balance_per_resident_m2", "m2 per person", "What they reach less what they need", true,
        [](const Figures& f) { return f.balance; }},
       {"undersupplied", "people_undersupplied", "people", "Residents who reach less than they need", true,
        [](const Figures& f) { return std::optional(f.under); }},
       {"oversupplied", "people_oversupplied", "people", "Residents who reach more than they need", true,
        [](const Figures& f) { return std::optional(f.over); }}}};
  return all;
}

SupplyRule supply_rule_of(const Recipe& recipe) {
  const SupplyInput& input = *recipe.supply;
  require_word(recipe, "method", input.method, SupplyRule::methods());
  require_word(recipe, "kernel", input.kernel, SupplyRule::kernels());
  SupplyRule rule;
  if (!input.method.empty()) rule.method = input.method;
  rule.kernel = input.kernel;
  rule.power = input.power;
  rule.floor = input.floor_m;
  rule.max_cost = input.max_m;
  const bool power = input.kernel == "power", endless = power || input.kernel == "inverse";
  require(power || !input.power, recipe, "power is given", "it with kernel = \"power\" alone", "leave it out");
  require(!power || input.power, recipe, "power is missing", "the exponent of the kernel power", "add power = 2");
  require(endless || input.floor_m == 0, recipe, "floor_m is given", "it with the kernels power and inverse alone",
          "leave it out");
  require(!endless || input.floor_m > 0, recipe, "floor_m is missing",
          "the distance up to which all weigh alike: who is in a green space is 0 m from it", "add floor_m = 50");
  return rule;
}

std::vector<Standard> supply_titles(const Recipe& recipe) {
  std::vector<Standard> titles;
  for (const SupplySurvey::Metric& metric : SupplySurvey::metrics()) {
    if (metric.of_demand && !recipe.supply->demand_m2) continue;
    Standard& title = titles.emplace_back();
    title.id = metric.indicator;
    title.framework = kFramework;
    title.topic = metric.topic;
    title.title = metric.title;
    title.unit = metric.unit;
    title.evidence = Evidence::implementation;
    title.source = "InVEST Urban Nature Access; docs/floating-catchments.md";
  }
  return titles;
}

SupplySurvey::SupplySurvey(const Recipe& recipe, const Landscape& landscape, const Crs& crs,
                           const StreetNetwork* streets, Executor& executor, AuditLog& audit)
    : recipe_(recipe),
      input_(*recipe.supply),
      landscape_(landscape),
      crs_(crs),
      streets_(streets),
      executor_(executor),
      audit_(audit),
      asked_(supply_rule_of(recipe)),
      rule_(catchment_rule(asked_, audit)),
      spaces_(landscape.spaces, crs, recipe.parameters.merge_gap_m, executor),
      variant_(variant_of(input_, asked_)) {}

SpaceChoice SupplySurvey::choice(bool unknown_too) const {
  return {input_.only_public, unknown_too, input_.blue_too, 0};
}

void SupplySurvey::share(std::span<const Population> populations) {
  if (!landscape_.has_green_spaces) return;
  const PeoplePlaces places(landscape_, populations, executor_);
  constexpr std::int64_t kBytesOfPlace = 48;
  executor_.memory().check("places of residents", static_cast<std::int64_t>(places.size()) * kBytesOfPlace);
  const std::vector<double> people = sharers(places);
  const bool unknown = input_.only_public && std::ranges::any_of(landscape_.spaces, [](const ListedSpace& space) {
                         return space.access == ListedSpace::Access::unknown;
                       });
  for (const bool unknown_too : {false, true}) {
    if (unknown_too && !unknown) continue;
    answers_.push_back(sum_up(places, populations.size(), access(places, people, choice(unknown_too))));
  }
}

// The residents of the city at each place.
std::vector<double> SupplySurvey::sharers(const PeoplePlaces& places) const {
  std::vector<Int128> units(places.size(), 0);
  executor_.items(places.bands(), "residents who share green spaces", [&](std::int64_t band) {
    places.each_part(band, [&](const PeoplePlaces::Part& part) {
      const bool in_city = std::ranges::find(part.zones, 0U) != part.zones.end();
      if (part.population != 0 || !in_city) return;
      part.each([&](std::uint32_t place, std::int64_t amount) { units[place] += amount; });
    });
  });
  std::vector<double> people(units.size());
  std::ranges::transform(units, people.begin(), from_fixed);
  return people;
}

// Of each place.
std::vector<double> SupplySurvey::access(const PeoplePlaces& places, const std::vector<double>& people,
                                         const SpaceChoice& choice) {
  const std::shared_ptr<const ListedPlaces> spaces = spaces_.of(choice);
  if (spaces->shapes.empty()) return std::vector<double>(places.size(), 0);
  std::vector<double> amounts;
  WayCosts costs = ways(places, *spaces, choice, amounts);
  const std::vector<CatchmentPairs> blocks(costs.begin(), costs.end());
  SupplyAccess found = share_supply(people, amounts, blocks, rule_);
  executor_.memory().release(bytes_of(costs));
  if (answers_.empty()) say_what_is_unused(found, amounts);
  return std::move(found.access);
}

WayCosts SupplySurvey::ways(const PeoplePlaces& places, const ListedPlaces& spaces, const SpaceChoice& choice,
                            std::vector<double>& amounts) {
  const LocalPlane plane = input_.by_street ? streets_->plane : plane_round(landscape_, crs_);
  const OriginsInRows origins(places, crs_, plane, executor_.threads());
  std::vector<Place> shapes = in_plane(spaces, crs_, plane);
  const auto take_amounts = [&](const TargetShapes& targets) {
    for (const std::string& id : targets.ids()) amounts.push_back(spaces.areas_m2[std::stoul(id)]);
  };
  if (!input_.by_street) {
    const TargetShapes targets(std::move(shapes), "green_spaces", plane);
    take_amounts(targets);
    return straight_ways(origins, targets, input_.max_m, executor_);
  }
  AuditLog told;  // what there is to say of entrances is said once
  AuditLog& audit = answers_.empty() ? audit_ : told;
  const SpaceGates gates(recipe_, landscape_.spaces, crs_, *streets_, executor_, audit);
  const StreetTargets targets(std::move(shapes), "green_spaces", gates.of(spaces, choice), EntranceRule{}, *streets_,
                              audit);
  take_amounts(targets);
  return street_ways(origins, targets, *streets_, kSnapMost_m, input_.max_m, executor_);
}

void SupplySurvey::say_what_is_unused(const SupplyAccess& found, const std::vector<double>& amounts) {
  std::size_t count = 0;
  ExactSum unused;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    if (found.used(i)) continue;
    ++count;
    unused.add(amounts[i]);
  }
  if (count == 0) return;
  audit_.note(recipe_.file, fmt::format("[supply] {} of {} green spaces, {:.0f} m2 in all, are in no resident's reach",
                                        count, amounts.size(), unused.rounded()));
}

SupplySurvey::Answer SupplySurvey::sum_up(const PeoplePlaces& places, std::size_t populations,
                                          const std::vector<double>& access) const {
  using Sums = std::map<std::pair<std::size_t, std::uint32_t>, SupplyBalance>;  // by population and zone
  const SupplyBalance none(input_.demand_m2.value_or(0));
  Sums sums;
  const auto of_band = [&](std::int64_t band) {
    Sums found;
    places.each_part(band, [&](const PeoplePlaces::Part& part) {
      for (const std::uint32_t zone : part.zones) {
        SupplyBalance& sum = found.try_emplace({part.population, zone}, none).first->second;
        part.each([&](std::uint32_t place, std::int64_t amount) { sum.add(from_fixed(amount), access[place]); });
      }
    });
    return found;
  };
  executor_.in_order(places.bands(), "supply of residents", of_band, [&](std::int64_t, const Sums& found) {
    for (const auto& [key, sum] : found) sums.try_emplace(key, none).first->second.add(sum);
  });
  Answer answer(populations, std::vector<Figures>(landscape_.zones.size()));
  for (const auto& [key, sum] : sums) {
    answer[key.first][key.second] = {sum.supply_per_person(), sum.balance_per_person(), sum.undersupplied(),
                                     sum.oversupplied()};
  }
  return answer;
}

std::string SupplySurvey::method() const {
  const std::string spaces =
      fmt::format("{}green{} spaces", input_.only_public ? "public " : "", input_.blue_too ? " and blue" : "");
  return fmt::format("{} to {}, shared by the city's residents{}", input_.by_street ? "along streets" : "straight line",
                     spaces, answers_.size() > 1 ? "; bounds: unknown access private and public" : "");
}

ResultRow SupplySurvey::row_for(const Metric& metric, const FactStore& store, std::size_t population,
                                std::size_t zone) const {
  ResultRow row;
  row.framework = kFramework;
  row.topic = metric.topic;
  row.indicator = metric.indicator;
  row.variant = variant_ + (metric.of_demand ? fmt::format("_{:g}m2", *input_.demand_m2) : "");
  row.unit = metric.unit;
  row.evidence = name_of(Evidence::implementation);
  row.method = method();
  const auto without_value = [&](Status status, const char* why) {
    hide(row, status, why);
    return row;
  };
  if (store.people.empty()) return without_value(Status::no_data, "no population");
  if (answers_.empty()) return without_value(Status::no_data, "no green_spaces");
  if (nowhere(landscape_.zones[zone])) return without_value(Status::no_data, "the zone has no area");
  const auto value = [&](const Answer& answer) { return metric.value(answer[population][zone]); };
  row.value = value(recipe_.parameters.unknown_is_public ? answers_.back() : answers_.front());
  if (!row.value) return without_value(Status::undefined, "nobody lives in the zone");
  if (answers_.size() > 1)
    std::tie(row.lower, row.upper) = std::minmax({*value(answers_.front()), *value(answers_.back())});
  return row;
}

std::vector<ResultRow> SupplySurvey::rows(const FactStore& store, const std::string& city,
                                          const std::string& date) const {
  std::vector<ResultRow> rows;
  for (std::size_t zone = 0; zone < landscape_.zones.size(); ++zone) {
    for (const Metric& metric : metrics()) {
      if (metric.of_demand && !input_.demand_m2) continue;
      for (std::size_t population = 0; population < std::max<std::size_t>(store.people.size(), 1); ++population) {
        ResultRow row = row_for(metric, store, population, zone);
        row.name_place(city, date, landscape_.zones[zone]);
        if (population > 0) show_as_group(store, population, zone, row);
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

}  // namespace urbiome
