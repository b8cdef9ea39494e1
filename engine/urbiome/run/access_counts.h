// Who gains and who loses access between two states of a city, counted at everybody's own place.
//
// The people are the same in both states, so a net difference is told apart into its parts: people within reach
// afterwards that were not before, and the reverse. Cells and points are asked by the rules of facts/access.h.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "urbiome/base/exact.h"
#include "urbiome/exec/executor.h"
#include "urbiome/facts/access.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/facts/people.h"

namespace urbiome {

// The questions of one state, in the grid's CRS; `streets` are needed where one is along streets.
struct AccessState {
  std::vector<const AccessQuestion*> questions;
  const StreetsNearby* streets = nullptr;
};

struct GainedAndLost {
  Int128 gained = 0, lost = 0;  // fixed-point people
};

// [question][population][zone]; question i of `before` is compared with question i of `after`. The same numbers for
// any threads.
std::vector<std::vector<std::vector<GainedAndLost>>> count_changes(const AccessState& before, const AccessState& after,
                                                                   const Landscape& landscape,
                                                                   std::span<const Population> populations,
                                                                   Executor& executor);

// [population][zone]
std::vector<std::vector<Int128>> count_residents(const Landscape& landscape, std::span<const Population> populations);

}  // namespace urbiome
