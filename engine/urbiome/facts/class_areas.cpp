#include "urbiome/facts/class_areas.h"

#include <algorithm>

namespace urbiome {

Int128 ClassAreas::total(std::size_t zone) const {
  Int128 sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) sum += at(zone, i);
  return sum;
}

Int128 ClassAreas::known(std::size_t zone) const {
  Int128 sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].missing == Missing::no) sum += at(zone, i);
  }
  return sum;
}

Int128 ClassAreas::of_role(std::size_t zone, Role role) const {
  Int128 sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].missing == Missing::no && classes[i].roles.has(role)) sum += at(zone, i);
  }
  return sum;
}

ClassAreasFlow::ClassAreasFlow(const Landscape& landscape, int slots)
    : landscape_(landscape), tallies_(static_cast<std::size_t>(slots)) {
  for (const Zone& zone : landscape.zones) regions_.push_back(&zone.coverage);
  for (const auto& set : landscape.spaces_in_zone) {
    for (const Coverage& part : set) regions_.push_back(&part);
  }
}

void ClassAreasFlow::consume(int slot, const Window& window, std::span<const ClassIndex> cells) {
  auto& tally = tallies_[static_cast<std::size_t>(slot)];
  if (!tally) tally.emplace(regions_.size(), landscape_.source->classes().size());
  tally->consume(window, cells, regions_, landscape_.areas);
}

ClassAreas ClassAreasFlow::finish() {
  ClassAreas result;
  result.classes = landscape_.source->classes();
  result.m2_per_unit = landscape_.areas.m2_per_unit();
  result.zones = landscape_.zones.size();
  result.with_spaces = !landscape_.spaces_in_zone.empty();
  ClassTally sum(regions_.size(), result.classes.size());
  for (const auto& tally : tallies_) {
    if (tally) sum.merge(*tally);
  }
  for (std::size_t region = 0; region < regions_.size(); ++region) {
    for (std::size_t i = 0; i < result.classes.size(); ++i) {
      result.units.push_back(sum.area(region, i));
      result.cell_shares.push_back(sum.share(region, i));
    }
  }
  return result;
}

Window ClassAreasFlow::touched() const {
  const Grid& grid = landscape_.grid();
  std::int64_t top = grid.height, bottom = 0, left = grid.width, right = 0;
  for (const Coverage* region : regions_) {
    if (region->empty()) continue;
    top = std::min(top, region->first_row);
    bottom = std::max(bottom, region->row_end());
    left = std::min<std::int64_t>(left, region->col_begin);
    right = std::max<std::int64_t>(right, region->col_end);
  }
  if (top >= bottom || left >= right) return {};
  return {top, left, bottom - top, right - left};
}

}  // namespace urbiome
