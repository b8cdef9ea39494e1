// Patches: connected cells of a role, whole or cut at a zone's border, and groups of patches under the distance rule.
//
// Land cover comes in stretches of rows from the top; each fact here takes them one after the other and keeps only what
// may still grow, so its memory follows the width of the raster and the number of zones. Zones may be fed on several
// threads at once, each zone by one at a time.
//
//   for each stretch of rows: flow.add_whole(stretch); for each zone: flow.add_zone(zone, stretch); flow.settle();
//   Mesh mesh = flow.finish();
#pragma once

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/facts/large_patches.h"
#include "urbiome/facts/zone_cut.h"
#include "urbiome/kernel/open_components.h"

namespace urbiome {

// Runs of a role in rows first_row .. first_row + runs.rows() - 1.
struct RoleRows {
  std::int64_t first_row = 0;
  RunTable runs;
  std::int64_t row_end() const { return first_row + runs.rows(); }
  std::span<const Run> of(std::int64_t row) const { return runs.of_row(row - first_row); }
};

// The green that access counts: patches of cells over the whole file, mapped spaces, or both, of at least the least
// area. Where both count, a space and the patches it overlaps are one place, and shared ground counts once.
struct GreenPlaces {
  std::optional<LargePatches> cells;  // which runs of green cells are in; empty when cells do not count
  std::vector<bool> spaces;           // which polygons of Landscape::green_spaces are; empty when spaces do not count
};

// Patches of the patch role after cutting at each zone's border, by zone.
struct ZonePatches {
  struct OfZone {
    std::int64_t count = 0;
    Int128 area = 0, largest = 0;  // units of CellAreas
  };
  std::vector<OfZone> zones;
};

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

// An area threshold in units, a relative 1e-9 lower so that sums of cells that make up the threshold reach it.
Int128 threshold_units(double m2, const CellAreas& areas);
// The area of each run of a row, all cells whole.
void areas_of_runs(std::int64_t row, std::span<const Run> runs, const CellAreas& areas, std::vector<std::int64_t>& out);

class GreenPlacesFlow {
 public:
  // `cells`: green cells count; spaces count as the parameters say.
  GreenPlacesFlow(const Landscape& landscape, const FactParameters& parameters, bool cells, Executor& executor);

  bool takes_cells() const { return places_.cells.has_value(); }
  // `closed(Component)` sees every whole patch of cells that is complete, where no spaces join them.
  void add(const RoleRows& green, const std::function<void(const Component&)>& closed);
  GreenPlaces finish(const std::function<void(const Component&)>& closed);
  bool patches_are_pure() const { return takes_cells() && shared_.empty(); }
  std::int64_t bytes() const { return places_.cells ? places_.cells->bytes() : 0; }

 private:
  void join_spaces(const RoleRows& green);

  const Landscape& landscape_;
  Reach neighbours_;
  Int128 least_;
  GreenPlaces places_;
  std::vector<Coverage> shared_;  // of each space, where patches may join it
  std::vector<std::int32_t> nodes_;
};

class ZonePatchesFlow {
 public:
  ZonePatchesFlow(const Landscape& landscape, const FactParameters& parameters);

  void add_zone(std::size_t zone, const RoleRows& role);
  // A whole patch inside a zone that is fed by these alone.
  void add_patch(std::size_t zone, const Component& patch);
  ZonePatches finish();

 private:
  const Landscape& landscape_;
  Reach neighbours_;
  Int128 least_;
  ZonePatches result_;
  std::vector<std::optional<OpenComponents>> open_;
};

// Which runs lie in patches that are too small for the mesh: whole patches, and patches cut at each zone's border.
class SmallPatchesFlow {
 public:
  SmallPatchesFlow(const Landscape& landscape, const FactParameters& parameters);
  void add_whole(const RoleRows& role);
  void add_zone(std::size_t zone, const RoleRows& role);
  void finish();

  const LargePatches& whole() const { return whole_; }
  const LargePatches* zone(std::size_t i) const { return zones_[i] ? &*zones_[i] : nullptr; }

 private:
  const Landscape& landscape_;
  Reach neighbours_;
  Int128 least_;
  LargePatches whole_;
  std::vector<std::optional<LargePatches>> zones_;
};

class MeshFlow {
 public:
  // `small` is null when patches of any size count. Zones in `whole_zones` cover all land: they are not fed.
  MeshFlow(const Landscape& landscape, const FactParameters& parameters, const SmallPatchesFlow* small,
           std::vector<bool> whole_zones);

  void add_whole(const RoleRows& role);
  void add_zone(std::size_t zone, const RoleRows& role);  // after add_whole() of the same rows
  void settle();
  Mesh finish();

 private:
  struct Sum {
    std::int64_t first_cell;
    double m4;
  };
  struct OfZone {
    std::optional<OpenComponents> groups;
    std::vector<Sum> squares, products;  // in any order
    Int128 natural = 0, natural_cbc = 0;
    std::unordered_map<std::int32_t, Int128> inside;  // by node of the whole group
  };
  void add_inside(OfZone& zone, std::int32_t node, Int128 area);
  void cut_zone_row(std::size_t zone, std::int64_t row, std::span<const Run> runs, LargePatches::Reader* large,
                    CutRow& piece);
  void close_zone(OfZone& zone, bool at_end);
  void settle_whole(bool at_end);

  const Landscape& landscape_;
  Reach reach_;
  const SmallPatchesFlow* small_;
  std::vector<bool> whole_zones_;
  OpenComponents whole_;
  RoleRows kept_;                    // runs of whole_ in the rows at hand
  std::vector<std::int32_t> nodes_;  // and the node of each
  std::vector<OfZone> zones_;
  std::vector<Component> closed_;
};

}  // namespace urbiome
