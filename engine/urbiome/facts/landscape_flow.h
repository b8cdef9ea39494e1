// All facts of one landscape, in bands: every stretch of land cover is decoded once for all of them.
//
// First phase: bands come in from the top; class areas are tallied tile by tile, green patches, patches of zones and
// groups of patches grow row by row, and only what may still grow is kept. Patches below a least area cost one phase
// before it. Second phase: people's rows, with as many rows of land cover round them as their questions reach. Bits of
// roles are kept from the first to the second phase where they fit an eighth of the budget; else land cover is decoded
// again. The same integers come out either way, for any threads and tiles.
//
//   LandscapeFlow flow(landscape, facts, parameters, {}, executor);
//   flow.read();
//   std::vector<ZonePeople> people = flow.people(populations);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/class_areas.h"
#include "urbiome/facts/class_preview.h"
#include "urbiome/facts/fact.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/facts/patches.h"
#include "urbiome/facts/people.h"
#include "urbiome/facts/role_masks.h"

namespace urbiome {

enum class KeepMasks { where_they_fit, always, never };

class LandscapeFlow {
 public:
  // `more_roles` are wanted for runs_of() besides those that the facts need.
  LandscapeFlow(const Landscape& landscape, std::vector<FactId> facts, const FactParameters& parameters,
                const std::vector<Role>& more_roles, Executor& executor, KeepMasks keep = KeepMasks::where_they_fit);

  // Has read() fill a preview beside the facts; it must stay until then.
  void fill(ClassPreview& preview) { preview_ = &preview; }
  void read();

  // After read(): what was asked for.
  std::optional<ClassAreas> class_areas;
  std::optional<ZonePatches> zone_patches;
  std::optional<Mesh> mesh;
  std::optional<GreenPlaces> green_places;

  // Runs of a role over the whole grid; their memory is announced.
  RunTable runs_of(Role role);
  // By population. `streets` are needed by questions along streets.
  std::vector<ZonePeople> people(std::span<const Population> populations, std::span<const AccessQuestion> access = {},
                                 const StreetsNearby* streets = nullptr);

  // Rows that are worked on together between decoding and the next rows.
  static constexpr std::int64_t kStretchRows = 64;
  // The sets of bits that facts need: how many bits a cell takes.
  static std::size_t sets_for(const std::vector<FactId>& facts, const FactParameters& parameters, bool tells_green,
                              const std::vector<Role>& more_roles);

 private:
  struct Flows;  // of one phase over land cover
  bool wants(FactId id) const;
  bool green_cells_count() const;
  std::size_t set_of(std::optional<Role> role) const;
  void pass(Flows& flows, const RoleMasks::EachTile& each, std::string_view phase);
  void stretch(Flows& flows, std::int64_t first, std::int64_t end);
  RoleRows rows_of(std::size_t set, std::int64_t first, std::int64_t end) const;

  const Landscape& landscape_;
  std::vector<FactId> facts_;
  FactParameters parameters_;
  Executor& executor_;
  std::vector<std::optional<Role>> roles_;  // of each set; none: known cells
  std::optional<RoleMasks> masks_;
  ClassPreview* preview_ = nullptr;
  std::vector<bool> whole_zones_;  // zones that cover all land cover
};

}  // namespace urbiome
