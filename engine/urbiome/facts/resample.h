// People (or any counts) of one grid on another, band by band of the target.
//
// Amounts are integers of a unit chosen by the total: so fine that nothing is lost, so coarse that every sum of cells
// is exact in a double, in whatever order somebody adds them up.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/resample.h"
#include "urbiome/raster/value_source.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

// What the source holds, in a unit of which fewer than 2^62 hold all.
struct CountTotal {
  int exponent = -40;       // amounts are integers times 2^exponent
  std::int64_t amount = 0;  // of all cells
  double people() const;
};

// Adds up the source. Error{contradiction}: a negative or infinite count, with its place; `name` is the source's.
CountTotal total_of(const ValueSource& counts, const std::string& name, Executor& executor);

class Resampling {
 public:
  // CRS on one side only, or on none: both are taken to share one. Error{contradiction}: no way from one to the other.
  Resampling(const ValueSource& counts, const std::optional<Crs>& counts_crs, const Grid& target,
             const std::optional<Crs>& target_crs, const CountTotal& total, int threads);
  ~Resampling();

  bool same_crs() const;
  // The target's rows, in units of the total. On thread `slot`.
  CountRows rows(const Window& band, int slot) const;

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

// Values of finished rows as doubles: multiples of one unit whose sums are exact, NaN where nothing is known. Rows are
// handed over in ascending order; what rounding leaves of one cell goes to the next.
class CountRounding {
 public:
  explicit CountRounding(const CountTotal& total) : total_(total) {}
  std::vector<double> values(const CountRows& rows);
  double placed() const;  // sum of all values so far
  double unit() const;

 private:
  CountTotal total_;
  std::int64_t left_ = 0, placed_ = 0;
};

}  // namespace urbiome
