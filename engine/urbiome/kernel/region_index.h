// Which regions meet a window: looked up by stripes of rows, so that 10^5 zones are not asked for every tile.
//
//   const RegionIndex index(regions, grid.height);
//   index.find(window, wanted);        // region numbers in ascending order
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/coverage.h"

namespace urbiome {

class RegionIndex {
 public:
  RegionIndex(std::span<const Coverage> regions, std::int64_t rows);
  // Those whose rows and columns (as boxes) meet the window; fills `found`.
  void find(const Window& window, std::vector<std::uint32_t>& found) const;

 private:
  struct Entry {
    std::uint32_t region;
    std::int32_t first_stripe, col_begin, col_end;
    std::int64_t first_row, row_end;
  };
  std::vector<std::vector<Entry>> stripes_;
};

}  // namespace urbiome
