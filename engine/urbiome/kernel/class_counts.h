// Cells and areas by class, many cells at a time: the inner step of the tally.
//
// Land cover has few classes in one place. So cells are compared with one class after the other, the most frequent ones
// of late first, until all are accounted for: two instructions for as many cells as a vector has bytes. Classes beyond
// the 24 most frequent are counted one by one. Integers throughout: the same sums on every machine.
//
//   ClassCounts counts;
//   counts.add(cells, 512);
//   counts.take([&](ClassIndex c, std::int64_t cells) { ... });   // each class met, and back to nothing
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "urbiome/base/exact.h"
#include "urbiome/raster/cell_areas.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

// The classes met lately, the most frequent first.
struct FrequentClasses {
  static constexpr std::size_t kMost = 24;
  std::array<ClassIndex, kMost> classes{};
  std::array<bool, kMaxClasses> listed{};
  std::size_t count = 0;

  bool add(ClassIndex class_index);  // false when full
  void rise(std::size_t i);          // changes places with its predecessor
};

class ClassCounts {
 public:
  // Adds `size` cells, at most 2^31 between two calls of take().
  void add(const ClassIndex* cells, std::size_t size);
  void add(ClassIndex class_index, std::uint32_t cells);

  template <typename Visit>
  void take(const Visit& visit) {
    gather_short();
    for (std::size_t i = 0; i < used_count_; ++i) {
      std::uint32_t& cells = cells_[used_[i]];
      visit(used_[i], std::int64_t{cells});
      cells = 0;
    }
    used_count_ = 0;
  }

 private:
  std::size_t add_vectors(const ClassIndex* cells, std::size_t size);
  void add_short(const ClassIndex* cells, std::size_t size);
  void gather_short();

  std::array<std::uint32_t, kMaxClasses> cells_{};
  std::array<ClassIndex, kMaxClasses> used_{};
  std::size_t used_count_ = 0;
  std::array<std::array<std::uint32_t, kMaxClasses>, 4> short_{};  // of short stretches, not yet in cells_
  bool short_used_ = false;
  FrequentClasses frequent_;
};

// Cells and their areas (units of CellAreas) by class.
struct ClassAreaSums {
  std::array<Int128, kMaxClasses> area{};
  std::array<std::int64_t, kMaxClasses> cells{};
};

// The cells of some rows of one band of CellAreas, where areas change along the row.
class BandTally {
 public:
  static constexpr std::int64_t kMostRows = 16;  // more would overflow a byte

  // Adds the cells of `window`, which lies within one band of `areas` and has at most kMostRows rows; rows of `cells`
  // are `stride` apart.
  void add(const ClassIndex* cells, std::int64_t stride, const Window& window, const CellAreas& areas,
           ClassAreaSums& sums);
  // Columns are taken this many at a time; a last part that is narrower is added cell by cell.
  static std::int64_t lanes();

 private:
  FrequentClasses frequent_;
};

// What the tally of a tile works with; regions take turns.
struct TallyTables {
  ClassCounts counts;
  BandTally band;
  ClassAreaSums sums;
};

}  // namespace urbiome
