// The audit: what a city's layers are like before any figure is trusted.
#pragma once

#include "urbiome/run/assess.h"
#include "urbiome/run/street_network.h"

namespace urbiome {

// Reads every layer of the recipe, lays it on the grid, reads the land cover once and places the people; returns all
// that was noticed: CRS, scale distortion, nodata, legend coverage, overlaps, repaired geometry, people lost, layers
// that look shifted against each other.
struct AuditReport {
  AuditLog log;
  std::vector<DatePlan> plans;
};
AuditReport audit_recipe(const Recipe& recipe, const ExecutionSettings& execution);

// [layers.NAME] are opened, so that a wrong path shows, and noted as unused.
void audit_named_layers(const Recipe& recipe, AuditLog& audit);

// What assess and audit both read before any grid; named layers are opened, and tables that this version does not
// compute named.
struct Places {
  std::vector<ZoneShape> zones;
  std::optional<ZoneShape> boundary;
  std::optional<StreetNetwork> streets;
};
Places read_places(const Recipe& recipe, Executor& executor, AuditLog& audit);

}  // namespace urbiome
