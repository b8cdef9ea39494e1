// Class areas of two rasters of one grid at once: from which class to which, under coverages.
//
// Pairs that occur are numbered as they are met; numbers fit in a byte, so what is tallied is one raster of pairs
// (tally.h). Where a tile holds more pairs than numbers, it is taken in parts. The sums are the same integers whatever
// the tiles and the order.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "urbiome/kernel/tally.h"

namespace urbiome {

class PairTally {
 public:
  struct Sum {
    Int128 area = 0, share = 0;  // units as in ClassTally
  };

  explicit PairTally(std::size_t regions);

  // `from` and `to` are the class indexes of `window` in both rasters; regions[i] is tallied as region i.
  void consume(const Window& window, std::span<const ClassIndex> from, std::span<const ClassIndex> to,
               std::span<const Coverage> regions, const CellAreas& areas);
  void merge(PairTally& other);
  // By pair (from * kMaxClasses + to) the sums of each region; pairs that no region holds may be absent.
  const std::map<std::uint32_t, std::vector<Sum>>& sums();

 private:
  bool number(std::span<const ClassIndex> from, std::span<const ClassIndex> to, std::span<ClassIndex> pairs);
  void settle();

  std::size_t regions_, most_;            // most_: pairs numbered at a time
  std::vector<std::uint16_t> number_of_;  // by pair; kNone: not met since the last settle()
  std::vector<std::uint32_t> numbered_;   // pairs by number
  std::vector<ClassIndex> pairs_;         // of the tile
  ClassTally tally_;
  std::map<std::uint32_t, std::vector<Sum>> sums_;
};

}  // namespace urbiome
