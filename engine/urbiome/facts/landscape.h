// The landscape that facts are computed from: one date's land cover with zones and green spaces laid on its grid.
//
// All geometry is in the grid's CRS and valid. The grid may be larger than the file (cells outside are nodata), so
// that zones keep their whole area. Zone 0 is the city.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/facts/grid_metric.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/raster/cell_areas.h"
#include "urbiome/raster/tile_source.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

struct Zone {
  std::string level, id, name;
  MultiPolygon shape;
  Coverage coverage;
};

// The parts of every zone that lie under green spaces, by what is known of their access.
enum class SpaceSet { public_only, public_or_unknown, all, all_green };
inline constexpr int kSpaceSetCount = 4;

// A listed place, before places are joined.
struct ListedSpace {
  enum class Access { open, unknown, closed };
  MultiPolygon shape;
  Role role = Role::green;
  Access access = Access::unknown;
  std::size_t input = 0;  // which of the recipe's layers it is from

  bool is_public(bool unknown_too) const {
    return access == Access::open || (unknown_too && access == Access::unknown);
  }
};

struct Landscape {
  std::string date;
  std::shared_ptr<const TileSource> source;
  CellAreas areas;
  GridMetric metric;
  Window mapped;   // the part of the grid that the file covers
  Roles knowable;  // roles that the legend can tell
  std::vector<Zone> zones;
  bool has_green_spaces = false;
  std::vector<ListedSpace> spaces;
  std::vector<std::vector<Coverage>> spaces_in_zone;  // [set][zone]; empty without green spaces
  MultiPolygon green_spaces;                          // union of every listed space of role green, public or not
  std::vector<double> green_space_areas_m2;           // true area of each polygon of green_spaces
  std::vector<double> public_green_m2;             // by zone: union of public green spaces; empty without green spaces
  std::vector<std::string> overlapping_levels;     // levels whose zones lie over each other
  std::vector<std::optional<double>> zone_income;  // by zone; empty without a layer of income

  const Grid& grid() const { return source->grid(); }
};

// The levels of the zones without the city, each once, in the order of the zones.
inline std::vector<std::string> levels_of(const Landscape& landscape) {
  std::vector<std::string> levels;
  for (const Zone& zone : landscape.zones) {
    if (zone.level != "city" && std::find(levels.begin(), levels.end(), zone.level) == levels.end())
      levels.push_back(zone.level);
  }
  return levels;
}

// What the facts are asked to measure by.
struct FactParameters {
  double near_distance_m = 300, min_green_area_m2 = 10000;
  bool near_from_land_cover = true, near_from_spaces = false, near_edge = true;
  double connect_distance_m = 100;
  bool connect_tie_le = false;
  double min_patch_area_m2 = 0;
  int patch_directions = 8;
  Role patch_role = Role::green, connect_role = Role::natural;
  double exposure_radius_m = 300;
};

}  // namespace urbiome
