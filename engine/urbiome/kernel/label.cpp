#include "urbiome/kernel/label.h"

#include <algorithm>

#define HWY_WANT_AVX3_DL  // packs bytes in one step
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/label.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "urbiome/kernel/label_classes_inl.h"
#include "urbiome/kernel/label_paint_inl.h"
#include "urbiome/kernel/label_rows.h"
#include "urbiome/kernel/label_rows_inl.h"

#if HWY_ONCE
namespace urbiome {
namespace {
HWY_EXPORT(mark_members);
HWY_EXPORT(mark_classes);
HWY_EXPORT(meet_rows);
HWY_EXPORT(add_member_runs);
HWY_EXPORT(add_class_runs);
HWY_EXPORT(unite_runs);
HWY_EXPORT(spread);

// As the one for 32-bit values; there are longer ones where a raster has more than 2^32 patches.
void spread_long(const std::uint64_t* begins, const std::int64_t* values, std::size_t cells, std::int64_t* out) {
  for (std::size_t at = 0; at < cells; ++at) {
    values += begins[at / 64] >> (at % 64) & 1;
    out[at] = *values;
  }
}

void merge(RunningCounts& sum, const RunningCounts& other) {
  sum.cells += other.cells;
  sum.runs += other.runs;
  sum.shared += other.shared;
  sum.minus_begin = std::max(sum.minus_begin, other.minus_begin);
  sum.col_end = std::max(sum.col_end, other.col_end);
  sum.row_end = std::max(sum.row_end, other.row_end);
}

constexpr std::size_t kSpare = 66;  // what a row of runs may write beyond its end

std::int64_t words_of(std::int64_t cols) { return (cols + 63) / 64; }
}  // namespace

// Masks and meetings of the row at hand, masks of the row above.
struct BandLabeller::Work {
  explicit Work(std::size_t cols) {
    const std::size_t word_count = (cols + 63) / 64 + 1;
    for (auto& row : words) row.assign(word_count, 0);
    for (auto& row : ranks) row.assign(word_count, 0);
    for (auto& row : places) row.assign(cols + kSpare, 0);
  }
  RowMasks masks(std::int64_t row) {
    const auto i = static_cast<std::size_t>(row & 1);
    return {words[2 * i].data(), words[2 * i + 1].data(), ranks[i].data()};
  }
  Meetings meetings() {
    return {words[4].data(),  ranks[2].data(), words[5].data(), places[0].data(), places[1].data(), 0, 0,
            places[2].data(), places[3].data()};
  }

