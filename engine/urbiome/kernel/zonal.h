// Sums over the values of a raster under coverages: what statistics of zones are made of.
//
// A cell counts by the share of it that a region covers, exactly (units of 2^-40), and with weights by share x weight.
// NaN is nodata: such a cell does not count at all. Sums are exact, so tiles and threads may come in any order.
// Stretches of ordinary numbers are turned into integers of a common scale and summed as such; whatever does not fit
// (huge ranges, infinities) goes value by value into the same exact sums.
//
//   ZonalTally tally(regions.size(), {.squares = true, .distinct = false, .weighted = false});
//   tally.consume(window, values, {}, regions, wanted);      // wanted: the regions that meet the window
//   double mean = statistic_of(tally.region(3), *Statistic::parse("mean"));
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "urbiome/kernel/coverage.h"
#include "urbiome/kernel/exact_sum.h"
#include "urbiome/raster/cell_areas.h"

namespace urbiome {

// How much of the cells a value takes, by value. Cells that are covered whole are kept as bare values (8 bytes) until
// enough of them are equal; then, and for parts of cells, a value with its cover takes 32 bytes.
class ValueShares {
 public:
  void add(double value, Int128 share);  // value is not NaN; share in 2^-40 of a cell
  void merge(const ValueShares& other);
  void settle();  // sorts; before for_each()
  // visit(value, share) for each distinct value in ascending order.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    std::size_t s = 0, w = 0;
    while (s < shares_.size() || w < whole_.size()) {
      const bool from_whole = s == shares_.size() || (w < whole_.size() && whole_[w] < key_of(shares_[s].value));
      const double value = from_whole ? value_of_key(whole_[w]) : shares_[s].value;
      const std::int64_t key = key_of(value);
      Int128 share = 0;
      for (; s < shares_.size() && shares_[s].value == value; ++s) share += shares_[s].share;
      const std::size_t begin = w;
      while (w < whole_.size() && whole_[w] == key) ++w;
      visit(value, share + static_cast<Int128>(w - begin) * kOne);
    }
  }
  std::int64_t bytes() const {
    return static_cast<std::int64_t>(shares_.capacity() * sizeof(Share) + whole_.capacity() * sizeof(std::int64_t));
  }

 private:
  struct Share {
    double value;
    Int128 share;
  };
  // Integers in the order of the doubles, which sort faster. Turns back into itself.
  static std::int64_t key_of(double value) { return ordered(std::bit_cast<std::int64_t>(value)); }
  static double value_of_key(std::int64_t key) { return std::bit_cast<double>(ordered(key)); }
  static std::int64_t ordered(std::int64_t bits) {
    return bits ^ ((bits >> 63) & std::numeric_limits<std::int64_t>::max());
  }
  void settle_shares();
  void settle_whole();

  std::vector<Share> shares_;
  std::vector<std::int64_t> whole_;  // keys
  std::size_t settle_shares_at_ = 1024, settle_whole_at_ = 4096;
};

// All of one region.
struct ZonalSums {
  Int128 share = 0;       // of cells with a value, 2^-40
  ExactSum sum, squares;  // share x value, share x value^2
  ExactSum weight, weighted_sum, weighted_squares;
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
  // Infinite values stand beside the sums; they make them infinite, or undefined where both signs occur.
  bool up = false, down = false;                    // +inf, -inf among the values
  bool weighted_up = false, weighted_down = false;  // among value x weight
  bool weight_missing = false;                      // a cell with a value has no weight
  ValueShares values;

  void merge(const ZonalSums& other);
};

struct ZonalNeeds {
  bool squares = false;   // variance and what is made of it
  bool distinct = false;  // quantiles, mode, minority, variety
  bool weighted = false;
};

// What cells weigh: by a raster on the same grid (cells as the values' window, NaN: missing), by their areas, or not.
struct CellWeights {
  std::span<const double> values;
  const CellAreas* areas = nullptr;
};

class ZonalTally {
 public:
  ZonalTally(std::size_t regions, const ZonalNeeds& needs) : needs_(needs), sums_(regions) {}

  // `values` are those of `window`, row-major. Only the regions listed in `wanted` are looked at. Weights as needed.
  void consume(const Window& window, std::span<const double> values, const CellWeights& weights,
               std::span<const Coverage> regions, std::span<const std::uint32_t> wanted);
  // `share` of cells with one value, weighing `weight` x 2^exponent in all: for callers that counted themselves.
  void add(std::size_t region, double value, Int128 share, Int128 weight, int exponent);
  void merge(const ZonalTally& other);

  const ZonalSums& region(std::size_t region) const;  // of one that was never touched: empty sums
  void settle();                                      // sorts the distinct values; before statistics are read
  std::int64_t bytes() const;

 private:
  ZonalSums& touch(std::size_t region);

  ZonalNeeds needs_;
  std::vector<std::unique_ptr<ZonalSums>> sums_;
};

}  // namespace urbiome
