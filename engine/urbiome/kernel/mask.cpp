#include "urbiome/kernel/mask.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/mask.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "urbiome/kernel/mask_inl.h"

HWY_BEFORE_NAMESPACE();
namespace urbiome {
namespace HWY_NAMESPACE {

HWY_ATTR void member_words(const ClassIndex* row, std::size_t size, const ClassSet& set, std::uint64_t* bits) {
  const Members members(set);
  for (std::size_t at = 0; at < size; at += 64) *bits++ = member_word(members, row, size, at);
}

HWY_ATTR void change_words(const ClassIndex* row, std::size_t size, std::uint64_t* bits) {
  for (std::size_t at = 0; at < size; at += 64) *bits++ = change_word(row, size, at);
}

// Columns where members begin and end, in turn: runs, since a run is two columns. Needs room for size + 65 columns.
HWY_ATTR std::size_t member_changes(const ClassIndex* row, std::size_t size, const ClassSet& set,
                                    std::int32_t first_col, std::int32_t* out) {
  const Members members(set);
  std::int32_t* const begin = out;
  std::uint64_t before = 0;  // whether the cell left of the word is a member
  for (std::size_t at = 0; at < size; at += 64) {
    const std::uint64_t word = member_word(members, row, size, at);
    const std::uint64_t changes = word ^ (word << 1 | before);
    before = word >> 63;
    if (changes != 0) out = put_places(changes, first_col + static_cast<std::int32_t>(at), out);
  }
  if (((out - begin) & 1) != 0) *out++ = first_col + static_cast<std::int32_t>(size);
  return static_cast<std::size_t>(out - begin);
}

HWY_ATTR std::size_t class_changes(const ClassIndex* row, std::size_t size, std::int32_t first_col, std::int32_t* out) {
  std::int32_t* const begin = out;
  for (std::size_t at = 0; at < size; at += 64)
    out = put_places(change_word(row, size, at), first_col + static_cast<std::int32_t>(at), out);
  return static_cast<std::size_t>(out - begin);
}

}  // namespace HWY_NAMESPACE
}  // namespace urbiome
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome {
namespace {
HWY_EXPORT(member_words);
HWY_EXPORT(change_words);
HWY_EXPORT(member_changes);
HWY_EXPORT(class_changes);

constexpr std::size_t kPiece = 4096;  // cells: what one call puts into a buffer on the stack
}  // namespace

void member_bits(std::span<const ClassIndex> row, const ClassSet& member, std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(member_words)(row.data(), row.size(), member, bits.data());
}

void change_bits(std::span<const ClassIndex> row, std::span<std::uint64_t> bits) {
  HWY_DYNAMIC_DISPATCH(change_words)(row.data(), row.size(), bits.data());
}

void append_runs(std::span<const ClassIndex> row, const ClassSet& member, std::int32_t first_col,
                 std::vector<Run>& out) {
  std::array<std::int32_t, kPiece + 66> columns;
  bool open = false;  // the last run may go on in this piece
  for (std::size_t at = 0; at < row.size(); at += kPiece) {
    const std::size_t size = std::min(kPiece, row.size() - at);
    const std::int32_t first = first_col + static_cast<std::int32_t>(at);
    const std::size_t count =
        HWY_DYNAMIC_DISPATCH(member_changes)(row.data() + at, size, member, first, columns.data());
    std::size_t i = 0;
    if (open && count > 0 && columns[0] == first) {
      out.back().end = columns[1];
      i = 2;
    }
    const std::size_t from = out.size();
    out.resize(from + (count - i) / 2);
    for (Run* run = out.data() + from; i < count; i += 2) *run++ = {columns[i], columns[i + 1]};
    open = count > 0 && columns[count - 1] == first + static_cast<std::int32_t>(size);
  }
}

void class_runs(std::span<const ClassIndex> row, std::int32_t first_col, ClassRuns& runs) {
  runs.begins.resize(row.size() + 65);
  const std::size_t count =
      row.empty() ? 0 : HWY_DYNAMIC_DISPATCH(class_changes)(row.data(), row.size(), first_col, runs.begins.data());
  runs.begins.resize(count + 1);
  runs.begins[count] = first_col + static_cast<std::int32_t>(row.size());
  runs.classes.resize(count);
  for (std::size_t i = 0; i < count; ++i) runs.classes[i] = row[static_cast<std::size_t>(runs.begins[i] - first_col)];
}

}  // namespace urbiome
#endif
