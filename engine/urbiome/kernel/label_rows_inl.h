// The inner loops of label.h, for every instruction set: a row's masks, where it meets the row above, its labels.
//
// No #pragma once: it is read once per set, after mask_inl.h.
#include <hwy/highway.h>

#include "urbiome/kernel/label_rows.h"
#include "urbiome/kernel/mask_inl.h"

#if defined(URBIOME_KERNEL_LABEL_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef URBIOME_KERNEL_LABEL_ROWS_INL_H_
#undef URBIOME_KERNEL_LABEL_ROWS_INL_H_
#else
#define URBIOME_KERNEL_LABEL_ROWS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace urbiome {
namespace HWY_NAMESPACE {

// Bits of two rows and of their left neighbours, and what is carried from word to word.
struct Carry {
  std::uint64_t current = 0, upper = 0, same = 0;
};

HWY_INLINE std::uint64_t moved_right(std::uint64_t word, std::uint64_t& carry) {
  const std::uint64_t moved = word << 1 | carry;
  carry = word >> 63;
  return moved;
}

// Ranks at the beginnings of words, while a row is made.
struct Ranks {
  std::uint32_t starts = 0, same = 0;
};

HWY_INLINE void put_word(std::size_t w, std::uint64_t starts, std::uint64_t same, const RowMasks& row,
                         const Meetings& meetings, Ranks& ranks) {
  row.starts[w] = starts;
  row.before[w] = ranks.starts;
  ranks.starts += static_cast<std::uint32_t>(std::popcount(starts));
  meetings.same[w] = same;
  meetings.same_before[w] = ranks.same;
  ranks.same += static_cast<std::uint32_t>(std::popcount(same));
}

HWY_INLINE void put_end(std::size_t words, const Meetings& meetings, const Ranks& ranks) {
  meetings.same[words] = 0;
  meetings.same_before[words] = ranks.same;
}

// Members are all alike: everything follows from the members of both rows. Returns the number of runs; `columns` takes
// their begins and ends.
HWY_ATTR std::size_t mark_members(const ClassIndex* cells, std::size_t size, const ClassSet& set, bool corners,
                                  const RowMasks& upper, const RowMasks& row, Meetings& meetings,
                                  std::int32_t* columns) {
  const Members members(set);
  Carry carry;
  Ranks ranks;
  std::int32_t *out = columns, *at = meetings.at;
  const std::size_t words = (size + 63) / 64;
  const std::uint64_t corner = corners ? ~std::uint64_t{0} : 0;
  for (std::size_t w = 0; w < words; ++w) {
    const auto first = static_cast<std::int32_t>(64 * w);
    const std::uint64_t here = member_word(members, cells, size, 64 * w), above = upper.members[w];
    const std::uint64_t left = moved_right(here, carry.current), above_left = moved_right(above, carry.upper);
    const std::uint64_t same = here & above, same_left = moved_right(same, carry.same);
    row.members[w] = here;
    put_word(w, here & ~left, same, row, meetings, ranks);
    out = put_places(here ^ left, first, out);
    // Runs meet where a common stretch begins, or at a corner where neither has the cell beside it.
    const std::uint64_t slants = (here & ~left & ~above & above_left) | (above & ~above_left & ~here & left);
    at = put_places((same & ~same_left) | (slants & corner), first, at);
  }
  if (carry.current != 0 && size % 64 == 0) *out++ = static_cast<std::int32_t>(size);
  put_end(words, meetings, ranks);
  meetings.count = static_cast<std::size_t>(at - meetings.at);
  meetings.right_count = 0;
  return ranks.starts;
}

HWY_INLINE std::uint32_t root_of(std::uint32_t label, const std::uint32_t* parents) {
  while (parents[label] != label) label = parents[label];
  return label;
}

HWY_INLINE void unite(std::uint32_t a, std::uint32_t b, std::uint32_t* parents) {
  a = root_of(a, parents);
  b = root_of(b, parents);
  if (a < b)
    parents[b] = a;
  else
    parents[a] = b;
}

// The number of the last run that begins at or before a column.
HWY_INLINE std::size_t run_at(const RowMasks& row, std::uint32_t column) {
  const std::uint64_t up_to = ~std::uint64_t{0} >> (63 - column % 64);
  return row.before[column / 64] + static_cast<std::uint32_t>(std::popcount(row.starts[column / 64] & up_to)) - 1;
}

// One meeting: the lower run takes the upper's label, or both labels become one.
HWY_INLINE void meet(std::uint32_t above, std::uint32_t& label, std::uint32_t* parents) {
  const std::uint32_t before = label;
  label = above < before ? above : before;  // kNoLabel is the largest
  if (before != above && before != kNoLabel) unite(before, above, parents);
}

HWY_ATTR void meet_rows(const Meetings& meetings, const RowMasks& upper, const RowMasks& row,
                        const std::uint32_t* upper_labels, std::uint32_t* labels, std::uint32_t* parents) {
  for (std::size_t i = 0; i < meetings.count; ++i) {
    const auto column = static_cast<std::uint32_t>(meetings.at[i]);
    meet(upper_labels[run_at(upper, column)], labels[run_at(row, column)], parents);
  }
}

// Cells left of a column that equal the one above them.
HWY_INLINE std::uint32_t same_before(const Meetings& meetings, std::uint32_t column) {
  const std::uint64_t left = (std::uint64_t{1} << (column % 64)) - 1;
  return meetings.same_before[column / 64] +
         static_cast<std::uint32_t>(std::popcount(meetings.same[column / 64] & left));
}

// Field by field: a record copied from another that has just been written would wait for it.
HWY_INLINE void start_counts(std::int32_t row, std::int32_t begin, RunningCounts& counts) {
  counts.cells = counts.shared = counts.runs = 0;
  counts.first_row = row;
  counts.first_col = begin;
  counts.minus_begin = -begin;
  counts.col_end = counts.row_end = 0;
}

HWY_INLINE void add_run(std::int32_t row, std::int32_t begin, std::int32_t end, std::uint32_t shared,
                        RunningCounts& sum) {
  sum.cells += static_cast<std::uint32_t>(end - begin);
  sum.shared += shared;
  sum.runs += 1;
  sum.minus_begin = -begin > sum.minus_begin ? -begin : sum.minus_begin;
  sum.col_end = end > sum.col_end ? end : sum.col_end;
  sum.row_end = row + 1;
}

// Gives every run its label, new ones to those that met nobody, and adds them up. Returns the next label.
HWY_ATTR std::uint32_t add_member_runs(const NewRow& row, const Meetings& meetings, std::uint32_t next,
                                       const std::uint32_t* parents, RunningCounts* counts) {
  std::uint32_t same_here = 0;
  for (std::size_t i = 0; i < row.runs; ++i) {
    const std::int32_t begin = row.columns[2 * i], end = row.columns[2 * i + 1];
    const std::uint32_t same_end = same_before(meetings, static_cast<std::uint32_t>(end));
    // The next label is made ready whether it is taken or not: that costs less than not knowing.
    start_counts(row.row, begin, counts[next]);
    const std::uint32_t met = row.labels[i];
    std::uint32_t label = met == kNoLabel ? next : met;
    next += label == next ? 1 : 0;
    label = root_of(label, parents);
    row.labels[i] = label;
    add_run(row.row, begin, end, same_end - same_here, counts[label]);
    same_here = same_end;
  }
  return next;
}

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();
#endif
