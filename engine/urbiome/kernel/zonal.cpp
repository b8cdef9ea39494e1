#include "urbiome/kernel/zonal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include <hwy/contrib/sort/vqsort.h>

namespace urbiome {
namespace {

// Integers below 2^51 in steps of this many: their sum fits 64 bits and the sum of their squares 128.
constexpr std::size_t kStretch = 2048;
constexpr int kIntegerBits = 51;
// Added to a number of at most 2^51, it leaves the number's integer in the low bits of the double.
constexpr double kShifter = 6755399441055744.0;  // 1.5 * 2^52
constexpr std::uint64_t kShifterBits = std::bit_cast<std::uint64_t>(kShifter);

// A power of two that makes a stretch of numbers integers; kept from stretch to stretch, as neighbours are alike.
class Scale {
 public:
  double factor() const { return factor_; }
  int exponent() const { return exponent_; }  // number = integer * 2^exponent
  bool holds(double least, double most) const {
    return std::max(std::abs(least), std::abs(most)) * factor_ < std::ldexp(1.0, kIntegerBits);
  }

  // False when no scale makes all numbers integers of 51 bits. NaN is passed over.
  bool fit(std::span<const double> numbers) {
    int lowest = 1 << 20, highest = -(1 << 20);
    for (const double number : numbers) {
      if (std::isnan(number) || number == 0) continue;
      if (std::isinf(number)) return false;
      const BinaryParts parts = parts_of(number);
      const auto magnitude = static_cast<std::uint64_t>(std::abs(parts.mantissa));
      lowest = std::min(lowest, parts.exponent + std::countr_zero(magnitude));
      highest = std::max(highest, parts.exponent + static_cast<int>(std::bit_width(magnitude)));
    }
    if (lowest > highest) lowest = highest = 0;  // nothing but zeros
    lowest = std::min(lowest, 0);                // a factor below 1 could drown a tiny number unseen
    if (highest - lowest > kIntegerBits) return false;
    lowest -= std::min(8, kIntegerBits - (highest - lowest));  // room for the next stretch
    if (lowest < -1000) return false;
    exponent_ = lowest;
    factor_ = std::ldexp(1.0, -lowest);
    return true;
  }

 private:
  double factor_ = 1;
  int exponent_ = 0;
};

// Integers of one stretch, summed. Wrapping arithmetic: where a number was no integer the result is thrown away.
struct IntegerSums {
  std::uint64_t cells = 0, sum = 0, weight = 0;
  Uint128 squares = 0, weighted = 0, weighted_high = 0, weighted_low = 0;  // weighted squares: high * 2^64 + low
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
  double least_weight = least, most_weight = most;
  bool whole = true, missing = false;
};

template <bool squares>
IntegerSums sum_values(std::span<const double> values, double factor) {
  IntegerSums s;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    const double scaled = value * factor, shifted = scaled + kShifter;
    s.whole &= shifted - kShifter == scaled;
    const auto integer = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(shifted) - kShifterBits);
    ++s.cells;
    s.sum += static_cast<std::uint64_t>(integer);
    if constexpr (squares) s.squares += static_cast<Uint128>(static_cast<Int128>(integer) * integer);
    s.least = value < s.least ? value : s.least;
    s.most = value > s.most ? value : s.most;
  }
  return s;
}

template <bool squares>
IntegerSums sum_weighted(std::span<const double> values, std::span<const double> weights, double factor,
                         double weight_factor) {
  IntegerSums s;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i], weight = weights[i];
    if (std::isnan(value)) continue;
    const double scaled = value * factor, shifted = scaled + kShifter;
    s.whole &= shifted - kShifter == scaled;
    const auto integer = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(shifted) - kShifterBits);
    ++s.cells;
    s.sum += static_cast<std::uint64_t>(integer);
    const Int128 square = static_cast<Int128>(integer) * integer;
    if constexpr (squares) s.squares += static_cast<Uint128>(square);
    s.least = value < s.least ? value : s.least;
    s.most = value > s.most ? value : s.most;
    if (std::isnan(weight)) {
      s.missing = true;
      continue;
    }
    const double scaled_weight = weight * weight_factor, shifted_weight = scaled_weight + kShifter;
    s.whole &= shifted_weight - kShifter == scaled_weight;
    const auto heavy = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(shifted_weight) - kShifterBits);
    s.weight += static_cast<std::uint64_t>(heavy);
    s.weighted += static_cast<Uint128>(static_cast<Int128>(heavy) * integer);
    if constexpr (squares) {
      s.weighted_high += static_cast<Uint128>(static_cast<Int128>(heavy) * static_cast<std::int64_t>(square >> 64));
      s.weighted_low +=
          static_cast<Uint128>(static_cast<Int128>(heavy)) * static_cast<std::uint64_t>(static_cast<Uint128>(square));
    }
    s.least_weight = weight < s.least_weight ? weight : s.least_weight;
    s.most_weight = weight > s.most_weight ? weight : s.most_weight;
  }
  return s;
}

