// Cells as bits, 64 to a word, for every instruction set: included by sources that go through hwy/foreach_target.h.
//
// Bit c of a word stands for the cell c columns right of the word's first. No #pragma once: it is read once per set.
#include <hwy/highway.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "urbiome/raster/tile_source.h"

#if defined(URBIOME_KERNEL_MASK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef URBIOME_KERNEL_MASK_INL_H_
#undef URBIOME_KERNEL_MASK_INL_H_
#else
#define URBIOME_KERNEL_MASK_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace urbiome {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using ByteTag = hn::CappedTag<std::uint8_t, 64>;
using ColumnTag = hn::CappedTag<std::int32_t, 16>;

// The bits of a mask over bytes; lanes beyond 64 do not exist.
template <class Mask>
HWY_INLINE std::uint64_t bits_of(Mask mask) {
  constexpr std::size_t kLanes = hn::MaxLanes(ByteTag());
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(ByteTag(), mask, bytes);
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes, kLanes / 8);
  if (std::endian::native == std::endian::big) bits = __builtin_bswap64(bits);
  return bits;
}

// The word of 64 cells for which test(vector at i) holds.
template <class Test>
HWY_INLINE std::uint64_t word_of(const Test& test) {
  constexpr std::size_t kLanes = hn::MaxLanes(ByteTag());
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 64; i += kLanes) word |= bits_of(test(i)) << i;
  return word;
}

// Where a[i] == b[i], of 64 bytes.
HWY_INLINE std::uint64_t equal_word(const std::uint8_t* a, const std::uint8_t* b) {
  const ByteTag d;
  return word_of([&](std::size_t i) HWY_ATTR { return hn::Eq(hn::LoadU(d, a + i), hn::LoadU(d, b + i)); });
}

// Which classes are members: a bit for each, in the byte of its low half's table entry; the high half names the bit.
class Members {
 public:
  explicit HWY_ATTR Members(const ClassSet& set) {
    for (std::size_t c = set.size(); c > 0; c -= 16) {  // sixteen entries at once: every row asks for them
      std::uint8_t* table = tables_[(c - 1) / 128];
      for (std::size_t low = 0; low < 16; ++low)
        table[low] = static_cast<std::uint8_t>(2 * table[low] + (set[c - 16 + low] ? 1 : 0));
    }
  }

  // The members among 64 cells.
  HWY_INLINE std::uint64_t word(const ClassIndex* cells) const {
    const ByteTag d;
    alignas(16) static constexpr std::uint8_t kBit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const auto lower = hn::LoadDup128(d, tables_[0]), upper = hn::LoadDup128(d, tables_[1]);
    const auto bits = hn::LoadDup128(d, kBit);
    return word_of([&](std::size_t i) HWY_ATTR {
      const auto v = hn::LoadU(d, cells + i);
      const auto low = hn::And(v, hn::Set(d, 15)), high = hn::ShiftRight<4>(v);
      const auto wanted = hn::TableLookupBytes(bits, high);
      const auto entry = hn::IfThenElse(hn::TestBit(v, hn::Set(d, 128)), hn::TableLookupBytes(upper, low),
                                        hn::TableLookupBytes(lower, low));
      return hn::Eq(hn::And(entry, wanted), wanted);
    });
  }

 private:
  alignas(16) std::uint8_t tables_[2][16] = {};
};

HWY_INLINE std::uint64_t within_row(std::size_t size, std::size_t at) {  // bits of the cells that the row has
  return at + 64 <= size ? ~std::uint64_t{0} : (std::uint64_t{1} << (size - at)) - 1;
}

// The members among the cells of a row from column `at`, up to its end.
HWY_INLINE std::uint64_t member_word(const Members& members, const ClassIndex* row, std::size_t size, std::size_t at) {
  if (at + 64 <= size) return members.word(row + at);
  ClassIndex copy[64] = {};
  std::memcpy(copy, row + at, size - at);
  return members.word(copy) & within_row(size, at);
}

