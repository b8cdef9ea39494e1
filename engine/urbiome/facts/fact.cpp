#include "urbiome/facts/fact.h"

#include <array>

namespace urbiome {

std::string_view name_of(FactKind kind) {
  switch (kind) {
    case FactKind::tally:
      return "tally";
    case FactKind::seam:
      return "seam";
    case FactKind::field:
      return "field";
    case FactKind::whole:
      return "whole";
  }
  return "whole";
}

const std::vector<FactDeclaration>& fact_declarations() {
  static const std::vector<FactDeclaration> declarations = {
      {FactId::class_areas, "class_areas", "class areas per zone and per zone's green spaces", FactKind::tally, {}},
      {FactId::role_runs, "role_runs", "runs of the cells of each role", FactKind::tally, {}},
      {FactId::green_places,
       "green_places",
       "green patches and spaces large enough to count, whole",
       FactKind::seam,
       {FactId::role_runs}},
      {FactId::zone_patches, "zone_patches", "patches cut at each zone's border", FactKind::seam, {FactId::role_runs}},
      {FactId::mesh,
       "mesh",
       "groups of natural patches linked by the distance rule",
       FactKind::seam,
       {FactId::role_runs, FactId::class_areas}},
      {FactId::people, "people", "residents on the grid and per zone", FactKind::tally, {FactId::role_runs}},
      {FactId::near_green,
       "near_green",
       "residents within reach of green",
       FactKind::field,
       {FactId::people, FactId::green_places}},
      {FactId::green_around,
       "green_around",
       "share of green in the disc around residents",
       FactKind::field,
       {FactId::people, FactId::role_runs}},
  };
  return declarations;
}

const FactDeclaration& declaration_of(FactId id) { return fact_declarations()[static_cast<std::size_t>(id)]; }

std::vector<FactId> closure_of(std::span<const FactId> wanted) {
  std::array<bool, kFactCount> needed{};
  std::vector<FactId> open(wanted.begin(), wanted.end());
  while (!open.empty()) {
    const FactId id = open.back();
    open.pop_back();
    if (needed[static_cast<std::size_t>(id)]) continue;
    needed[static_cast<std::size_t>(id)] = true;
    for (const FactId other : declaration_of(id).needs) open.push_back(other);
  }
  std::vector<FactId> ordered;
  for (const FactDeclaration& declaration : fact_declarations()) {
    if (needed[static_cast<std::size_t>(declaration.id)]) ordered.push_back(declaration.id);
  }
  return ordered;
}

}  // namespace urbiome