// What one cell, or several with one value, weighs: weight * 2^exponent; missing: nobody knows.
struct Weight {
  Int128 amount = 0;
  int exponent = 0;
  bool missing = false;
};

void add_infinite(ZonalSums& sums, double value, const ZonalNeeds& needs, const Weight& weight) {
  (value > 0 ? sums.up : sums.down) = true;
  if (!needs.weighted || weight.missing) return;
  sums.weight.add(weight.amount, weight.exponent);
  const bool positive = (value > 0) == (weight.amount > 0);
  if (weight.amount == 0 || positive) sums.weighted_up = true;
  if (weight.amount == 0 || !positive) sums.weighted_down = true;  // infinity x 0 is undefined: both
}

void add_cells(ZonalSums& sums, double value, Int128 share, const ZonalNeeds& needs, const Weight& weight) {
  sums.share += share;
  sums.least = std::min(sums.least, value);
  sums.most = std::max(sums.most, value);
  if (needs.weighted && weight.missing) sums.weight_missing = true;
  if (std::isinf(value)) return add_infinite(sums, value, needs, weight);
  const BinaryParts parts = parts_of(value);
  const Int128 square = static_cast<Int128>(parts.mantissa) * parts.mantissa;
  sums.sum.add_product(share, parts.mantissa, parts.exponent - kFractionBits);
  if (needs.squares) sums.squares.add_product(share, square, 2 * parts.exponent - kFractionBits);
  if (!needs.weighted || weight.missing) return;
  sums.weight.add(weight.amount, weight.exponent);
  sums.weighted_sum.add_product(weight.amount, parts.mantissa, weight.exponent + parts.exponent);
  if (needs.squares) sums.weighted_squares.add_product(weight.amount, square, weight.exponent + 2 * parts.exponent);
}

// One window of values, and the regions one after the other.
class Counter {
 public:
  Counter(const Window& window, std::span<const double> values, const CellWeights& weights, const ZonalNeeds& needs)
      : window_(window), values_(values), weights_(weights), needs_(needs) {
    if (!needs_.weighted) weights_ = {};
  }

  void count(const Coverage& region, ZonalSums& sums) {
    const std::int64_t first = std::max(window_.row, region.first_row);
    const std::int64_t last = std::min(window_.row_end(), region.row_end());
    for (std::int64_t row = first; row < last; ++row) {
      const auto spans = region.spans_of(row);
      auto span =
          std::partition_point(spans.begin(), spans.end(), [&](const CellSpan& s) { return s.end <= window_.col; });
      for (; span != spans.end() && span->begin < window_.col_end(); ++span) {
        add_span(sums, row, std::max<std::int64_t>(span->begin, window_.col),
                 std::min<std::int64_t>(span->end, window_.col_end()));
      }
      const auto partials = region.partials_of(row);
      auto cell = std::partition_point(partials.begin(), partials.end(),
                                       [&](const PartialCell& p) { return p.col < window_.col; });
      for (; cell != partials.end() && cell->col < window_.col_end(); ++cell) add_partial(sums, row, *cell);
    }
  }

 private:
  std::size_t at(std::int64_t row, std::int64_t col) const {
    return static_cast<std::size_t>((row - window_.row) * window_.cols + col - window_.col);
  }

  void add_partial(ZonalSums& sums, std::int64_t row, const PartialCell& cell) {
    const double value = values_[at(row, cell.col)];
    if (std::isnan(value)) return;
    add_cells(sums, value, cell.share, needs_, weight_of(row, cell.col, cell.share));
    if (needs_.distinct) sums.values.add(value, cell.share);
  }

  Weight weight_of(std::int64_t row, std::int64_t col, std::int64_t share) const {
    if (weights_.areas != nullptr) {
      const std::int64_t area = weights_.areas->cell(row, col);
      return {scale_exactly(area, share, kOne), std::ilogb(weights_.areas->m2_per_unit()), false};
    }
    if (weights_.values.empty()) return {};
    const double weight = weights_.values[at(row, col)];
    if (!std::isfinite(weight)) return {0, 0, true};
    const BinaryParts parts = parts_of(weight);
    return {static_cast<Int128>(parts.mantissa) * share, parts.exponent - kFractionBits, false};
  }

