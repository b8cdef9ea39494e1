// Class areas and runs of roles: everything that one pass over the tiles gives.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/kernel/runs.h"
#include "urbiome/kernel/tally.h"

namespace urbiome {

// Exact areas by zone and class, and of the parts of zones under green spaces.
struct ClassAreas {
  std::vector<LegendClass> classes;
  double m2_per_unit = 1;
  std::size_t zones = 0;
  bool with_spaces = false;
  std::vector<Int128> units;        // [region][class]; regions: zones, then space sets x zones
  std::vector<Int128> cell_shares;  // same shape, covered shares in 2^-40 of a cell

  Int128 at(std::size_t zone, std::size_t class_index) const { return units[zone * classes.size() + class_index]; }
  Int128 under(SpaceSet set, std::size_t zone, std::size_t class_index) const {
    const std::size_t region = zones * (1 + static_cast<std::size_t>(set)) + zone;
    return units[region * classes.size() + class_index];
  }
  double to_m2(Int128 area) const { return static_cast<double>(area) * m2_per_unit; }

  // Sums over the classes of a zone.
  Int128 total(std::size_t zone) const;  // known, unknown and nodata
  Int128 known(std::size_t zone) const;  // classes that mean something
  Int128 of_role(std::size_t zone, Role role) const;
};

// Runs of the cells of each role, and of known cells, over the part of the grid that the file covers.
struct RoleRuns {
  std::array<std::optional<RunTable>, kRoleCount> roles;
  std::optional<RunTable> known;

  const RunTable& of(Role role) const { return *roles[static_cast<std::size_t>(role)]; }
};

struct TilePassRequest {
  bool class_areas = true;
  std::vector<Role> roles;  // runs wanted
  bool known = false;
};

struct TilePass {
  ClassAreas class_areas;
  RoleRuns runs;
};

// One decode of every tile feeds all that is asked for.
TilePass pass_over_tiles(const Landscape& landscape, const TilePassRequest& request, Executor& executor);

}  // namespace urbiome
