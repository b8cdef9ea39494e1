#include "urbiome/kernel/cell_mask.h"

#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/cell_mask.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Bits of 64 cells in each mask. `table` holds the members of classes 0 .. 15; with `looked_up` the cells are members
// bits already.
void words_of_64(const std::uint8_t* cells, const std::uint8_t* table, bool looked_up, int masks,
                 std::uint64_t* words) {
  const hn::CappedTag<std::uint8_t, 64> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto lookup = hn::LoadDup128(d, table);
  std::uint8_t bytes[kMostMasks][8] = {};
  for (std::size_t at = 0; at < 64; at += lanes) {
    auto members = hn::LoadU(d, cells + at);
    if (!looked_up) members = hn::TableLookupBytes(lookup, members);
    for (int m = 0; m < masks; ++m) {
      std::uint8_t bits[16];  // StoreMaskBits writes whole bytes, at least one
      hn::StoreMaskBits(d, hn::TestBit(members, hn::Set(d, static_cast<std::uint8_t>(1U << m))), bits);
      std::memcpy(bytes[m] + at / 8, bits, lanes / 8);
    }
  }
  for (int m = 0; m < masks; ++m) std::memcpy(words + m, bytes[m], 8);
}

}  // namespace urbiome::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace urbiome {

HWY_EXPORT(words_of_64);

namespace {

static_assert(std::endian::native == std::endian::little, "bits of masks are stored as bytes, lowest first");

// ORs 64 bits into a row from column `col` on; bits beyond the row's last word are zero.
void put(std::span<std::uint64_t> row, std::int64_t col, std::uint64_t bits) {
  const auto word = static_cast<std::size_t>(col / 64);
  const int shift = static_cast<int>(col % 64);
  row[word] |= bits << shift;
  if (shift != 0 && word + 1 < row.size()) row[word + 1] |= bits >> (64 - shift);
}

}  // namespace

MemberBits member_bits(std::span<const ClassSet> sets) {
  MemberBits bits{};
  for (std::size_t m = 0; m < sets.size(); ++m) {
    for (std::size_t i = 0; i < bits.size(); ++i) {
      if (sets[m][i]) bits[i] = static_cast<std::uint8_t>(bits[i] | (1U << m));
    }
  }
  return bits;
}

void mark_members(std::span<const ClassIndex> cells, const MemberBits& members, int classes, std::int64_t first_col,
                  std::span<const std::span<std::uint64_t>> rows) {
  const auto words_of = HWY_DYNAMIC_DISPATCH(words_of_64);
  const bool few = classes <= 16;  // one register holds the whole table
  const int masks = static_cast<int>(rows.size());
  std::uint64_t words[kMostMasks];
  std::uint8_t buffer[64];
  for (std::size_t at = 0; at < cells.size(); at += 64) {
    const std::size_t count = std::min<std::size_t>(64, cells.size() - at);
    const std::uint8_t* chunk = cells.data() + at;
    if (!few || count < 64) {
      std::memset(buffer, 0, sizeof buffer);
      for (std::size_t i = 0; i < count; ++i) buffer[i] = members[chunk[i]];
      words_of(buffer, members.data(), true, masks, words);
    } else {
      words_of(chunk, members.data(), false, masks, words);
    }
    for (int m = 0; m < masks; ++m)
      put(rows[static_cast<std::size_t>(m)], first_col + static_cast<std::int64_t>(at), words[m]);
  }
}

void append_runs(std::span<const std::uint64_t> row, std::int64_t begin, std::int64_t end, std::vector<Run>& out) {
  if (begin >= end) return;
  const std::int64_t first = begin / 64, last = (end - 1) / 64;
  bool inside = false;
  for (std::int64_t word = first; word <= last; ++word) {
    std::uint64_t bits = row[static_cast<std::size_t>(word)];
    if (word == first) bits &= ~std::uint64_t{0} << (begin % 64);
    if (word == last && end % 64 != 0) bits &= (std::uint64_t{1} << (end % 64)) - 1;
    // A change stands where a cell differs from its left neighbour.
    std::uint64_t changes = bits ^ (bits << 1 | (inside ? 1U : 0U));
    const auto col = static_cast<std::int32_t>(word * 64);
    for (; changes != 0; changes &= changes - 1, inside = !inside) {
      const std::int32_t at = col + std::countr_zero(changes);
      if (inside) {
        out.back().end = at;
      } else {
        out.push_back({at, at});
      }
    }
  }
  if (inside) out.back().end = static_cast<std::int32_t>(end);
}

}  // namespace urbiome

#endif  // HWY_ONCE