  void add_span(ZonalSums& sums, std::int64_t row, std::int64_t begin, std::int64_t end) {
    for (std::int64_t from = begin; from < end; from += static_cast<std::int64_t>(kStretch)) {
      const std::int64_t until = std::min(from + static_cast<std::int64_t>(kStretch), end);
      const auto values = values_.subspan(at(row, from), static_cast<std::size_t>(until - from));
      if (needs_.distinct) add_values(sums.values, values);
      add_stretch(sums, row, from, values);
    }
  }

  static void add_values(ValueShares& into, std::span<const double> values) {
    for (std::size_t i = 0; i < values.size();) {
      const std::size_t begin = i;
      while (i < values.size() && values[i] == values[begin]) ++i;
      if (i == begin)
        ++i;  // NaN
      else
        into.add(values[begin], static_cast<Int128>(i - begin) * kOne);
    }
  }

  // Cells that are covered whole.
  void add_stretch(ZonalSums& sums, std::int64_t row, std::int64_t col, std::span<const double> values) {
    const bool even = weights_.areas != nullptr && weights_.areas->constant_in_row();
    const std::span<const double> weights = even ? std::span<const double>{} : weights_from(row, col, values.size());
    IntegerSums s = sum_with(values, weights);
    if (!sound(s, weights)) {
      if (!scale_.fit(values) || (!weights.empty() && !weight_scale_.fit(weights))) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (!std::isnan(values[i]))
            add_cells(sums, values[i], kOne, needs_, weight_of(row, col + static_cast<std::int64_t>(i), kOne));
        }
        return;
      }
      s = sum_with(values, weights);
    }
    if (s.cells == 0) return;
    book(sums, s);
    if (even) book_even(sums, s, weights_.areas->cell(row, col));
    if (!weights.empty()) book_weights(sums, s);
  }

  std::span<const double> weights_from(std::int64_t row, std::int64_t col, std::size_t size) {
    if (weights_.areas == nullptr)
      return weights_.values.empty() ? std::span<const double>{} : weights_.values.subspan(at(row, col), size);
    const double unit = weights_.areas->m2_per_unit();  // a power of two: the product is exact
    CellAreas::Walk walk(*weights_.areas, row, col);
    std::int64_t before = walk.before(col);
    for (std::size_t i = 0; i < size; ++i) {
      const std::int64_t until = walk.before(col + static_cast<std::int64_t>(i) + 1);
      area_buffer_[i] = static_cast<double>(until - before) * unit;
      before = until;
    }
    return {area_buffer_.data(), size};
  }

  IntegerSums sum_with(std::span<const double> values, std::span<const double> weights) const {
    if (weights.empty())
      return needs_.squares ? sum_values<true>(values, scale_.factor()) : sum_values<false>(values, scale_.factor());
    return needs_.squares ? sum_weighted<true>(values, weights, scale_.factor(), weight_scale_.factor())
                          : sum_weighted<false>(values, weights, scale_.factor(), weight_scale_.factor());
  }

  bool sound(const IntegerSums& s, std::span<const double> weights) const {
    if (s.cells == 0) return true;
    if (!s.whole || !scale_.holds(s.least, s.most)) return false;
    return weights.empty() || s.least_weight > s.most_weight || weight_scale_.holds(s.least_weight, s.most_weight);
  }

  void book(ZonalSums& sums, const IntegerSums& s) const {
    sums.share += static_cast<Int128>(s.cells) * kOne;
    sums.least = std::min(sums.least, s.least);
    sums.most = std::max(sums.most, s.most);
    sums.sum.add(static_cast<std::int64_t>(s.sum), scale_.exponent());
    if (needs_.squares) sums.squares.add_magnitude(s.squares, 2 * scale_.exponent(), false);
  }

  // All cells of the stretch are of one area.
  void book_even(ZonalSums& sums, const IntegerSums& s, std::int64_t area) const {
    const int unit = std::ilogb(weights_.areas->m2_per_unit());
    sums.weight.add(static_cast<Int128>(s.cells) * area, unit);
    sums.weighted_sum.add(static_cast<Int128>(static_cast<std::int64_t>(s.sum)) * area, unit + scale_.exponent());
    if (needs_.squares)
      sums.weighted_squares.add_product(static_cast<Int128>(s.squares), area, unit + 2 * scale_.exponent());
  }

  void book_weights(ZonalSums& sums, const IntegerSums& s) const {
    const int unit = weight_scale_.exponent(), exponent = scale_.exponent();
    if (s.missing) sums.weight_missing = true;
    sums.weight.add(static_cast<std::int64_t>(s.weight), unit);
    sums.weighted_sum.add(static_cast<Int128>(s.weighted), unit + exponent);
    if (!needs_.squares) return;
    sums.weighted_squares.add(static_cast<Int128>(s.weighted_high), unit + 2 * exponent + 64);
    sums.weighted_squares.add(static_cast<Int128>(s.weighted_low), unit + 2 * exponent);
  }

  Window window_;
  std::span<const double> values_;
  CellWeights weights_;
  ZonalNeeds needs_;
  Scale scale_, weight_scale_;
  std::array<double, kStretch> area_buffer_;
};

}  // namespace

