// Facts: what indicators share, each computed once per assessment, and how they lean on each other.
//
// Four kinds, by what they need to see at once:
//   tally  integers per tile, added in any order (class areas, people)
//   seam   a summary per tile, joined over all tiles (patches, groups of patches)
//   field  needs the cells within reach of each cell (places near green, share of green around)
//   whole  needs everything at once
// A fact declares the facts it stands on; the plan orders them into phases from that.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace urbiome {

enum class FactKind { tally, seam, field, whole };
std::string_view name_of(FactKind kind);

enum class FactId { class_areas, role_runs, green_places, zone_patches, mesh, people, near_green, green_around };
inline constexpr int kFactCount = 8;

struct FactDeclaration {
  FactId id;
  std::string_view name;   // "class_areas"
  std::string_view title;  // "class areas per zone"
  FactKind kind;
  std::vector<FactId> needs;
};

const std::vector<FactDeclaration>& fact_declarations();  // every fact, each after those it needs
const FactDeclaration& declaration_of(FactId id);

// The wanted facts and all they stand on, in an order of computation.
std::vector<FactId> closure_of(std::span<const FactId> wanted);

}  // namespace urbiome
