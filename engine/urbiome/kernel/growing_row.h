// A row of cells as bits that grows sideways, 64 cells to a word: every cell within k columns of one that was set.
//
// Growing is by at most twice what the row has grown already, and one: then each gap that must close is bridged by
// cells on either side, so two shifts do. A disc of 30 rows either way so costs some ninety operations for every vector
// of words and row, whatever the cells look like.
//
//   GrowingRow row(width);
//   row.set(runs);
//   row.grow_to(3), row.add_to(above);  row.grow_to(5), row.add_to(here);   // in ascending order
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/runs.h"

namespace urbiome {

class GrowingRow {
 public:
  explicit GrowingRow(std::int64_t width);

  // Words of a row to add to; bit c % 64 of word c / 64 is column c. Bits beyond the width are of no meaning.
  std::int64_t words() const { return words_; }
  // In place of what the row held; runs within 0 .. width - 1.
  void set(std::span<const Run> runs);
  // All cells within k columns of those set; k not below that of the call before.
  void grow_to(std::int32_t k) noexcept;
  // target[i] |= word i.
  void add_to(std::span<std::uint64_t> target) const noexcept;

 private:
  // A word before the first and one after the last hold what a step of up to 63 bridges by.
  std::int64_t words_;
  std::vector<std::uint64_t> bits_, grown_;
  std::int32_t grown_by_ = 0;
};

}  // namespace urbiome
