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
  meetings.left_count = 0;
  return ranks.starts;
}

// 65 cells of a row: 64 from a column that is a multiple of 64, and the one left of them (any, at the row's first).
class Neighbours65 {
 public:
  HWY_INLINE const ClassIndex* from(const ClassIndex* row, std::size_t size, std::size_t at) {
    if (at > 0 && at + 64 <= size) return row + at;
    const std::size_t count = size - at < 64 ? size - at : 64;
    copy_[0] = at > 0 ? row[at - 1] : row[at];
    std::memset(copy_ + 1, row[size - 1], 64);
    std::memcpy(copy_ + 1, row + at, count);
    return copy_ + 1;
  }

 private:
  ClassIndex copy_[65];
};

// Every class makes runs. `above` are the cells of the row above, or null. `columns` takes the runs' begins and the end
// of the row.
HWY_ATTR std::size_t mark_classes(const ClassIndex* cells, const ClassIndex* above_cells, std::size_t size,
                                  const ClassSet& set, bool corners, const RowMasks& upper, const RowMasks& row,
                                  Meetings& meetings, std::int32_t* columns) {
  const Members members(set);
  Carry carry;
  Ranks ranks;
  Neighbours65 here_copy, above_copy;
  std::int32_t *out = columns, *at = meetings.at, *left_at = meetings.left_at;
  const std::size_t words = (size + 63) / 64;
  for (std::size_t w = 0; w < words; ++w) {
    const auto first = static_cast<std::int32_t>(64 * w);
    const ClassIndex* here = here_copy.from(cells, size, 64 * w);
    const std::uint64_t valid = within_row(size, 64 * w), inner = w == 0 ? valid & ~std::uint64_t{1} : valid;
    const std::uint64_t member = members.word(here) & valid;
    const std::uint64_t starts = (~equal_word(here, here - 1) & inner) | (valid ^ inner);
    row.members[w] = member;
    std::uint64_t same = 0, from_left = 0, to_left = 0, begins = 0;
    if (above_cells != nullptr) {
      const ClassIndex* above = above_copy.from(above_cells, size, 64 * w);
      same = equal_word(here, above) & member;
      const std::uint64_t same_left = moved_right(same, carry.same), apart = inner & ~same & ~same_left;
      begins = same & (starts | ~same_left);
      if (corners) {
        from_left = equal_word(here, above - 1) & member & apart;
        to_left = equal_word(above, here - 1) & upper.members[w] & apart;
      }
    }
    put_word(w, starts, same, row, meetings, ranks);
    out = put_places(starts, first, out);
    at = put_places(begins | from_left, first, at);
    left_at = put_places(to_left, first, left_at);
    meetings.from_left[w] = from_left;
  }
  *out = static_cast<std::int32_t>(size);
  put_end(words, meetings, ranks);
  meetings.count = static_cast<std::size_t>(at - meetings.at);
  meetings.left_count = static_cast<std::size_t>(left_at - meetings.left_at);
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
                        const std::uint32_t* upper_labels, std::uint32_t* labels, std::uint32_t* parents,
                        bool by_class) {
  if (!by_class) {
    for (std::size_t i = 0; i < meetings.count; ++i) {
      const auto column = static_cast<std::uint32_t>(meetings.at[i]);
      meet(upper_labels[run_at(upper, column)], labels[run_at(row, column)], parents);
    }
    return;
  }
  for (std::size_t i = 0; i < meetings.count; ++i) {
    const auto column = static_cast<std::uint32_t>(meetings.at[i]);
    const std::size_t from_left = (meetings.from_left[column / 64] >> (column % 64)) & 1;
    meet(upper_labels[run_at(upper, column) - from_left], labels[run_at(row, column)], parents);
  }
  for (std::size_t i = 0; i < meetings.left_count; ++i) {
    const auto column = static_cast<std::uint32_t>(meetings.left_at[i]);
    meet(upper_labels[run_at(upper, column)], labels[run_at(row, column) - 1], parents);
  }
}

// Cells left of a column that equal the one above them.
HWY_INLINE std::uint32_t same_before(const Meetings& meetings, std::uint32_t column) {
  const std::uint64_t left = (std::uint64_t{1} << (column % 64)) - 1;
  return meetings.same_before[column / 64] +
         static_cast<std::uint32_t>(std::popcount(meetings.same[column / 64] & left));
}

// Field by field: a record copied from another that has just been written would wait for it.
HWY_INLINE void start_sum(PatchSums& sum, std::int32_t row, std::int32_t begin, ClassIndex class_index) {
  sum.cells = sum.runs = sum.shared = 0;
  sum.first_row = row;
  sum.first_col = sum.col_begin = begin;
  sum.col_end = 0;
  sum.area = 0;
  sum.sides_m = 0;
  sum.class_index = class_index;
}

// Gives every run its label, new ones to those that met nobody, and adds them up. Returns the next label.
template <bool kByClass>
HWY_INLINE std::uint32_t add_runs(const NewRow& row, const Meetings& meetings, std::uint32_t next,
                                  std::uint32_t* parents, PatchSums* sums) {
  std::uint32_t same_here = 0;
  for (std::size_t i = 0; i < row.runs; ++i) {
    const std::int32_t begin = kByClass ? row.columns[i] : row.columns[2 * i];
    const std::int32_t end = kByClass ? row.columns[i + 1] : row.columns[2 * i + 1];
    const std::uint32_t same_end = same_before(meetings, static_cast<std::uint32_t>(end));
    // The next label is made ready whether it is taken or not: that costs less than not knowing.
    parents[next] = next;
    const std::uint32_t met = row.labels[i];
    std::uint32_t fallback = next;
    ClassIndex class_index = 0;
    if constexpr (kByClass) {
      class_index = row.cells[begin];
      fallback = (*row.members)[class_index] ? next : kOutside;
    }
    start_sum(sums[next], row.row, begin, class_index);
    std::uint32_t label = met == kNoLabel ? fallback : met;
    next += label == next ? 1 : 0;
    label = root_of(label, parents);
    row.labels[i] = label;
    PatchSums& sum = sums[label];
    sum.cells += static_cast<std::uint32_t>(end - begin);
    sum.runs += 1;
    sum.shared += same_end - same_here;
    sum.row_end = row.row + 1;
    sum.col_begin = begin < sum.col_begin ? begin : sum.col_begin;
    sum.col_end = end > sum.col_end ? end : sum.col_end;
    same_here = same_end;
  }
  return next;
}

HWY_ATTR std::uint32_t add_member_runs(const NewRow& row, const Meetings& meetings, std::uint32_t next,
                                       std::uint32_t* parents, PatchSums* sums) {
  return add_runs<false>(row, meetings, next, parents, sums);
}
HWY_ATTR std::uint32_t add_class_runs(const NewRow& row, const Meetings& meetings, std::uint32_t next,
                                      std::uint32_t* parents, PatchSums* sums) {
  return add_runs<true>(row, meetings, next, parents, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();
#endif