// Where the class is not that of the left neighbour, among the cells of a row from column `at`; the row's first is one.
HWY_INLINE std::uint64_t change_word(const ClassIndex* row, std::size_t size, std::size_t at) {
  if (at > 0 && at + 64 <= size) return ~equal_word(row + at, row + at - 1);
  ClassIndex copy[65];
  copy[0] = at > 0 ? row[at - 1] : row[0];
  std::memset(copy + 1, row[size - 1], 64);
  std::memcpy(copy + 1, row + at, size - at < 64 ? size - at : 64);
  return (~equal_word(copy + 1, copy) & within_row(size, at)) | (at == 0 ? 1 : 0);
}

#if HWY_CAP_GE512
HWY_INLINE hn::Mask<ByteTag> byte_mask(std::uint64_t bits) {
  std::uint8_t mask[8];
  std::memcpy(mask, &bits, sizeof mask);
  return hn::LoadMaskBits(ByteTag(), mask);
}

// Of 64 signed bytes those with a bit, each as `widen` makes it from its 32-bit number. Returns the end of what it
// wrote. There must be room for 64 numbers.
template <class Widen>
HWY_INLINE std::int32_t* put_bytes(hn::Vec<ByteTag> bytes, std::uint64_t bits, std::int32_t* out, const Widen& widen) {
  const ColumnTag d;
  const hn::Rebind<std::int8_t, ColumnTag> d8;
  const hn::RebindToSigned<ByteTag> d_bytes;
  alignas(64) std::int8_t lanes[64];
#if HWY_TARGET == HWY_AVX3_DL  // packs bytes in one step
  hn::Store(hn::BitCast(d_bytes, hn::Compress(bytes, byte_mask(bits))), d_bytes, lanes);
  const int count = std::popcount(bits);
  int i = 0;
  do {  // one round where runs are not shorter than four cells
    hn::StoreU(widen(hn::PromoteTo(d, hn::Load(d8, lanes + i))), d, out + i);
    i += 16;
  } while (i < count);
  return out + count;
#else
  hn::Store(hn::BitCast(d_bytes, bytes), d_bytes, lanes);
  for (int i = 0; i < 64; i += 16) {
    std::uint8_t mask[8] = {};
    const auto part = static_cast<std::uint16_t>(bits >> i);
    std::memcpy(mask, &part, sizeof part);
    hn::StoreU(hn::Compress(widen(hn::PromoteTo(d, hn::Load(d8, lanes + i))), hn::LoadMaskBits(d, mask)), d, out);
    out += std::popcount(part);
  }
  return out;
#endif
}
#endif

// Writes first + the place of every set bit, in ascending order, and returns the end of what it wrote. There must be
// room for 64 numbers.
HWY_INLINE std::int32_t* put_places(std::uint64_t bits, std::int32_t first, std::int32_t* out) {
#if HWY_TARGET == HWY_AVX3_DL
  alignas(64) static constexpr std::uint8_t kPlaces[64] = {
      0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
      22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
      44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  const auto column = hn::Set(ColumnTag(), first);
  return put_bytes(hn::Load(ByteTag(), kPlaces), bits, out,
                   [&](auto place) HWY_ATTR { return hn::Add(place, column); });
#else
  constexpr std::size_t kLanes = hn::MaxLanes(ColumnTag());
  if constexpr (kLanes == 16) {
    const ColumnTag d;
    alignas(64) static constexpr std::int32_t kCount[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const auto count = hn::Load(d, kCount);  // hn::Iota would go through memory each time
    for (std::int32_t i = 0; i < 64; i += 16) {
      std::uint8_t bytes[8] = {};
      const auto part = static_cast<std::uint16_t>(bits >> i);
      std::memcpy(bytes, &part, sizeof part);
      const auto places = hn::Add(count, hn::Set(d, first + i));
      hn::StoreU(hn::Compress(places, hn::LoadMaskBits(d, bytes)), d, out);
      out += std::popcount(part);
    }
    return out;
  }
  std::int32_t* const end = out + std::popcount(bits);
  while (bits != 0) {
    for (int i = 0; i < 4; ++i) {  // four at a time: a loop that ends anywhere would be mispredicted at every word
      *out++ = first + std::countr_zero(bits);
      bits &= bits - 1;
    }
  }
  return end;
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();
#endif
