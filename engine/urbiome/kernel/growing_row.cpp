#include "urbiome/kernel/growing_row.h"

#include <algorithm>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/growing_row.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Words = hn::CappedTag<std::uint64_t, 8>;

// Whole vectors, so up to one vector beyond `count`; words before the first and behind the last are read.
void grow_words(const std::uint64_t* in, std::size_t count, int by, std::uint64_t* out) {
  const Words d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto left = hn::LoadU(d, in + i - 1), here = hn::LoadU(d, in + i), right = hn::LoadU(d, in + i + 1);
    const auto up = hn::Or(hn::ShiftLeftSame(here, by), hn::ShiftRightSame(left, 64 - by));
    const auto down = hn::Or(hn::ShiftRightSame(here, by), hn::ShiftLeftSame(right, 64 - by));
    hn::StoreU(hn::Or(here, hn::Or(up, down)), d, out + i);
  }
}

void add_words(const std::uint64_t* words, std::size_t count, std::uint64_t* target) {
  const Words d;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d))
    hn::StoreU(hn::Or(hn::LoadU(d, words + i), hn::LoadU(d, target + i)), d, target + i);
  for (; i < count; ++i) target[i] |= words[i];
}

}  // namespace urbiome::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace urbiome {

HWY_EXPORT(grow_words);
HWY_EXPORT(add_words);

namespace {
constexpr std::size_t kBefore = 2;      // the margin's word, and one that it is grown from
constexpr std::size_t kBehind = 2 + 8;  // the same, and the rest of a vector
}  // namespace

GrowingRow::GrowingRow(std::int64_t width)
    : words_((width + 63) / 64), bits_(static_cast<std::size_t>(words_) + kBefore + kBehind), grown_(bits_.size()) {}

void GrowingRow::set(std::span<const Run> runs) {
  std::ranges::fill(bits_, 0);
  std::ranges::fill(grown_, 0);
  grown_by_ = 0;
  for (const Run& run : runs) {
    const std::size_t first = kBefore + static_cast<std::size_t>(run.begin / 64);
    const std::size_t last = kBefore + static_cast<std::size_t>((run.end - 1) / 64);
    const std::uint64_t from = ~std::uint64_t{0} << (run.begin % 64),
                        to = ~std::uint64_t{0} >> (63 - (run.end - 1) % 64);
    if (first == last) {
      bits_[first] |= from & to;
      continue;
    }
    bits_[first] |= from;
    std::fill(bits_.begin() + static_cast<std::ptrdiff_t>(first) + 1, bits_.begin() + static_cast<std::ptrdiff_t>(last),
              ~std::uint64_t{0});
    bits_[last] |= to;
  }
}

void GrowingRow::grow_to(std::int32_t k) noexcept {
  k = static_cast<std::int32_t>(std::min<std::int64_t>(k, 64 * words_));  // farther out there is nothing
  while (grown_by_ < k) {
    const std::int32_t by = std::min({k - grown_by_, 2 * grown_by_ + 1, 63});
    // With the words of the margin on either side.
    HWY_DYNAMIC_DISPATCH(grow_words)
    (bits_.data() + kBefore - 1, static_cast<std::size_t>(words_) + 2, by, grown_.data() + kBefore - 1);
    std::swap(bits_, grown_);
    grown_by_ += by;
  }
}

void GrowingRow::add_to(std::span<std::uint64_t> target) const noexcept {
  HWY_DYNAMIC_DISPATCH(add_words)(bits_.data() + kBefore, static_cast<std::size_t>(words_), target.data());
}

}  // namespace urbiome
#endif
