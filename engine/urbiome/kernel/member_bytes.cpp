#include "urbiome/kernel/member_bytes.h"

#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/member_bytes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The set as 256 bits in 32 bytes: the byte is looked up by the upper five bits of a class, the bit by the lower three.
void mark_bits(const std::uint8_t* cells, const std::uint8_t* bits, std::size_t count, std::uint8_t* out) {
  std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::uint8_t> d;
  const auto low = hn::LoadDup128(d, bits), high = hn::LoadDup128(d, bits + 16);
  alignas(16) static constexpr std::uint8_t kBit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const auto bit_table = hn::LoadDup128(d, kBit);
  const auto one = hn::Set(d, 1), seven = hn::Set(d, 7), fifteen = hn::Set(d, 15), upper = hn::Set(d, 128);
  const std::size_t step = hn::Lanes(d);
  const auto marked = [&](auto cell) {
    const hn::Repartition<std::uint16_t, decltype(d)> wide;
    const auto byte = hn::And(hn::BitCast(d, hn::ShiftRight<3>(hn::BitCast(wide, cell))), hn::Set(d, 31));
    const auto at = hn::And(byte, fifteen);
    const auto is_upper = hn::Eq(hn::And(cell, upper), upper);
    const auto set = hn::IfThenElse(is_upper, hn::TableLookupBytes(high, at), hn::TableLookupBytes(low, at));
    const auto bit = hn::TableLookupBytes(bit_table, hn::And(cell, seven));
    return hn::IfThenElseZero(hn::Ne(hn::And(set, bit), hn::Zero(d)), one);
  };
  for (; i + step <= count; i += step) hn::StoreU(marked(hn::LoadU(d, cells + i)), d, out + i);
#endif
  for (; i < count; ++i) {
    const std::uint8_t cell = cells[i];
    out[i] = static_cast<std::uint8_t>((bits[cell >> 3] >> (cell & 7)) & 1);
  }
}

}  // namespace urbiome::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome {

HWY_EXPORT(mark_bits);

void mark_members(std::span<const ClassIndex> cells, const ClassSet& member, std::span<std::uint8_t> out) {
  alignas(16) std::array<std::uint8_t, 32> bits{};
  for (std::size_t i = 0; i < bits.size(); ++i) {
    for (std::size_t bit = 0; bit < 8; ++bit) {
      bits[i] = static_cast<std::uint8_t>(bits[i] | (static_cast<unsigned>(member[8 * i + bit]) << bit));
    }
  }
  HWY_DYNAMIC_DISPATCH(mark_bits)(cells.data(), bits.data(), cells.size(), out.data());
}

}  // namespace urbiome
#endif
