// The inner loops of label.h where every class makes runs, for every instruction set.
//
// No #pragma once: it is read once per set, after label_rows_inl.h. Runs are many and short, so nothing is asked run by
// run that could be asked of 64 cells: marking says for each run which of the row above it takes its label from, adding
// goes through the runs without a branch, and only meetings beyond a run's first are looked at one by one.
#include <hwy/highway.h>

#include <algorithm>

#include "urbiome/kernel/label_rows.h"
#include "urbiome/kernel/label_rows_inl.h"
#include "urbiome/kernel/mask_inl.h"

#if defined(URBIOME_KERNEL_LABEL_CLASSES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef URBIOME_KERNEL_LABEL_CLASSES_INL_H_
#undef URBIOME_KERNEL_LABEL_CLASSES_INL_H_
#else
#define URBIOME_KERNEL_LABEL_CLASSES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace urbiome {
namespace HWY_NAMESPACE {

// 66 cells of a row: 64 from a column that is a multiple of 64, one left and one right of them (any, beyond the row).
class Neighbours66 {
 public:
  HWY_INLINE const ClassIndex* from(const ClassIndex* row, std::size_t size, std::size_t at) {
    if (at > 0 && at + 65 <= size) return row + at;
    const std::size_t count = size - at < 65 ? size - at : 65;
    copy_[0] = at > 0 ? row[at - 1] : row[at];
    std::memset(copy_ + 1, row[size - 1], 65);
    std::memcpy(copy_ + 1, row + at, count);
    return copy_ + 1;
  }

