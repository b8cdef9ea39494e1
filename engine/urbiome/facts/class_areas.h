// Exact areas by zone and class.
#pragma once

#include <optional>
#include <vector>

#include "urbiome/facts/landscape.h"
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

// Tallies tiles of a landscape, a slot per thread, in any order.
class ClassAreasFlow {
 public:
  ClassAreasFlow(const Landscape& landscape, int slots);
  void consume(int slot, const Window& window, std::span<const ClassIndex> cells);
  ClassAreas finish();
  // The rectangle of rows and columns that any zone touches.
  Window touched() const;

 private:
  const Landscape& landscape_;
  std::vector<const Coverage*> regions_;
  std::vector<std::optional<ClassTally>> tallies_;
};

}  // namespace urbiome
