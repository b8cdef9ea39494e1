// The nearest members up and down every column, row after row of a band. For the kernels of nearest.h and
// distance_geographic.h alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/nearest.h"

namespace urbiome {

class NearestSweep {
 public:
  // Looks at the whole band from its last row up; then its rows are asked for from the first one on.
  void start(const NearestEnds& ends, std::int64_t band, std::int64_t first_row, std::span<const std::int64_t> ids,
             std::size_t width);

  struct Row {
    NearestEnds::Side above, below;  // at or above the row, at or below it
  };
  Row next(std::span<const std::int64_t> ids);  // the row's own, in ascending order

 private:
  std::int64_t row_ = 0;
  std::size_t at_ = 0;
  std::vector<std::int32_t> below_rows_, above_rows_;  // a band; one row
  std::vector<std::int64_t> below_ids_, above_ids_;
};

}  // namespace urbiome
