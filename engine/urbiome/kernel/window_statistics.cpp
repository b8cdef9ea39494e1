#include "urbiome/kernel/window_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/window_statistics.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
hn::Vec<D> number(D d, const std::uint16_t* counts) {
  const hn::Rebind<std::int32_t, D> whole;
  const auto count = hn::PromoteTo(whole, hn::LoadU(hn::Rebind<std::uint16_t, D>(), counts));
  if constexpr (sizeof(hn::TFromD<D>) == 8) {
    return hn::PromoteTo(d, count);
  } else {
    return hn::ConvertTo(d, count);
  }
}

// 0 / 0 is NaN, as wanted.
template <class Out>
void divide(const std::uint16_t* members, const std::uint16_t* known, std::size_t count, Out* out) {
  const hn::ScalableTag<Out> d;
  const hn::CappedTag<Out, 1> one;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    hn::StoreU(hn::Div(number(d, members + i), number(d, known + i)), d, out + i);
  }
  for (; i < count; ++i) hn::StoreU(hn::Div(number(one, members + i), number(one, known + i)), one, out + i);
}

void divide_to_doubles(const std::uint16_t* members, const std::uint16_t* known, std::size_t count, double* out) {
  divide(members, known, count, out);
}

void divide_to_floats(const std::uint16_t* members, const std::uint16_t* known, std::size_t count, float* out) {
  divide(members, known, count, out);
}

}  // namespace urbiome::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome {

HWY_EXPORT(divide_to_doubles);
HWY_EXPORT(divide_to_floats);

void shares(std::span<const std::uint16_t> members, std::span<const std::uint16_t> known, std::span<double> out) {
  HWY_DYNAMIC_DISPATCH(divide_to_doubles)(members.data(), known.data(), members.size(), out.data());
}

void shares(std::span<const std::uint16_t> members, std::span<const std::uint16_t> known, std::span<float> out) {
  HWY_DYNAMIC_DISPATCH(divide_to_floats)(members.data(), known.data(), members.size(), out.data());
}

void shares(std::span<const std::uint32_t> members, std::span<const std::uint32_t> known, std::span<double> out) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    out[i] = static_cast<double>(members[i]) / static_cast<double>(known[i]);
  }
}

Diversity::Diversity(std::size_t cells, std::int64_t most) : sums_(cells, 0), known_(cells, 0) {
  constexpr std::int64_t kLongest = 1 << 16;
  table_.resize(static_cast<std::size_t>(std::min(most, kLongest)) + 1, 0);
  for (std::size_t n = 1; n < table_.size(); ++n) table_[n] = static_cast<double>(n) * std::log(static_cast<double>(n));
}

double Diversity::times_log(std::uint32_t count) const {
  if (count < table_.size()) return table_[count];
  return count * std::log(static_cast<double>(count));
}

void Diversity::add(std::size_t first, std::span<const std::uint32_t> counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sums_[first + i] += times_log(counts[i]);
    known_[first + i] += counts[i];
  }
}

// With N cells in all, -sum p ln p = (N ln N - sum n ln n) / N.
void Diversity::finish(std::span<double> out) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = (times_log(known_[i]) - sums_[i]) / static_cast<double>(known_[i]);
  }
}

void Majority::add(double code, std::size_t first, std::span<const std::uint32_t> counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] <= most_[first + i]) continue;
    most_[first + i] = counts[i];
    codes_[first + i] = code;
  }
}

void Majority::finish(std::span<double> out) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = most_[i] > 0 ? codes_[i] : std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace urbiome
#endif
