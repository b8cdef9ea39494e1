#include "urbiome/kernel/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace urbiome {
namespace {

constexpr std::uint64_t kDigit = 0xffffffffU;
constexpr std::uint32_t kMostAdditions = 1U << 29;

// Divides rounding down, for negative exponents too.
constexpr int digit_of(int exponent) { return exponent >> 5; }

}  // namespace

BinaryParts parts_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto biased = static_cast<int>((bits >> 52) & 0x7ff);
  const auto fraction = static_cast<std::int64_t>(bits & ((std::uint64_t{1} << 52) - 1));
  const std::int64_t magnitude = biased == 0 ? fraction : fraction | (std::int64_t{1} << 52);
  return {(bits >> 63) != 0 ? -magnitude : magnitude, (biased == 0 ? 1 : biased) - 1075};
}

double narrowed(const WideNumber& number) {
  const auto exponent = static_cast<int>(std::clamp<std::int64_t>(number.exponent, -3000, 3000));
  return std::ldexp(number.fraction, exponent);
}

WideNumber ratio(const WideNumber& above, const WideNumber& below) {
  int exponent = 0;
  const double fraction = std::frexp(above.fraction / below.fraction, &exponent);
  return {fraction, above.exponent - below.exponent + exponent};
}

WideNumber square_root(const WideNumber& number) {
  const bool odd = number.exponent % 2 != 0;
  int exponent = 0;
  const double fraction = std::frexp(std::sqrt(odd ? 2 * number.fraction : number.fraction), &exponent);
  return {fraction, (number.exponent - (odd ? 1 : 0)) / 2 + exponent};
}

std::int64_t* ExactSum::reach(int first, int count) {
  const auto size = static_cast<int>(digits_.size());
  if (size == 0) {
    first_ = first;
    digits_.assign(static_cast<std::size_t>(count), 0);
  } else if (first < first_) {
    digits_.insert(digits_.begin(), static_cast<std::size_t>(first_ - first), 0);
    first_ = first;
  }
  const auto needed = static_cast<std::size_t>(first - first_ + count);
  if (digits_.size() < needed) digits_.resize(needed, 0);
  return digits_.data() + (first - first_);
}

// Afterwards all digits lie in 0 .. 2^32 - 1 but the last, which carries the sign.
void ExactSum::settle() {
  additions_ = 0;
  if (digits_.empty()) return;
  std::int64_t carry = 0;
  for (std::size_t i = 0; i + 1 < digits_.size(); ++i) {
    const std::int64_t sum = digits_[i] + carry;
    digits_[i] = sum & static_cast<std::int64_t>(kDigit);
    carry = sum >> 32;
  }
  digits_.back() += carry;
  while (digits_.back() > static_cast<std::int64_t>(kDigit) || digits_.back() < -static_cast<std::int64_t>(kDigit)) {
    const std::int64_t last = digits_.back();
    digits_.back() = last & static_cast<std::int64_t>(kDigit);
    digits_.push_back(last >> 32);
  }
}

void ExactSum::add_magnitude(Uint128 amount, int exponent, bool negative) {
  if (amount == 0) return;
  if (++additions_ >= kMostAdditions) settle();
  const int shift = exponent & 31;
  const Uint128 low = static_cast<Uint128>(static_cast<std::uint64_t>(amount)) << shift;
  const Uint128 high = static_cast<Uint128>(static_cast<std::uint64_t>(amount >> 64)) << shift;
  std::int64_t* digit = reach(digit_of(exponent), 5);
  const std::int64_t sign = negative ? -1 : 1;
  digit[0] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(low) & kDigit);
  digit[1] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(low >> 32) & kDigit);
  digit[2] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(low >> 64) +
                                               (static_cast<std::uint64_t>(high) & kDigit));
  digit[3] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(high >> 32) & kDigit);
  digit[4] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(high >> 64));
}

void ExactSum::add_product(double a, double b) {
  const BinaryParts x = parts_of(a), y = parts_of(b);
  add(static_cast<Int128>(x.mantissa) * y.mantissa, x.exponent + y.exponent);
}

