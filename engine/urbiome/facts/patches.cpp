#include "urbiome/facts/patches.h"

#include <algorithm>

namespace urbiome {

Int128 threshold_units(double m2, const CellAreas& areas) {
  return static_cast<Int128>(m2 * (1 - 1e-9) / areas.m2_per_unit());
}

void areas_of_runs(std::int64_t row, std::span<const Run> runs, const CellAreas& areas,
                   std::vector<std::int64_t>& out) {
  out.clear();
  CellAreas::Walk walk(areas, row, 0);
  for (const Run& run : runs) {
    const std::int64_t before = walk.before(run.begin);
    out.push_back(walk.before(run.end) - before);
  }
}

// ---- green places

GreenPlacesFlow::GreenPlacesFlow(const Landscape& landscape, const FactParameters& parameters, bool cells,
                                 Executor& executor)
    : landscape_(landscape),
      neighbours_(neighbour_reach(parameters.patch_directions)),
      least_(threshold_units(parameters.min_green_area_m2, landscape.areas)) {
  const bool spaces = parameters.near_from_spaces && landscape.has_green_spaces;
  const CellAreas& areas = landscape.areas;
  std::vector<Int128> space_areas;
  if (spaces) {
    for (const double m2 : landscape.green_space_areas_m2)
      space_areas.push_back(static_cast<Int128>(m2 / areas.m2_per_unit()));
  }
  if (cells) {
    // What a space shares with a patch is taken away no earlier than those cells came in, so places only grow, but for
    // the rounding of shares: two cells' area to spare until a place is complete.
    const Int128 spare = spaces ? Int128{2} * kOne : Int128{0};
    places_.cells.emplace(neighbours_, landscape.grid().width, least_, least_ + spare);
  }
  if (cells && spaces) {
    shared_.resize(space_areas.size());
    executor.parts(static_cast<std::int64_t>(shared_.size()), "green spaces on the grid", [&](std::int64_t i) {
      shared_[static_cast<std::size_t>(i)] =
          cover_exactly({{landscape.green_spaces.polygons[static_cast<std::size_t>(i)]}}, landscape.grid());
    });
    for (const Int128 area : space_areas) places_.cells->patches().pin(area);
  }
  if (spaces) {
    for (const Int128 area : space_areas) places_.spaces.push_back(area >= least_);
  }
}

// Joins mapped spaces with the patches whose cells they cover; shared ground is taken away once.
void GreenPlacesFlow::join_spaces(const RoleRows& green) {
  OpenComponents& patches = places_.cells->patches();
  CutRow piece;
  for (std::size_t space = 0; space < shared_.size(); ++space) {
    const Coverage& coverage = shared_[space];
    const std::int64_t first = std::max(green.first_row, coverage.first_row);
    const std::int64_t end = std::min(green.row_end(), coverage.row_end());
    for (std::int64_t row = first; row < end; ++row) {
      cut_row(green.of(row), coverage, row, landscape_.areas, piece);
      const std::size_t base = green.runs.offsets[static_cast<std::size_t>(row - green.first_row)];
      for (std::size_t k = 0; k < piece.runs.size(); ++k) {
        const std::int32_t patch = nodes_[base + static_cast<std::size_t>(piece.source[k])];
        patches.add_area(patches.unite(patches.pinned(space), patch), -Int128{piece.areas[k]});
      }
    }
  }
}

void GreenPlacesFlow::add(const RoleRows& green, const std::function<void(const Component&)>& closed) {
  std::vector<std::int64_t> areas;
  nodes_.clear();
  for (std::int64_t row = green.first_row; row < green.row_end(); ++row) {
    areas_of_runs(row, green.of(row), landscape_.areas, areas);
    const auto nodes = places_.cells->add_row(row, green.of(row), areas);
    nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
  }
  join_spaces(green);
  places_.cells->settle([&](std::int32_t, const Component& patch) { closed(patch); });
}

GreenPlaces GreenPlacesFlow::finish(const std::function<void(const Component&)>& closed) {
  if (!places_.cells) return std::move(places_);
  OpenComponents& patches = places_.cells->patches();
  for (std::size_t space = 0; space < shared_.size(); ++space)
    places_.spaces[space] = patches.at(patches.pinned(space)).area >= least_;
  places_.cells->finish([&](std::int32_t, const Component& patch) { closed(patch); });
  return std::move(places_);
}

// ---- patches of zones

ZonePatchesFlow::ZonePatchesFlow(const Landscape& landscape, const FactParameters& parameters)
    : landscape_(landscape),
      neighbours_(neighbour_reach(parameters.patch_directions)),
      least_(threshold_units(parameters.min_patch_area_m2, landscape.areas)),
      open_(landscape.zones.size()) {
  result_.zones.resize(landscape.zones.size());
}

void ZonePatchesFlow::add_patch(std::size_t zone, const Component& patch) {
  if (patch.area < least_) return;
  ZonePatches::OfZone& mine = result_.zones[zone];
  ++mine.count;
  mine.area += patch.area;
  mine.largest = std::max(mine.largest, patch.area);
}

void ZonePatchesFlow::add_zone(std::size_t zone, const RoleRows& role) {
  const Coverage& coverage = landscape_.zones[zone].coverage;
  const std::int64_t first = std::max(role.first_row, coverage.first_row);
  const std::int64_t end = std::min(role.row_end(), coverage.row_end());
  if (first >= end) return;
  auto& open = open_[zone];
  if (!open) open.emplace(neighbours_, landscape_.grid().width);
  const auto closed = [&](std::int32_t, const Component& patch) { add_patch(zone, patch); };
  CutRow piece;
  for (std::int64_t row = first; row < end; ++row) {
    cut_row(role.of(row), coverage, row, landscape_.areas, piece);
    open->add_row(row, piece.runs, piece.areas);
    if (open->crowded()) open->close(closed);
  }
  if (end < coverage.row_end()) return;
  open->finish(closed);
  open.reset();
}

ZonePatches ZonePatchesFlow::finish() {
  for (std::size_t zone = 0; zone < open_.size(); ++zone) {
    if (open_[zone]) open_[zone]->finish([&](std::int32_t, const Component& patch) { add_patch(zone, patch); });
  }
  return std::move(result_);
}

}  // namespace urbiome
