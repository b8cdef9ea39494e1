// Exact sums: quantities as integers in a fixed unit, summed in 128 bits.
//
// Areas and people are added up from millions of cells by any number of threads in any order. Integers make the
// sum the same bytes every time. The unit is 2^-40 of a person, or of the largest cell of a grid, so one rounding
// costs less than 1e-12 of a cell or person.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace urbiome {

__extension__ using Int128 = __int128;

inline constexpr int kFractionBits = 40;
inline constexpr std::int64_t kOne = std::int64_t{1} << kFractionBits;  // 1 in units of 2^-40

// Nearest fixed-point value of `value` (|value| < 2^22); ties go away from zero.
inline std::int64_t to_fixed(double value) {
  const double units = value * static_cast<double>(kOne);  // exact: a power of two
  const auto whole = static_cast<std::int64_t>(units);
  const double rest = units - static_cast<double>(whole);
  return whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0);
}
// The same for amounts of any size below 2^86.
inline Int128 to_fixed_wide(double value) { return static_cast<Int128>(std::round(std::ldexp(value, kFractionBits))); }
inline double from_fixed(Int128 units) { return std::ldexp(static_cast<double>(units), -kFractionBits); }

// amount * numerator / denominator, rounded to nearest, without overflow; denominator > 0, amount and numerator >= 0.
inline std::int64_t scale_exactly(std::int64_t amount, std::int64_t numerator, std::int64_t denominator) {
  const Int128 product = static_cast<Int128>(amount) * numerator + denominator / 2;
  // Most products fit 64 bits, and dividing those is several times faster.
  if (product >> 63 == 0)
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(product) / static_cast<std::uint64_t>(denominator));
  return static_cast<std::int64_t>(product / denominator);
}

// How many bits a number needs that is not negative.
inline int bit_width(Int128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<std::uint64_t>(value));
}

// amount * part / whole for many parts of one whole, rounded down; whole > 0, 0 <= part, 0 <= amount < 2^62. From the
// whole on a part is all of it. Of a whole above 2^62 the 62 highest bits count, in whole and parts.
class PartsOfAmount {
 public:
  PartsOfAmount(std::int64_t amount, Int128 whole)
      : all_(whole),
        amount_(amount),
        shift_(std::max(bit_width(whole) - 62, 0)),
        whole_(static_cast<std::int64_t>(whole >> shift_)),
        ratio_(static_cast<double>(amount) / static_cast<double>(whole_)) {}

  std::int64_t operator()(Int128 of_whole) const {
    if (of_whole >= all_) return amount_;
    const auto part = static_cast<std::int64_t>(of_whole >> shift_);
    constexpr std::int64_t kOffByOneAtMost = std::int64_t{1} << 50;  // four roundings of 2^-53 make half a unit of it
    if (amount_ >= kOffByOneAtMost) return static_cast<std::int64_t>(Int128{amount_} * part / whole_);
    const auto near = static_cast<std::int64_t>(ratio_ * static_cast<double>(part));
    const auto product = [](std::int64_t a, std::int64_t b) {
      return static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b);  // modulo 2^64: the rest fits
    };
    const auto rest = static_cast<std::int64_t>(product(amount_, part) - product(near, whole_));
    return near - (rest < 0 ? 1 : 0) + (rest >= whole_ ? 1 : 0);
  }

 private:
  Int128 all_;
  std::int64_t amount_;
  int shift_;
  std::int64_t whole_;
  double ratio_;
};

}  // namespace urbiome
