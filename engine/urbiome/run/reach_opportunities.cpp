#include "urbiome/run/reach_opportunities.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

constexpr double kAreasPerM2 = 1 << 16;

double hectares(std::int64_t area) {
  return std::round(static_cast<double>(area) / kAreasPerM2 / 1e4 * 1e6) / 1e6;  // to a hundredth of a square metre
}

}  // namespace

struct ReachOpportunities::Group {
  StreetMeasure measure;
  std::vector<std::size_t> limits;
  StreetLength farthest = 0;
};

ReachOpportunities::ReachOpportunities(const StreetNetwork& streets, const StreetTargets& targets,
                                       const ReachOrigins& origins, std::vector<ReachLimit> limits, Executor& executor)
    : targets_(targets), origins_(origins), limits_(std::move(limits)) {
  const std::size_t answers = origins.size() * limits_.size();
  executor.memory().reserve(static_cast<std::int64_t>(answers * sizeof(Answer)), "opportunities");
  answers_.resize(answers);
  for (std::uint32_t i = 0; i < targets.ids().size(); ++i)
    areas_.push_back(std::llround(targets.area_m2(i) * kAreasPerM2));
  // Without slopes minutes are metres: one search answers all.
  std::array<Group, 2> groups{Group{StreetMeasure::length, {}}, Group{StreetMeasure::time, {}}};
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    Group& group = groups[streets.graph.has_times() && limits_[i].measure == StreetMeasure::time ? 1 : 0];
    group.limits.push_back(i);
    group.farthest = std::max(group.farthest, limits_[i].length);
  }
  for (const Group& group : groups) {
    if (!group.limits.empty()) search(streets, group, executor);
  }
  search_straight(executor);
}

void ReachOpportunities::search(const StreetNetwork& streets, const Group& group, Executor& executor) {
  struct Scratch {
    OpportunitySearch search;
    TargetsFound found;
  };
  const StreetDoors doors(streets.graph, targets_.entrances(), group.measure);
  const std::int64_t bytes = doors.bytes() + executor.threads() * (OpportunitySearch::bytes(streets.graph) +
                                                                   TargetsFound::bytes(areas_.size()));
  executor.memory().reserve(bytes, "the search for opportunities");
  std::vector<std::optional<Scratch>> scratch(static_cast<std::size_t>(executor.threads()));
  origins_.each(executor, "opportunities along streets", [&](std::uint32_t i) {
    const ReachOrigin& origin = origins_[i];
    if (!origin.point) return;
    auto& own = scratch[static_cast<std::size_t>(executor.current_slot())];
    if (!own) own.emplace(Scratch{OpportunitySearch(doors), TargetsFound(areas_.size())});
    own->found.clear();
    targets_.offer_containing(*origin.point, own->found);
    if (origin.at) own->search.from(*origin.at, group.farthest, own->found);
    for (const std::size_t limit : group.limits) add(own->found, limit, answer(i, limit).street);
  });
  executor.memory().release(bytes);
}

void ReachOpportunities::search_straight(Executor& executor) {
  StreetLength farthest = 0;
  for (const ReachLimit& limit : limits_) farthest = std::max(farthest, limit.length);
  std::vector<std::optional<TargetsFound>> scratch(static_cast<std::size_t>(executor.threads()));
  origins_.each(executor, "opportunities in a straight line", [&](std::uint32_t i) {
    if (!origins_[i].point) return;
    auto& found = scratch[static_cast<std::size_t>(executor.current_slot())];
    if (!found) found.emplace(areas_.size());
    found->clear();
    targets_.offer_within(*origins_[i].point, farthest, *found);
    for (std::size_t limit = 0; limit < limits_.size(); ++limit) add(*found, limit, answer(i, limit).straight);
  });
}

void ReachOpportunities::add(const TargetsFound& found, std::size_t limit, Sum& sum) const {
  for (const TargetsFound::Found& one : found.all()) {
    if (one.length > limits_[limit].length) continue;
    ++sum.targets;
    sum.area += areas_[one.target];
  }
}

void ReachOpportunities::add_rows(std::size_t origin, std::string& records) const {
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    const auto& [street, straight] = answer(origin, i);
    const std::optional<double>& people = origins_[origin].people;
    const std::array<Cell, 8> row{origins_[origin].id,
                                  limits_[i].within,
                                  std::string(limits_[i].unit()),
                                  people ? Cell(*people) : Cell(),
                                  static_cast<std::int64_t>(street.targets),
                                  hectares(street.area),
                                  static_cast<std::int64_t>(straight.targets),
                                  hectares(straight.area)};
    append_csv_row(records, row);
  }
}

std::vector<double> ReachOpportunities::write(const std::string& path, bool count_people, Executor& executor) const {
  CsvWriter file(
      path, {"origin_id", "within", "unit", "people", "targets", "area_ha", "straight_targets", "straight_area_ha"});
  std::vector<double> all(limits_.size(), 0);
  origins_.in_order<std::vector<double>>(
      executor, "writing opportunities",
      [&](std::size_t origin, std::string& records, std::vector<double>& part) {
        add_rows(origin, records);
        part.resize(limits_.size(), 0);
        for (std::size_t i = 0; i < limits_.size(); ++i) {
          if (answer(origin, i).street.targets > 0) part[i] += count_people ? origins_[origin].people.value_or(0) : 1;
        }
      },
      [&](const std::string& records, const std::vector<double>& part) {
        file.write(records);
        for (std::size_t i = 0; i < part.size(); ++i) all[i] += part[i];
      });
  file.close();
  return all;
}

}  // namespace urbiome
