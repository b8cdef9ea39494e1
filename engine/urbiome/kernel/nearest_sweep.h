// The nearest members up and down every column, row after row of a band. For the kernels of nearest.h and
// distance_geographic.h alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/column_ends.h"

namespace urbiome {

class NearestSweep {
 public:
  // Looks at the whole band from its last row up; then its rows are asked for from the first one on.
  void start(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::int64_t> ids, std::size_t width);

  struct Side {
    std::span<const std::int32_t> rows;
    std::span<const std::int64_t> ids;
  };
  struct Row {
    Side above, below;  // at or above the row, at or below it
  };
  Row next(std::span<const std::int64_t> ids);  // the row's own, in ascending order

 private:
  std::int64_t row_ = 0;
  std::size_t at_ = 0;
  ColumnMembers above_;                   // one row
  std::vector<std::int32_t> below_rows_;  // a band
  std::vector<std::int64_t> below_ids_;
};

}  // namespace urbiome
