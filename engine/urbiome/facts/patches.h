// Patches: connected cells of a role, whole or cut at a zone's border, and groups of patches under the distance rule.
#pragma once

#include <optional>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/facts/role_runs.h"
#include "urbiome/kernel/connect.h"

namespace urbiome {

// The green that access counts: patches of cells over the whole file, mapped spaces, or both, of at least the least
// area. Where both count, a space and the patches it overlaps are one place, and shared ground counts once.
struct GreenPlaces {
  std::optional<RunTable> runs;  // cells of patches that are large enough; empty when cells do not count
  std::vector<bool> spaces;      // which polygons of Landscape::green_spaces are; empty when spaces do not count
};
// `green` is null when the land cover cannot tell green or does not count.
GreenPlaces green_places(const Landscape& landscape, const RunTable* green, const FactParameters& parameters,
                         Executor& executor);

// Patches of the patch role after cutting at each zone's border, by zone.
struct ZonePatches {
  struct OfZone {
    std::int64_t count = 0;
    Int128 area = 0, largest = 0;  // units of CellAreas
  };
  std::vector<OfZone> zones;
};
ZonePatches zone_patches(const Landscape& landscape, const RunTable& role, const FactParameters& parameters,
                         Executor& executor);

// Sums of squared areas of groups of connected patches, by zone: the numerators of effective mesh size.
struct Mesh {
  struct OfZone {
    double natural_m2 = 0;           // all patches that count, cut at the border
    double natural_cbc_m2 = 0;       // inside the zone, of patches that count by their whole area
    double sum_of_squares_cut = 0;   // sum over groups of (area inside)^2, m4
    double sum_of_products_cbc = 0;  // sum over groups of area inside x whole area, m4
    std::int64_t groups = 0;         // cut groups
  };
  std::vector<OfZone> zones;
};
Mesh mesh(const Landscape& landscape, const RunTable& role, const FactParameters& parameters, Executor& executor);

}  // namespace urbiome
