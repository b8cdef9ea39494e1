// The plan: what will be computed, in which phases, over how many tiles and at what price, before any work.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "urbiome/facts/fact.h"
#include "urbiome/indicators/indicator.h"
#include "urbiome/run/layers.h"

namespace urbiome {

struct PlannedPhase {
  std::string name;
  FactKind kind;
  std::vector<FactId> facts;
  std::int64_t tiles = 0;
  double typical_memory_mib = 0,
         most_memory_mib = 0;  // bits, tables and buffers at work: runs of six cells, a checkerboard
  double seconds = 0;          // expected on the machine that docs/performance.md names
};

struct DatePlan {
  std::string date, land_cover, crs, legend;
  std::int64_t rows = 0, cols = 0;    // of the analysis grid
  std::vector<std::string> meetings;  // how each layer meets the grid, one sentence each
  std::vector<PlannedPhase> phases;
};

// What one date will take. `inputs` says which data the recipe has.
DatePlan plan_for(const Recipe& recipe, const LandCoverLayer& land_cover, const std::vector<ZoneShape>& zones,
                  const Executor& executor);

// The indicators that the recipe asks for, in the order of the list. Error{contradiction} for an id that is not listed.
std::vector<const Indicator*> chosen_indicators(const Recipe& recipe);

// Which facts the recipe's data allow and its indicators want.
std::vector<FactId> wanted_facts(const Recipe& recipe, const Legend& legend);

// Roles of the land cover that people and standards need besides the facts.
std::vector<Role> roles_of_people(const Recipe& recipe, const Legend& legend);

// Error{memory} with the figure when a phase needs more than `--memory` leaves it with runs of six cells.
void require(const DatePlan& plan, const Executor& executor);

std::string in_words(const DatePlan& plan);

// Parameters as facts take them. near_source "spaces" without a green_spaces layer measures nothing.
FactParameters fact_parameters(const Parameters& parameters);

}  // namespace urbiome