void ValueShares::add(double value, Int128 share) {
  const double unsigned_zero = value == 0 ? 0.0 : value;  // -0 and 0 are one value
  if (share == kOne) {
    if (whole_.size() >= settle_whole_at_) settle_whole();
    return whole_.push_back(key_of(unsigned_zero));
  }
  if (shares_.size() >= settle_shares_at_) settle_shares();
  shares_.push_back({unsigned_zero, share});
}

void ValueShares::merge(const ValueShares& other) {
  for (const std::int64_t key : other.whole_) add(value_of_key(key), kOne);
  for (const Share& entry : other.shares_) {
    if (shares_.size() >= settle_shares_at_) settle_shares();
    shares_.push_back(entry);
  }
}

void ValueShares::settle_shares() {
  std::sort(shares_.begin(), shares_.end(), [](const Share& a, const Share& b) { return a.value < b.value; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < shares_.size(); ++i) {
    if (shares_[i].value == shares_[kept].value) {
      shares_[kept].share += shares_[i].share;
    } else {
      shares_[++kept] = shares_[i];
    }
  }
  if (!shares_.empty()) shares_.resize(kept + 1);
  settle_shares_at_ = std::max<std::size_t>(1024, 2 * shares_.size());
}

// Where values repeat often, counting them takes less room than keeping them.
void ValueShares::settle_whole() {
  hwy::Sorter()(whole_.data(), whole_.size(), hwy::SortAscending());
  std::size_t distinct = whole_.empty() ? 0 : 1;
  for (std::size_t i = 1; i < whole_.size(); ++i) distinct += whole_[i] != whole_[i - 1] ? 1 : 0;
  if (distinct * (sizeof(Share) / sizeof whole_[0]) <= whole_.size()) {
    for (std::size_t i = 0; i < whole_.size();) {
      const std::size_t begin = i;
      while (i < whole_.size() && whole_[i] == whole_[begin]) ++i;
      shares_.push_back({value_of_key(whole_[begin]), static_cast<Int128>(i - begin) * kOne});
    }
    whole_.clear();
    if (shares_.size() >= settle_shares_at_) settle_shares();
  }
  settle_whole_at_ = std::max<std::size_t>(4096, 2 * whole_.size());
}

void ValueShares::settle() {
  settle_whole();
  settle_shares();
}

void ZonalSums::merge(const ZonalSums& other) {
  share += other.share;
  sum.add(other.sum);
  squares.add(other.squares);
  weight.add(other.weight);
  weighted_sum.add(other.weighted_sum);
  weighted_squares.add(other.weighted_squares);
  least = std::min(least, other.least);
  most = std::max(most, other.most);
  up |= other.up, down |= other.down;
  weighted_up |= other.weighted_up, weighted_down |= other.weighted_down;
  weight_missing |= other.weight_missing;
  values.merge(other.values);
}

ZonalSums& ZonalTally::touch(std::size_t region) {
  std::unique_ptr<ZonalSums>& sums = sums_[region];
  if (!sums) sums = std::make_unique<ZonalSums>();
  return *sums;
}

void ZonalTally::consume(const Window& window, std::span<const double> values, const CellWeights& weights,
                         std::span<const Coverage> regions, std::span<const std::uint32_t> wanted) {
  if (window.empty()) return;
  Counter counter(window, values, weights, needs_);
  for (const std::uint32_t region : wanted) counter.count(regions[region], touch(region));
}

void ZonalTally::add(std::size_t region, double value, Int128 share, Int128 weight, int exponent) {
  ZonalSums& sums = touch(region);
  add_cells(sums, value, share, needs_, {weight, exponent, false});
  if (needs_.distinct) sums.values.add(value, share);
}

void ZonalTally::merge(const ZonalTally& other) {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    if (other.sums_[i]) touch(i).merge(*other.sums_[i]);
  }
}

const ZonalSums& ZonalTally::region(std::size_t region) const {
  static const ZonalSums kNothing;
  return sums_[region] ? *sums_[region] : kNothing;
}

void ZonalTally::settle() {
  for (const auto& sums : sums_) {
    if (sums) sums->values.settle();
  }
}

std::int64_t ZonalTally::bytes() const {
  std::int64_t total = 0;
  for (const auto& sums : sums_) total += sums ? static_cast<std::int64_t>(sizeof *sums) + sums->values.bytes() : 0;
  return total;
}

}  // namespace urbiome
