// Sums of floating-point products without rounding: any order, any grouping, the same digits.
//
// A sum is kept as digits of 32 bits over as many powers of two as its terms need, so 1e300 and 1e-300 stand side by
// side and nothing cancels wrongly. Digits hold carries for a while, so an addition touches five of them. Rounding
// happens once, to nearest and ties to even, when the sum is read.
//
//   ExactSum sum;
//   sum.add(mantissa, exponent);              // mantissa * 2^exponent
//   double total = sum.rounded();
#pragma once

#include <cstdint>
#include <vector>

#include "urbiome/base/exact.h"

namespace urbiome {

__extension__ using Uint128 = unsigned __int128;

// A finite double as an integer times a power of two.
struct BinaryParts {
  std::int64_t mantissa;  // |mantissa| < 2^53
  int exponent;
};
BinaryParts parts_of(double value);  // of a finite value

// value = fraction * 2^exponent with 0.5 <= |fraction| < 1, or 0: numbers beyond the range of double.
struct WideNumber {
  double fraction = 0;
  std::int64_t exponent = 0;
};
double narrowed(const WideNumber& number);                           // infinite when too large
WideNumber ratio(const WideNumber& above, const WideNumber& below);  // within one unit in the last place
WideNumber square_root(const WideNumber& number);                    // of a number >= 0

class ExactSum {
 public:
  // Exponents from -4500 to 4500.
  void add(Int128 amount, int exponent) {
    const bool negative = amount < 0;
    add_magnitude(negative ? Uint128{0} - static_cast<Uint128>(amount) : static_cast<Uint128>(amount), exponent,
                  negative);
  }
  void add(double value) {  // finite
    const BinaryParts parts = parts_of(value);
    add(static_cast<Int128>(parts.mantissa), parts.exponent);
  }
  void add_product(double a, double b);  // both finite
  void add_magnitude(Uint128 amount, int exponent, bool negative);
  void add_product(Int128 a, Int128 b, int exponent);  // a * b * 2^exponent
  void add(const ExactSum& other);
  void subtract(const ExactSum& other);
  static ExactSum product(const ExactSum& a, const ExactSum& b);

  bool zero() const;
  WideNumber wide() const;  // correctly rounded to 53 bits
  double rounded() const { return narrowed(wide()); }
  std::int64_t bytes() const { return static_cast<std::int64_t>(digits_.capacity() * sizeof(std::int64_t)); }

 private:
  struct Magnitude {
    std::vector<std::uint32_t> digits;  // the first has weight 2^(32 * first)
    bool negative = false;
  };
  std::int64_t* reach(int first, int count);  // the digits first .. first + count - 1, made when absent
  void settle();                              // carries to the next digit, so that there is room for more
  void add_scaled(const ExactSum& other, std::int64_t sign);
  Magnitude magnitude() const;

  int first_ = 0;                     // of digits_, in 32-bit steps of the exponent
  std::vector<std::int64_t> digits_;  // each |digit| < 2^32 * (additions since settled + 1)
  std::uint32_t additions_ = 0;
};

}  // namespace urbiome
