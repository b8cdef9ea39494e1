// Class areas under coverages: the tally that shares and tables are made of.
//
// For every region (a Coverage) and class: how many cells lie fully inside, and the exact area, share by share, in
// units of CellAreas. Regions may overlap and may be many; a tile costs its cells once for each region that covers
// them. Tallies of tiles add up in any order to the same integers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/base/exact.h"
#include "urbiome/kernel/class_counts.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/raster/cell_areas.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

class ClassTally {
 public:
  ClassTally(std::size_t regions, std::size_t classes);

  // `cells` are the class indexes of `window`; regions[i] is tallied as region i.
  void consume(const Window& window, std::span<const ClassIndex> cells, std::span<const Coverage> regions,
               const CellAreas& areas) noexcept;
  void consume(const Window& window, std::span<const ClassIndex> cells, std::span<const Coverage* const> regions,
               const CellAreas& areas) noexcept;
  // The same for a window whose cells are all of one class.
  void consume(const Window& window, ClassIndex class_index, std::span<const Coverage> regions,
               const CellAreas& areas) noexcept;
  void merge(const ClassTally& other);

  Int128 area(std::size_t region, std::size_t class_index) const { return area_[region * classes_ + class_index]; }
  // Sum of covered shares in units of 2^-40 of a cell.
  Int128 share(std::size_t region, std::size_t class_index) const { return share_[region * classes_ + class_index]; }
  std::size_t classes() const { return classes_; }

  // Sums of one region.
  struct Target {
    Int128* area;
    Int128* share;
    std::size_t classes;
  };

 private:
  Target target(std::size_t region) {
    const std::size_t at = region * classes_;
    return {area_.data() + at, share_.data() + at, std::min<std::size_t>(classes_, kMaxClasses)};
  }

  std::size_t classes_;
  std::vector<Int128> area_, share_;
  TallyTables tables_;  // nothing in them between two calls but what classes are frequent
};

}  // namespace urbiome
