#include <algorithm>

#include "urbiome/facts/patches.h"

namespace urbiome {
namespace {

// The rule that joins patches into groups: neighbours always, and gaps below the distance.
Reach group_reach(const Landscape& landscape, const FactParameters& parameters) {
  const bool strict = !parameters.connect_tie_le;
  if (parameters.connect_distance_m <= 0) return neighbour_reach(parameters.patch_directions);
  return landscape.metric.within(GridMetric::Kind::gap, parameters.connect_distance_m, strict);
}

}  // namespace

// ---- patches that are too small

SmallPatchesFlow::SmallPatchesFlow(const Landscape& landscape, const FactParameters& parameters)
    : landscape_(landscape),
      neighbours_(neighbour_reach(parameters.patch_directions)),
      least_(threshold_units(parameters.min_patch_area_m2, landscape.areas)),
      whole_(neighbours_, landscape.grid().width, least_, least_),
      zones_(landscape.zones.size()) {}

void SmallPatchesFlow::add_whole(const RoleRows& role) {
  std::vector<std::int64_t> areas;
  for (std::int64_t row = role.first_row; row < role.row_end(); ++row) {
    areas_of_runs(row, role.of(row), landscape_.areas, areas);
    whole_.add_row(row, role.of(row), areas);
  }
  whole_.settle();
}

void SmallPatchesFlow::add_zone(std::size_t zone, const RoleRows& role) {
  const Coverage& coverage = landscape_.zones[zone].coverage;
  const std::int64_t first = std::max(role.first_row, coverage.first_row);
  const std::int64_t end = std::min(role.row_end(), coverage.row_end());
  if (first >= end) return;
  auto& patches = zones_[zone];
  if (!patches) patches.emplace(neighbours_, landscape_.grid().width, least_, least_);
  CutRow piece;
  for (std::int64_t row = first; row < end; ++row) {
    cut_row(role.of(row), coverage, row, landscape_.areas, piece);
    patches->add_row(row, piece.runs, piece.areas);
  }
  patches->settle();
}

void SmallPatchesFlow::finish() {
  whole_.finish();
  for (auto& zone : zones_) {
    if (zone) zone->finish();
  }
}

// ---- groups

MeshFlow::MeshFlow(const Landscape& landscape, const FactParameters& parameters, const SmallPatchesFlow* small,
                   std::vector<bool> whole_zones)
    : landscape_(landscape),
      reach_(group_reach(landscape, parameters)),
      small_(small),
      whole_zones_(std::move(whole_zones)),
      whole_(reach_, landscape.grid().width),
      zones_(landscape.zones.size()) {}

void MeshFlow::add_whole(const RoleRows& role) {
  std::vector<std::int64_t> areas;
  std::vector<Run> large;
  kept_ = {role.first_row, {}};
  nodes_.clear();
  std::optional<LargePatches::Reader> reader;
  if (small_ != nullptr) reader.emplace(small_->whole()).go_to(role.first_row);
  for (std::int64_t row = role.first_row; row < role.row_end(); ++row) {
    std::span<const Run> runs = role.of(row);
    if (reader) {
      large.clear();
      reader->keep(runs, large);
      runs = large;
    }
    areas_of_runs(row, runs, landscape_.areas, areas);
    const auto nodes = whole_.add_row(row, runs, areas);
    kept_.runs.append_row(runs);
    nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
  }
}

void MeshFlow::add_inside(OfZone& zone, std::int32_t node, Int128 area) { zone.inside[node] += area; }

// The zone's own groups: what is left of the row when small cut patches are dropped.
void MeshFlow::cut_zone_row(std::size_t zone, std::int64_t row, std::span<const Run> runs, LargePatches::Reader* large,
                            CutRow& piece) {
  cut_row(runs, landscape_.zones[zone].coverage, row, landscape_.areas, piece);
  if (large == nullptr) return;
  std::vector<Run> kept;
  large->keep(piece.runs, kept);
  std::size_t k = 0;
  for (std::size_t i = 0; i < piece.runs.size() && k < kept.size(); ++i) {
    if (piece.runs[i] == kept[k]) piece.areas[k++] = piece.areas[i];
  }
  piece.areas.resize(kept.size());
  piece.runs = std::move(kept);
}

void MeshFlow::add_zone(std::size_t zone, const RoleRows& role) {
  const Coverage& coverage = landscape_.zones[zone].coverage;
  const std::int64_t first = std::max(role.first_row, coverage.first_row);
  const std::int64_t end = std::min(role.row_end(), coverage.row_end());
  if (first >= end || whole_zones_[zone]) return;
  OfZone& mine = zones_[zone];
  if (!mine.groups) mine.groups.emplace(reach_, landscape_.grid().width);
  std::optional<LargePatches::Reader> large;
  if (small_ != nullptr && small_->zone(zone) != nullptr) large.emplace(*small_->zone(zone)).go_to(first);

  CutRow piece, inside;
  std::int32_t node = -1;
  Int128 sum = 0;  // of pieces of one group in a row
  for (std::int64_t row = first; row < end; ++row) {
    cut_zone_row(zone, row, role.of(row), large ? &*large : nullptr, piece);
    if (small_ != nullptr) cut_row(kept_.of(row), coverage, row, landscape_.areas, inside);
    const CutRow& in = small_ != nullptr ? inside : piece;
    const std::size_t base = kept_.runs.offsets[static_cast<std::size_t>(row - kept_.first_row)];
    for (std::size_t i = 0; i < in.runs.size(); ++i) {
      const std::int32_t whole = nodes_[base + static_cast<std::size_t>(in.source[i])];
      if (whole != node) {
        if (node >= 0) add_inside(mine, node, sum);
        node = whole;
        sum = 0;
      }
      sum += in.areas[i];
    }
    mine.groups->add_row(row, piece.runs, piece.areas);
    if (mine.groups->crowded()) close_zone(mine, false);
  }
  if (node >= 0) add_inside(mine, node, sum);
  if (end == coverage.row_end()) close_zone(mine, true);
}

void MeshFlow::close_zone(OfZone& zone, bool at_end) {
  if (!zone.groups) return;
  const auto closed = [&](std::int32_t, const Component& group) {
    const double m2 = landscape_.areas.to_m2(group.area);
    zone.natural += group.area;
    zone.squares.push_back({group.first_cell, m2 * m2});
  };
  if (!at_end) {
    zone.groups->close(closed);
    return;
  }
  zone.groups->finish(closed);
  zone.groups.reset();
}

void MeshFlow::settle() {
  if (whole_.crowded()) settle_whole(false);
}

void MeshFlow::settle_whole(bool at_end) {
  for (OfZone& zone : zones_) {  // several nodes may have become one group
    std::unordered_map<std::int32_t, Int128> by_group;
    for (const auto& [node, area] : zone.inside) by_group[whole_.find(node)] += area;
    zone.inside = std::move(by_group);
  }
  closed_.assign(whole_.nodes(), {});
  const auto closed = [&](std::int32_t node, const Component& group) {
    closed_[static_cast<std::size_t>(node)] = group;
    const double m2 = landscape_.areas.to_m2(group.area);
    for (std::size_t i = 0; i < zones_.size(); ++i) {
      if (!whole_zones_[i]) continue;
      zones_[i].natural += group.area;
      zones_[i].natural_cbc += group.area;
      zones_[i].squares.push_back({group.first_cell, m2 * m2});
      zones_[i].products.push_back({group.first_cell, m2 * m2});
    }
  };
  const std::vector<std::int32_t>& remap = at_end ? whole_.finish(closed) : whole_.close(closed);
  for (OfZone& zone : zones_) {
    std::unordered_map<std::int32_t, Int128> open;
    for (const auto& [node, area] : zone.inside) {
      const std::int32_t now = remap[static_cast<std::size_t>(node)];
      if (now >= 0) {
        open[now] = area;
        continue;
      }
      const Component& group = closed_[static_cast<std::size_t>(node)];
      zone.natural_cbc += area;
      zone.products.push_back({group.first_cell, landscape_.areas.to_m2(area) * landscape_.areas.to_m2(group.area)});
    }
    zone.inside = std::move(open);
  }
}

Mesh MeshFlow::finish() {
  settle_whole(true);
  // Sums go by first cell, so that they have one order.
  const auto summed = [](std::vector<Sum>& sums) {
    std::sort(sums.begin(), sums.end(), [](const Sum& a, const Sum& b) { return a.first_cell < b.first_cell; });
    double total = 0;
    for (const Sum& sum : sums) total += sum.m4;
    return total;
  };
  Mesh result;
  for (OfZone& zone : zones_) {
    close_zone(zone, true);
    Mesh::OfZone& mine = result.zones.emplace_back();
    mine.groups = static_cast<std::int64_t>(zone.squares.size());
    mine.natural_m2 = landscape_.areas.to_m2(zone.natural);
    mine.natural_cbc_m2 = landscape_.areas.to_m2(zone.natural_cbc);
    mine.sum_of_squares_cut = summed(zone.squares);
    mine.sum_of_products_cbc = summed(zone.products);
    zone = OfZone{};
  }
  return result;
}

}  // namespace urbiome