 private:
  ClassIndex copy_[66];
};

// The first marked cell of every run, or its last cell where none is marked; runs may reach over words. Adding one at a
// run's start turns the 1s before its first stop into 0s, and the stop, a 0, into a 1.
HWY_INLINE std::uint64_t first_marked(std::uint64_t marked, std::uint64_t starts, std::uint64_t ends,
                                      std::uint64_t& carry) {
  const std::uint64_t stops = marked | ends;
  const std::uint64_t sum = ~stops + starts, all = sum + carry;
  carry = (sum < starts ? 1 : 0) | (all < carry ? 1 : 0);
  return all & stops;
}

// How a word's runs get their labels, by the cells that say so: one cell per run.
struct Takes {
  std::uint64_t cells;        // where a run takes the label of the run above, if `met`
  std::uint64_t met, member;  // else it gets a new one, or none
  std::uint64_t left, right;  // of the run before or after that above
};

// Two steps of marking. put_same_at(): for every run that starts in a word, how many cells left of it, since the row's
// first, equal the one above. put_takes(): the slots, in the row above, of the labels that runs take. Both return the
// end of what they wrote.
#if HWY_CAP_GE512
HWY_INLINE hn::Vec<ByteTag> as_bytes(std::uint64_t bits) {  // -1 where a bit is set
  return hn::VecFromMask(ByteTag(), byte_mask(bits));
}

// The number of bits set up to each cell, that one included: within groups of eight cells by adding shifted bytes,
// before each group by a multiplication.
HWY_INLINE hn::Vec<ByteTag> count_along(std::uint64_t bits) {
  const ByteTag d;
  const hn::Repartition<std::uint64_t, ByteTag> d64;
  auto sums = hn::BitCast(d64, hn::And(as_bytes(bits), hn::Set(d, 1)));
  sums = hn::Add(sums, hn::ShiftLeft<8>(sums));
  sums = hn::Add(sums, hn::ShiftLeft<16>(sums));
  sums = hn::Add(sums, hn::ShiftLeft<32>(sums));
  std::uint64_t groups = bits - ((bits >> 1) & 0x5555555555555555U);
  groups = (groups & 0x3333333333333333U) + ((groups >> 2) & 0x3333333333333333U);
  groups = (((groups + (groups >> 4)) & 0x0f0f0f0f0f0f0f0fU) * 0x0101010101010101U) << 8;
  alignas(64) static constexpr std::uint8_t kGroup[64] = {
      0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3,
      4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7};
  return hn::Add(hn::BitCast(d, sums), hn::TableLookupBytes(hn::BitCast(d, hn::Set(d64, groups)), hn::Load(d, kGroup)));
}

HWY_INLINE std::int32_t* put_same_at(std::uint64_t starts, std::uint64_t same, std::uint32_t before,
                                     std::int32_t* out) {
  const auto more = hn::Set(ColumnTag(), static_cast<std::int32_t>(before));
  return put_bytes(hn::Add(count_along(same), as_bytes(same)), starts, out,
                   [&](auto count) HWY_ATTR { return hn::Add(count, more); });
}

HWY_INLINE std::int32_t* put_takes(const Takes& takes, std::uint64_t upper_starts, std::uint32_t before,
                                   std::int32_t* out) {
  const ByteTag d;
  const auto run = hn::Sub(hn::Add(count_along(upper_starts), as_bytes(takes.left)), as_bytes(takes.right));
  const auto unmet = hn::IfThenElse(byte_mask(takes.member), hn::Set(d, static_cast<std::uint8_t>(kNewSlot)),
                                    hn::Set(d, static_cast<std::uint8_t>(kOutsideSlot)));
  const auto more = hn::Set(ColumnTag(), static_cast<std::int32_t>(before) - 1);
  return put_bytes(hn::IfThenElse(byte_mask(takes.met), run, unmet), takes.cells, out, [&](auto slot) HWY_ATTR {
    return hn::IfThenElse(hn::Lt(slot, hn::Zero(ColumnTag())), slot, hn::Add(slot, more));
  });
}
#else
HWY_INLINE std::int32_t* put_same_at(std::uint64_t starts, std::uint64_t same, std::uint32_t before,
                                     std::int32_t* out) {
  for (; starts != 0; starts &= starts - 1) {
    const std::uint64_t left = (starts & (0 - starts)) - 1;
    *out++ = static_cast<std::int32_t>(before) + std::popcount(same & left);
  }
  return out;
}

HWY_INLINE std::int32_t* put_takes(const Takes& takes, std::uint64_t upper_starts, std::uint32_t before,
                                   std::int32_t* out) {
  for (std::uint64_t cells = takes.cells; cells != 0; cells &= cells - 1) {
    const std::uint64_t cell = cells & (0 - cells);
    const std::int32_t run = static_cast<std::int32_t>(before) - 1 + std::popcount(upper_starts & (cell | (cell - 1)));
    const std::int32_t slot = run - ((takes.left & cell) != 0 ? 1 : 0) + ((takes.right & cell) != 0 ? 1 : 0);
    const std::int32_t unmet = (takes.member & cell) != 0 ? kNewSlot : kOutsideSlot;
    *out++ = (takes.met & cell) != 0 ? slot : unmet;
  }
  return out;
}
#endif

// As put_places, for words with few bits.
HWY_INLINE std::int32_t* put_few_places(std::uint64_t bits, std::int32_t first, std::int32_t* out) {
  std::int32_t* const end = out + std::popcount(bits);
  do {
    for (int i = 0; i < 2; ++i) {
      *out++ = first + std::countr_zero(bits);
      bits &= bits - 1;
    }
  } while (bits != 0);
  return end;
}

// `above` are the cells of the row above, or null. `columns` takes the runs' begins and the end of the row; returns the
// number of runs.
HWY_ATTR std::size_t mark_classes(const ClassIndex* cells, const ClassIndex* above_cells, std::size_t size,
                                  const ClassSet& set, bool corners, const RowMasks& upper, const RowMasks& row,
                                  Meetings& meetings, std::int32_t* columns) {
  const Members members(set);
  Ranks ranks;
  std::uint64_t carry = 0;
  Neighbours66 here_copy, above_copy;
  std::int32_t *out = columns, *same_at = meetings.same_at, *takes_end = meetings.takes;
  std::int32_t *at = meetings.at, *right_at = meetings.right_at;
  const std::size_t words = (size + 63) / 64;
  const std::uint64_t corner = corners ? ~std::uint64_t{0} : 0;
  for (std::size_t w = 0; w < words; ++w) {
    const auto first = static_cast<std::int32_t>(64 * w);
    const ClassIndex* here = here_copy.from(cells, size, 64 * w);
    // Cells of the row, those with a cell left of them, those with one right of them.
    const std::uint64_t valid = within_row(size, 64 * w), inner = w == 0 ? valid & ~std::uint64_t{1} : valid;
    const std::uint64_t outer = within_row(size - 1, 64 * w);
    const std::uint64_t member = members.word(here) & valid;
    const std::uint64_t starts = (~equal_word(here, here - 1) & inner) | (valid ^ inner);
    const std::uint64_t ends = (~equal_word(here, here + 1) | ~outer) & valid;
    std::uint64_t same = 0, direct = 0, left = 0, right = 0;
    if (above_cells != nullptr) {
      const ClassIndex* above = above_copy.from(above_cells, size, 64 * w);
      const std::uint64_t equal = equal_word(here, above);
      const std::uint64_t equal_left = equal << 1 | (here[-1] == above[-1] ? 1 : 0);
      const std::uint64_t equal_right = equal >> 1 | std::uint64_t{here[64] == above[64]} << 63;
      same = equal & member;
      direct = same & (starts | ~equal_left);
      // A corner joins what no side does: neither of the two cells beside it equals the one above.
      const std::uint64_t alone = member & corner & ~equal;
      left = equal_word(here, above - 1) & alone & inner & ~equal_left;
      right = equal_word(here, above + 1) & alone & outer & ~equal_right;
    }
    const std::uint64_t met = direct | left, any = met | right;
    const std::uint64_t firsts = first_marked(any, starts, ends, carry);
    out = put_places(starts, first, out);
    same_at = put_same_at(starts, same, ranks.same, same_at);
    takes_end = put_takes({firsts, any, member, left, right & ~met}, upper.starts[w], upper.before[w], takes_end);
    at = put_few_places(met & ~firsts, first, at);
    right_at = put_few_places(right & ~(firsts & ~met), first, right_at);
    meetings.from_left[w] = left;
    put_word(w, starts, same, row, meetings, ranks);
  }
  *out = static_cast<std::int32_t>(size);
  *same_at = static_cast<std::int32_t>(ranks.same);
  put_end(words, meetings, ranks);
  meetings.count = static_cast<std::size_t>(at - meetings.at);
  meetings.right_count = static_cast<std::size_t>(right_at - meetings.right_at);
  return ranks.starts;
}

// Gives every run its label, new ones to those that met nobody, and adds them up. Returns the next label. Labels come
// first, so that no sum has to wait for the address of another. One step towards the root is enough: every row takes
// one.
HWY_ATTR std::uint32_t add_class_runs(const NewRow& row, const Meetings& meetings, const std::uint32_t* upper_labels,
                                      const std::uint32_t known, const std::uint32_t* parents, RunningCounts* counts) {
  std::uint32_t next = known;
  std::int32_t *const takes = meetings.takes, *const new_runs = takes;  // in the place of those that were read
  for (std::size_t i = 0; i < row.runs; ++i) {
    const std::uint32_t met = upper_labels[takes[i]], taken = met < next ? met : next;  // kNoLabel is the largest
    new_runs[next - known] = static_cast<std::int32_t>(i);
    next += taken == next ? 1 : 0;
    row.labels[i] = parents[taken];
  }
  for (std::uint32_t label = known; label < next; ++label)
    start_counts(row.row, row.columns[new_runs[label - known]], counts[label]);
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t i = 0; i < row.runs; ++i) {
    const auto shared = static_cast<std::uint32_t>(meetings.same_at[i + 1] - meetings.same_at[i]);
    add_run(row.row, row.columns[i], row.columns[i + 1], shared, counts[row.labels[i]]);
  }
#else
  std::fill_n(row.labels + row.runs, kAddedAtOnce, kOutside);
  const hn::FixedTag<std::int32_t, 4> d;
  const hn::FixedTag<std::int64_t, 2> d64;
  // Two vectors for each run, in the order of RunningCounts: what adds up, and what grows.
  const auto one_run = hn::Set(d64, 1), row_end = hn::Set(d64, row.row + 1);
  const auto add = [&](std::uint32_t label, auto adds, auto grows) HWY_ATTR {
    auto* sum = reinterpret_cast<std::int32_t*>(counts + label);
    hn::StoreU(hn::Add(hn::LoadU(d, sum), hn::BitCast(d, adds)), d, sum);
    hn::StoreU(hn::Max(hn::LoadU(d, sum + 4), hn::BitCast(d, grows)), d, sum + 4);
  };
  const auto lower = [&](auto a, auto b) HWY_ATTR { return hn::BitCast(d64, hn::InterleaveLower(d, a, b)); };
  const auto upper = [&](auto a, auto b) HWY_ATTR { return hn::BitCast(d64, hn::InterleaveUpper(d, a, b)); };
  for (std::size_t i = 0; i < row.runs; i += kAddedAtOnce) {
    const auto begin = hn::LoadU(d, row.columns + i), end = hn::LoadU(d, row.columns + i + 1);
    const auto cells = hn::Sub(end, begin), minus_begin = hn::Neg(begin);
    const auto shared = hn::Sub(hn::LoadU(d, meetings.same_at + i + 1), hn::LoadU(d, meetings.same_at + i));
    const auto sums = lower(cells, shared), sums2 = upper(cells, shared);
    const auto cols = lower(minus_begin, end), cols2 = upper(minus_begin, end);
    const std::uint32_t* labels = row.labels + i;
    add(labels[0], hn::InterleaveLower(d64, sums, one_run), hn::InterleaveLower(d64, cols, row_end));
    add(labels[1], hn::InterleaveUpper(d64, sums, one_run), hn::InterleaveUpper(d64, cols, row_end));
    add(labels[2], hn::InterleaveLower(d64, sums2, one_run), hn::InterleaveLower(d64, cols2, row_end));
    add(labels[3], hn::InterleaveUpper(d64, sums2, one_run), hn::InterleaveUpper(d64, cols2, row_end));
  }
#endif
  return next;
}

// Meetings beyond the first of a run: one in ten or so.
HWY_ATTR void unite_runs(const Meetings& meetings, const RowMasks& upper, const RowMasks& row,
                         const std::uint32_t* upper_labels, const std::uint32_t* labels, std::uint32_t* parents) {
  const auto meet = [&](std::size_t above, std::size_t here) {
    if (upper_labels[above] != labels[here]) unite(upper_labels[above], labels[here], parents);
  };
  for (std::size_t i = 0; i < meetings.count; ++i) {
    const auto column = static_cast<std::uint32_t>(meetings.at[i]);
    const std::size_t from_left = (meetings.from_left[column / 64] >> (column % 64)) & 1;
    meet(run_at(upper, column) - from_left, run_at(row, column));
  }
  for (std::size_t i = 0; i < meetings.right_count; ++i) {
    const auto column = static_cast<std::uint32_t>(meetings.right_at[i]);
    meet(run_at(upper, column) + 1, run_at(row, column));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();
#endif
