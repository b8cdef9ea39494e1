// The inner loop of painting in label.h, for every instruction set.
//
// No #pragma once: it is read once per set. A row is bits that say where its stretches begin, and a value for each
// stretch; eight cells take theirs in one step, however many stretches they belong to.
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#if defined(URBIOME_KERNEL_LABEL_PAINT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef URBIOME_KERNEL_LABEL_PAINT_INL_H_
#undef URBIOME_KERNEL_LABEL_PAINT_INL_H_
#else
#define URBIOME_KERNEL_LABEL_PAINT_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace urbiome {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Of eight cells with the begins of stretches as bits: how many begin after the first cell, up to each.
inline constexpr auto kBegunSinceFirst = [] {
  std::array<std::array<std::uint8_t, 8>, 256> table{};
  for (std::size_t bits = 0; bits < 256; ++bits) {
    for (std::size_t cell = 1; cell < 8; ++cell)
      table[bits][cell] = static_cast<std::uint8_t>(table[bits][cell - 1] + (bits >> cell & 1));
  }
  return table;
}();

// values[k] goes into the cells of the k-th stretch that begins here, values[0] into those before. Up to eight values
// beyond the last are read.
HWY_ATTR void spread(const std::uint64_t* begins, const std::uint32_t* values, std::size_t cells, std::uint32_t* out) {
  const hn::CappedTag<std::uint32_t, 8> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const std::size_t lanes = hn::Lanes(d);
  const auto take = [&](std::size_t at) HWY_ATTR {
    const std::uint64_t bits = begins[at / 64] >> (at % 64) & ((std::uint64_t{1} << lanes) - 1);
    const auto since = hn::PromoteTo(d, hn::LoadU(d8, kBegunSinceFirst[bits].data()));
    const auto taken = hn::TableLookupLanes(hn::LoadU(d, values + (bits & 1)), hn::IndicesFromVec(d, since));
    values += std::popcount(bits);
    return taken;
  };
  std::size_t at = 0;
  for (; at + lanes <= cells; at += lanes) hn::StoreU(take(at), d, out + at);
  if (at == cells) return;
  std::uint32_t last[8];
  hn::StoreU(take(at), d, last);
  std::copy_n(last, cells - at, out + at);
}

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();
#endif