  std::vector<std::uint64_t> words[6];
  std::vector<std::uint32_t> ranks[3];
  std::vector<std::int32_t> places[4];
};

BandLabeller::BandLabeller(const LabelRule& rule, const PatchMeasures& measures, bool keep_runs)
    : rule_(rule), measures_(measures), keep_runs_(keep_runs) {}
BandLabeller::~BandLabeller() = default;

BandLabeller::StoredRow BandLabeller::place_for_row(std::int64_t row, std::size_t cols) {
  const std::size_t slot = row == 0 ? 0 : 1 + static_cast<std::size_t>(row & 1), step = cols + kSpare;
  StoredRow place{slot * step, slot * step + kSlots, 0};
  if (keep_runs_) {
    place.first_label = kSlots + (row > 0 ? stored_.back().first_label + stored_.back().runs : 0);
    labels_.reserve(place.first_label + cols + kAddedAtOnce, place.first_label - kSlots);
  }
  std::uint32_t* labels = labels_.data() + place.first_label;
  labels[kNewSlot] = kNoLabel;
  labels[kOutsideSlot] = kOutside;
  return place;
}

// Of the row above the first (-1) too, where nothing is a member.
RowMasks BandLabeller::masks(std::int64_t row) {
  RowMasks masks = work_->masks(row);
  if (keep_runs_ && row >= 0) (rule_.by_class ? masks.starts : masks.members) = masks_.data() + row * words_of(cols_);
  return masks;
}

const BandLabeller::StoredRow& BandLabeller::stored(std::int64_t row) const {
  return stored_[static_cast<std::size_t>(row)];
}

std::int64_t BandLabeller::label(std::span<const ClassIndex> cells, std::int64_t cols, std::int64_t first_row,
                                 std::int64_t most_labels) {
  const auto size = static_cast<std::size_t>(cols);
  const auto rows = static_cast<std::int64_t>(cells.size() / size);
  if (!work_ || cols_ != cols) {
    work_ = std::make_unique<Work>(size);
    columns_.reserve(3 * (size + kSpare), 0);  // all at once, for rows must not move
    if (!keep_runs_) labels_.reserve(3 * (size + kSpare), 0);
  }
  cols_ = static_cast<std::int32_t>(cols);
  if (keep_runs_) masks_.reserve(static_cast<std::size_t>(rows * words_of(cols)), 0);
  stored_.clear();
  std::ranges::fill(work_->words[2], 0);  // above the first row: the masks of row -1
  std::uint32_t next = kOutside + 1;
  parents_.reserve(1024, 0);
  counts_.reserve(1024, 0);
  lengths_.reserve(1024, 0);
  classes_.reserve(1024, 0);
  std::uint32_t made = 0;  // labels that are their own parents as yet, or have been given
  counts_[kOutside] = RunningCounts{};
  lengths_[kOutside] = PatchLengths{};

  Meetings meetings = work_->meetings();
  std::int64_t row = 0;
  std::int64_t runs = 0;
  for (; row < rows && (row == 0 || next + runs / 8 <= most_labels); ++row) {
    StoredRow place = place_for_row(row, size);
    const ClassIndex* here = cells.data() + row * cols;
    const RowMasks upper = this->masks(row - 1), masks = this->masks(row);
    std::int32_t* columns = columns_.data() + place.first_column;
    place.runs = rule_.by_class
                     ? HWY_DYNAMIC_DISPATCH(mark_classes)(here, row > 0 ? here - cols : nullptr, size, rule_.members,
                                                          rule_.directions == 8, upper, masks, meetings, columns)
                     : HWY_DYNAMIC_DISPATCH(mark_members)(here, size, rule_.members, rule_.directions == 8, upper,
                                                          masks, meetings, columns);
    std::uint32_t* labels = labels_.data() + place.first_label;
    std::uint32_t* upper_labels = row > 0 ? labels_.data() + stored_.back().first_label : labels;
    parents_.reserve(next + place.runs + 1, made);
    for (; made < next + place.runs + 1; ++made) parents_[made] = made;
    counts_.reserve(next + place.runs + 1, next);
    const std::uint32_t known = next;
    const NewRow taken{columns, labels, place.runs, static_cast<std::int32_t>(row)};
    if (rule_.by_class) {
      next = HWY_DYNAMIC_DISPATCH(add_class_runs)(taken, meetings, upper_labels, next, parents_.data(), counts_.data());
      HWY_DYNAMIC_DISPATCH(unite_runs)(meetings, upper, masks, upper_labels, labels, parents_.data());
      classes_.reserve(next, known);
      for (std::uint32_t i = known; i < next; ++i) classes_[i] = here[counts_[i].first_col];
    } else {
      std::fill_n(labels, place.runs, kNoLabel);
      if (row > 0) HWY_DYNAMIC_DISPATCH(meet_rows)(meetings, upper, masks, upper_labels, labels, parents_.data());
      next = HWY_DYNAMIC_DISPATCH(add_member_runs)(taken, meetings, next, parents_.data(), counts_.data());
    }
    runs += static_cast<std::int64_t>(place.runs);
    stored_.push_back(place);
    if (!measures()) continue;
    lengths_.reserve(next, known);
    std::fill(lengths_.data() + known, lengths_.data() + next, PatchLengths{});
    measure_row(row, first_row + row);
  }
  rows_ = row;
  keep_border_classes(cells);
  number_components(next);
  return row;
}

void BandLabeller::keep_border_classes(std::span<const ClassIndex> cells) {
  if (!rule_.by_class) return;
  const auto classes_of = [&](std::int64_t row, std::vector<ClassIndex>& classes) {
    const StoredRow& place = stored(row);
    classes.resize(place.runs);
    const ClassIndex* here = cells.data() + row * cols_;
    for (std::size_t i = 0; i < place.runs; ++i) classes[i] = here[columns_[place.first_column + i]];
  };
  classes_of(0, first_classes_);
  classes_of(rows_ - 1, last_classes_);
}

// Areas and lengths that differ from row to row, or along it.
void BandLabeller::measure_row(std::int64_t row, std::int64_t grid_row) {
  const StoredRow& place = stored(row);
  const std::int32_t* columns = columns_.data() + place.first_column;
  const std::uint32_t* labels = labels_.data() + place.first_label;
  const std::size_t step = rule_.by_class ? 1 : 2;
  if (const CellAreas* areas = measures_.areas) {
    if (areas->constant_in_row()) {
      const std::int64_t cell = areas->cell(grid_row, 0);
      for (std::size_t i = 0; i < place.runs; ++i)
        lengths_[labels[i]].area += static_cast<Int128>(columns[step * i + 1] - columns[step * i]) * cell;
    } else {
      CellAreas::Walk walk(*areas, grid_row, 0);
      for (std::size_t i = 0; i < place.runs; ++i) {
        const std::int64_t before = walk.before(columns[step * i]);
        lengths_[labels[i]].area += walk.before(columns[step * i + 1]) - before;
      }
    }
  }
  if (measures_.sides == nullptr) return;
  const auto at = static_cast<std::size_t>(grid_row);
  const SideLengths& sides = *measures_.sides;
  const std::int64_t both = sides.across[at] + sides.across[at + 1], ends = 2 * sides.down[at];
  const Meetings meetings = work_->meetings();
  std::int64_t same = 0;
  for (std::size_t i = 0; i < place.runs; ++i) {
    const std::int64_t begin = columns[step * i], end = columns[step * i + 1];
    const auto word = static_cast<std::size_t>(end / 64);
    const std::int64_t until =
        meetings.same_before[word] + std::popcount(meetings.same[word] & ((std::uint64_t{1} << (end % 64)) - 1));
    lengths_[labels[i]].sides += (end - begin) * both + ends - 2 * (until - same) * sides.across[at];
    same = until;
  }
}

// Labels become components in place: a root is the smallest label of its tree, so it comes first.
void BandLabeller::number_components(std::uint32_t labels) {
  std::uint32_t count = 0;
  const bool measured = measures();
  for (std::uint32_t label = kOutside + 1; label < labels; ++label) {
    const std::uint32_t parent = parents_[label];
    if (parent == label) {
      counts_[count] = counts_[label];
      if (measured) lengths_[count] = lengths_[label];
      if (rule_.by_class) classes_[count] = classes_[label];
      parents_[label] = count++;
      continue;
    }
    const std::uint32_t component = parents_[label] = parents_[parent];
    merge(counts_[component], counts_[label]);
    if (!measured) continue;
    lengths_[component].area += lengths_[label].area;
    lengths_[component].sides += lengths_[label].sides;
  }
  parents_[kOutside] = kNoLabel;
  count_ = count;
  labels_given_ = labels;
}

std::unique_ptr<BandLabeller> BandLabeller::finished_copy() const {
  auto copy = std::make_unique<BandLabeller>(rule_, measures_, keep_runs_);
  const StoredRow& last = stored_.back();
  const auto components = static_cast<std::size_t>(count_);
  const std::size_t used = rule_.by_class ? last.runs + 1 : 2 * last.runs;
  copy->columns_.assign(columns_, last.first_column + used);
  copy->masks_.assign(masks_, static_cast<std::size_t>(rows_ * words_of(cols_)));
  copy->labels_.assign(labels_, last.first_label + last.runs);
  copy->parents_.assign(parents_, labels_given_);
  copy->counts_.assign(counts_, components);
  if (measures()) copy->lengths_.assign(lengths_, components);
  if (rule_.by_class) copy->classes_.assign(classes_, components);
  copy->stored_ = stored_;
  copy->first_classes_ = first_classes_;
  copy->last_classes_ = last_classes_;
  copy->count_ = count_;
  copy->rows_ = rows_;
  copy->cols_ = cols_;
  return copy;
}

void BandLabeller::copy_border_row(std::int64_t row, std::vector<std::int32_t>& open_of, BorderRows& out) const {
  const StoredRow& place = stored(row);
  const std::int32_t* columns = columns_.data() + place.first_column;
  const std::size_t step = rule_.by_class ? 1 : 2;
  const std::vector<ClassIndex>& classes = row == 0 ? first_classes_ : last_classes_;
  for (std::size_t i = 0; i < place.runs; ++i) {
    const std::uint32_t component = parents_[labels_[place.first_label + i]];
    if (component == kNoLabel) continue;
    out.table.runs.push_back({columns[step * i], columns[step * i + 1]});
    out.open.push_back(static_cast<std::int32_t>(component));
    if (rule_.by_class) out.classes.push_back(classes[i]);
    open_of[component] = 0;
  }
  out.table.offsets.push_back(out.table.runs.size());
}

BandBorder BandLabeller::border(std::int64_t first_row, BandSides sides) const {
  BandBorder border;
  border.head.first_row = first_row;
  border.tail.first_row = first_row + rows_ - 1;
  border.open_of.assign(static_cast<std::size_t>(count_), -1);
  if (sides.above) copy_border_row(0, border.open_of, border.head);
  if (sides.below) copy_border_row(rows_ - 1, border.open_of, border.tail);
  std::int32_t open = 0;
  for (std::int32_t& entry : border.open_of) {
    if (entry == 0) entry = open++;
  }
  border.open = open;
  for (BorderRows* side : {&border.head, &border.tail}) {
    for (std::int32_t& entry : side->open) entry = border.open_of[static_cast<std::size_t>(entry)];
  }
  return border;
}

// In the cells of a row stretches follow each other: runs, or (of one role) runs and what lies between them.
template <class Id>
void BandLabeller::paint(std::int64_t row, std::span<const Id> ids, Id none, std::span<Id> out) const {
  constexpr std::size_t kWords = 16;  // at once
  const auto cols = static_cast<std::size_t>(cols_), words = static_cast<std::size_t>(words_of(cols_));
  const std::uint64_t* masks = masks_.data() + static_cast<std::size_t>(row) * words;
  const std::uint32_t* label = labels_.data() + stored(row).first_label;
  const auto next_id = [&] {
    const std::uint32_t component = parents_[*label++];
    return component == kNoLabel ? none : ids[component];
  };
  std::uint64_t begins[kWords], carry = 0;
  Id values[64 * kWords + 9];
  values[0] = none;
  bool inside = false;
  for (std::size_t word = 0; word < words; word += kWords) {
    const std::size_t count = std::min(kWords, words - word);
    std::size_t stretches = 0;
    for (std::size_t w = 0; w < count; ++w) {
      const std::uint64_t mask = masks[word + w];
      begins[w] = rule_.by_class ? mask : mask ^ (mask << 1 | carry);
      carry = mask >> 63;
      stretches += static_cast<std::size_t>(std::popcount(begins[w]));
    }
    if (rule_.by_class) {
      for (std::size_t i = 1; i <= stretches; ++i) values[i] = next_id();
    } else {
      std::fill_n(values + 1, stretches, none);
      for (std::size_t i = inside ? 2 : 1; i <= stretches; i += 2) values[i] = next_id();
      inside = inside != (stretches % 2 == 1);
    }
    const std::size_t at = 64 * word, cells = std::min(64 * count, cols - at);
    if constexpr (sizeof(Id) == 4)
      HWY_DYNAMIC_DISPATCH(spread)(begins, values, cells, out.data() + at);
    else
      spread_long(begins, values, cells, out.data() + at);
    values[0] = values[stretches];
  }
}
template void BandLabeller::paint(std::int64_t, std::span<const std::uint32_t>, std::uint32_t,
                                  std::span<std::uint32_t>) const;
template void BandLabeller::paint(std::int64_t, std::span<const std::int64_t>, std::int64_t,
                                  std::span<std::int64_t>) const;

std::int64_t BandLabeller::mask_bytes_per_row(std::int64_t cols) {
  return words_of(cols) * static_cast<std::int64_t>(sizeof(std::uint64_t));
}

std::int64_t BandLabeller::bytes() const {
  return static_cast<std::int64_t>(columns_.bytes() + masks_.bytes() + labels_.bytes() + parents_.bytes() +
                                   counts_.bytes() + lengths_.bytes() + classes_.bytes());
}

}  // namespace urbiome
#endif
