// The main job: from a recipe to results, and to the output folder.
//
//   Recipe recipe = read_recipe("city.toml");
//   Assessment done = assess(recipe, {.threads = 2});
//   write_output(done, folder, {}, executor);
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "urbiome/facts/landscape_flow.h"
#include "urbiome/frameworks/standards.h"
#include "urbiome/indicators/catalogue.h"
#include "urbiome/indicators/indicator.h"
#include "urbiome/run/access_map.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/plan.h"
#include "urbiome/run/results.h"

namespace urbiome {

// Everything known after the work: what the writers need.
struct DatedLandscape {
  LandCoverLayer land_cover;
  Landscape landscape;
  ClassPreview map = {};
  std::optional<AccessMap> access_map = {};  // of the last date
};

struct Assessment {
  Recipe recipe;
  Results results;
  std::vector<DatedLandscape> dates;  // in the recipe's order; the last is the one mapped
  std::vector<PeopleAccount> people;
  std::vector<DatePlan> plans;
  std::vector<Standard> standards;
};

struct AssessOptions {
  ExecutionSettings execution;
  std::function<void(const DatePlan&)> show_plan;  // called for each date before its work starts
  bool map = true;                                 // keep what the map of classes needs
};

// Throws Error for input that cannot be read or contradicts itself. Values that cannot be given have a status.
Assessment assess(const Recipe& recipe, const AssessOptions& options);

// The rows of one landscape's facts: city first, then zones, indicators in the order of the list, all residents before
// their groups.
std::vector<ResultRow> rows_of(const FactStore& store, const std::string& city, const std::string& date,
                               const std::vector<const Indicator*>& wanted = indicators());

// Facts of a landscape whose people are given: what assess() does for one date, for callers with arrays.
// Who lives there, asked once land cover has been read (built-up runs may be needed).
using PeopleOf = std::function<std::vector<Population>(LandscapeFlow&)>;
struct FactRequest {
  std::vector<FactId> facts;
  FactParameters parameters;
  bool unknown_is_public = false;
  std::int64_t min_group_size = 0;
  std::vector<Role> more_roles;
  PeopleOf people;
  std::function<void(std::span<const Population>)> with_people;  // what else is asked of them
  std::span<const AccessQuestion> access;
  const StreetsNearby* streets = nullptr;
  ClassPreview* map = nullptr;  // filled beside the facts
};
struct FactRun {
  FactStore store;
  std::vector<PhaseRecord> phases;
};
FactRun compute_facts(const Landscape& landscape, const FactRequest& request, Executor& executor);

}  // namespace urbiome
