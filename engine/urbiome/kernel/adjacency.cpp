#include "urbiome/kernel/adjacency.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/adjacency.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "urbiome/kernel/mask_inl.h"

HWY_BEFORE_NAMESPACE();
namespace urbiome {
namespace HWY_NAMESPACE {

// Where a or b changes, and the end. Needs room for size + 65 places.
HWY_ATTR std::size_t pair_changes(const ClassIndex* a, const ClassIndex* b, std::size_t size, std::int32_t* places) {
  std::int32_t* out = places;
  for (std::size_t at = 0; at < size; at += 64)
    out = put_places(change_word(a, size, at) | change_word(b, size, at), static_cast<std::int32_t>(at), out);
  *out = static_cast<std::int32_t>(size);
  return static_cast<std::size_t>(out - places);
}

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome {
namespace {
HWY_EXPORT(pair_changes);

constexpr std::size_t kPiece = 4096;

// Columns where a cell of `spans` has one of `other` at the same column plus `shift`.
template <class Found>
void for_common(std::span<const CellSpan> spans, std::span<const CellSpan> other, std::int32_t shift,
                const Found& found) {
  std::size_t i = 0, j = 0;
  while (i < spans.size() && j < other.size()) {
    const std::int32_t begin = std::max(spans[i].begin, other[j].begin - shift);
    const std::int32_t end = std::min(spans[i].end, other[j].end - shift);
    if (begin < end) found(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    if (spans[i].end < other[j].end - shift) {
      ++i;
    } else {
      ++j;
    }
  }
}

}  // namespace

void PairCounts::add(std::span<const ClassIndex> a, std::span<const ClassIndex> b) {
  std::array<std::int32_t, kPiece + 66> places;
  const std::size_t size = std::min(a.size(), b.size());
  for (std::size_t at = 0; at < size; at += kPiece) {
    const ClassIndex *from_a = a.data() + at, *from_b = b.data() + at;
    const std::size_t stretches =
        HWY_DYNAMIC_DISPATCH(pair_changes)(from_a, from_b, std::min(kPiece, size - at), places.data());
    for (std::size_t i = 0; i < stretches; ++i) {
      const std::int32_t place = places[i];
      counts_[from_a[place] * classes_ + from_b[place]] += places[i + 1] - place;
    }
  }
}

void PairCounts::merge(const PairCounts& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

void add_pairs_in_row(std::span<const ClassIndex> row, std::span<const CellSpan> spans, PairCounts& counts) {
  for_common(spans, spans, 1, [&](std::size_t begin, std::size_t size) {
    counts.add(row.subspan(begin, size), row.subspan(begin + 1, size));
  });
}

void add_pairs_below(std::span<const ClassIndex> row, std::span<const CellSpan> spans,
                     std::span<const ClassIndex> below, std::span<const CellSpan> spans_below, int directions,
                     PairCounts& counts) {
  for (const std::int32_t shift : {0, 1, -1}) {
    if (shift != 0 && directions == 4) return;
    for_common(spans, spans_below, shift, [&](std::size_t begin, std::size_t size) {
      const auto other = static_cast<std::size_t>(static_cast<std::int64_t>(begin) + shift);
      counts.add(row.subspan(begin, size), below.subspan(other, size));
    });
  }
}

}  // namespace urbiome
#endif