void ExactSum::add_product(Int128 a, Int128 b, int exponent) {
  const bool negative = (a < 0) != (b < 0);
  const Uint128 x = a < 0 ? Uint128{0} - static_cast<Uint128>(a) : static_cast<Uint128>(a);
  const Uint128 y = b < 0 ? Uint128{0} - static_cast<Uint128>(b) : static_cast<Uint128>(b);
  const auto x_low = static_cast<std::uint64_t>(x), x_high = static_cast<std::uint64_t>(x >> 64);
  const auto y_low = static_cast<std::uint64_t>(y), y_high = static_cast<std::uint64_t>(y >> 64);
  add_magnitude(static_cast<Uint128>(x_low) * y_low, exponent, negative);
  add_magnitude(static_cast<Uint128>(x_low) * y_high, exponent + 64, negative);
  add_magnitude(static_cast<Uint128>(x_high) * y_low, exponent + 64, negative);
  add_magnitude(static_cast<Uint128>(x_high) * y_high, exponent + 128, negative);
}

void ExactSum::add_scaled(const ExactSum& other, std::int64_t sign) {
  if (other.digits_.empty()) return;
  ExactSum settled = other;
  settled.settle();
  settle();
  std::int64_t* digit = reach(settled.first_, static_cast<int>(settled.digits_.size()));
  for (std::size_t i = 0; i < settled.digits_.size(); ++i) digit[i] += sign * settled.digits_[i];
  additions_ = 1;
}

void ExactSum::add(const ExactSum& other) { add_scaled(other, 1); }
void ExactSum::subtract(const ExactSum& other) { add_scaled(other, -1); }

ExactSum::Magnitude ExactSum::magnitude() const {
  ExactSum settled = *this;
  settled.settle();
  Magnitude result;
  result.negative = !settled.digits_.empty() && settled.digits_.back() < 0;
  if (result.negative) {
    for (std::int64_t& digit : settled.digits_) digit = -digit;
    settled.settle();
  }
  for (const std::int64_t digit : settled.digits_) result.digits.push_back(static_cast<std::uint32_t>(digit));
  while (!result.digits.empty() && result.digits.back() == 0) result.digits.pop_back();
  return result;
}

bool ExactSum::zero() const { return magnitude().digits.empty(); }

ExactSum ExactSum::product(const ExactSum& a, const ExactSum& b) {
  const Magnitude x = a.magnitude(), y = b.magnitude();
  ExactSum result;
  for (std::size_t i = 0; i < x.digits.size(); ++i) {
    for (std::size_t k = 0; k < y.digits.size(); ++k) {
      const int place = a.first_ + b.first_ + static_cast<int>(i + k);
      result.add_magnitude(static_cast<std::uint64_t>(x.digits[i]) * y.digits[k], 32 * place, x.negative != y.negative);
    }
  }
  return result;
}

WideNumber ExactSum::wide() const {
  const Magnitude m = magnitude();
  if (m.digits.empty()) return {};
  // The leading 96 bits hold 64 significant ones at least; all below them only say whether something is there.
  const std::size_t size = m.digits.size();
  Uint128 head = 0;
  for (std::size_t i = 0; i < 3; ++i) head = (head << 32) | (i < size ? m.digits[size - 1 - i] : 0U);
  bool rest = false;
  for (std::size_t i = 0; i + 3 < size; ++i) rest = rest || m.digits[i] != 0;
  const int bits = head >> 64 != 0 ? 64 + std::bit_width(static_cast<std::uint64_t>(head >> 64))
                                   : std::bit_width(static_cast<std::uint64_t>(head));
  const int cut = bits - 53;  // > 0: the first digit is not 0, so at least 65 bits
  auto kept = static_cast<std::uint64_t>(head >> cut);
  const Uint128 below = head & ((Uint128{1} << cut) - 1), half = Uint128{1} << (cut - 1);
  const bool up = below > half || (below == half && (rest || (kept & 1) != 0));
  if (up) ++kept;
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(kept), &exponent);
  const std::int64_t place = 32 * (static_cast<std::int64_t>(first_) + static_cast<std::int64_t>(size) - 3);
  return {m.negative ? -fraction : fraction, place + cut + exponent};
}

}  // namespace urbiome
