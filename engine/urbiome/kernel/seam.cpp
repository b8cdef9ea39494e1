#include "urbiome/kernel/seam.h"

#include <algorithm>
#include <numeric>

#include "urbiome/kernel/row_links.h"

namespace urbiome {
namespace {

// Rows begin .. end - 1 of a table; marks their components as open.
void copy_rows(const RunTable& table, std::span<const std::int32_t> of_run, std::span<const ClassIndex> classes,
               std::int64_t begin, std::int64_t end, std::int64_t first_row, BorderRows& out) {
  out.first_row = first_row + begin;
  for (std::int64_t row = begin; row < end; ++row) out.table.append_row(table.of_row(row));
  if (begin >= end) return;
  const auto from = static_cast<std::ptrdiff_t>(table.offsets[static_cast<std::size_t>(begin)]);
  const auto to = static_cast<std::ptrdiff_t>(table.offsets[static_cast<std::size_t>(end)]);
  out.open.assign(of_run.begin() + from, of_run.begin() + to);
  if (!classes.empty()) out.classes.assign(classes.begin() + from, classes.begin() + to);
}

}  // namespace

BandBorder border_of(const RunTable& table, std::span<const std::int32_t> of_run, std::int64_t components,
                     std::int64_t first_row, const Reach& reach, BandSides sides, std::span<const ClassIndex> classes) {
  BandBorder border;
  const std::int64_t rows = table.rows(), reached = std::min<std::int64_t>(reach.max_down(), rows);
  if (sides.above) copy_rows(table, of_run, classes, 0, reached, first_row, border.head);
  if (sides.below) copy_rows(table, of_run, classes, rows - reached, rows, first_row, border.tail);

  border.open_of.assign(static_cast<std::size_t>(components), -1);
  for (const BorderRows* side : {&border.head, &border.tail}) {
    for (const std::int32_t component : side->open) border.open_of[static_cast<std::size_t>(component)] = 0;
  }
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

Seam::KeptRow Seam::row_of(const BorderRows& rows, std::int64_t i) const {
  const auto begin = static_cast<std::ptrdiff_t>(rows.table.offsets[static_cast<std::size_t>(i)]);
  const auto end = static_cast<std::ptrdiff_t>(rows.table.offsets[static_cast<std::size_t>(i) + 1]);
  KeptRow row;
  row.row = rows.first_row + i;
  row.runs.assign(rows.table.runs.begin() + begin, rows.table.runs.begin() + end);
  row.parts.assign(rows.open.begin() + begin, rows.open.begin() + end);
  for (std::uint32_t& part : row.parts) part += static_cast<std::uint32_t>(above_);
  if (!rows.classes.empty()) row.classes.assign(rows.classes.begin() + begin, rows.classes.begin() + end);
  return row;
}

std::uint32_t Seam::root(std::uint32_t part) {
  while (of_part_[part] != part) {
    of_part_[part] = of_part_[of_part_[part]];  // halves the path
    part = of_part_[part];
  }
  return part;
}

void Seam::unite(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t root_a = root(a), root_b = root(b);
  of_part_[std::max(root_a, root_b)] = std::min(root_a, root_b);
}

void Seam::join(const KeptRow& upper, const KeptRow& lower) {
  const std::int64_t down = lower.row - upper.row;
  if (down < 1 || down > reach_.max_down()) return;
  const std::int32_t across = reach_.half_width(upper.row, static_cast<std::int32_t>(down));
  if (across < 0) return;
  const bool by_class = !upper.classes.empty() && !lower.classes.empty();
  const auto found = [&](std::size_t i, std::size_t j) {
    if (!by_class || upper.classes[i] == lower.classes[j]) unite(upper.parts[i], lower.parts[j]);
  };
  const bool promised =
      !by_class && across <= reach_.half_width(upper.row, 0) && across <= reach_.half_width(lower.row, 0);
  if (promised) {
    link_merging(upper.runs, lower.runs, across, found);
  } else {
    link_all(upper.runs, lower.runs, across, found);
  }
}

void Seam::add(const BandBorder& band) {
  above_ = next_above_;
  of_part_.resize(static_cast<std::size_t>(above_ + band.open));
  std::iota(of_part_.begin(), of_part_.end(), 0U);
  if (!kept_.empty()) {
    for (std::int64_t i = 0; i < band.head.table.rows(); ++i) {
      const KeptRow lower = row_of(band.head, i);
      for (const KeptRow& upper : kept_) join(upper, lower);
    }
  }
  for (std::int64_t i = 0; i < band.tail.table.rows(); ++i) kept_.push_back(row_of(band.tail, i));
  const std::int64_t next = band.tail.first_row + band.tail.table.rows();
  while (!kept_.empty() && kept_.front().row + reach_.max_down() < next) kept_.pop_front();
  number();
}

// Components get their numbers, and the kept rows the parts of the next band.
void Seam::number() {
  std::uint32_t count = 0;
  for (std::size_t part = 0; part < of_part_.size(); ++part) {
    // A parent comes before its parts, so it already has its number.
    of_part_[part] = of_part_[part] == part ? count++ : of_part_[of_part_[part]];
  }
  goes_on_.assign(count, 0);
  for (KeptRow& row : kept_) {
    for (std::uint32_t& part : row.parts) goes_on_[part = of_part_[part]] = 1;
  }
  std::vector<std::uint32_t> next(count);
  next_above_ = 0;
  for (std::uint32_t component = 0; component < count; ++component) {
    next[component] = static_cast<std::uint32_t>(next_above_);
    next_above_ += goes_on_[component];
  }
  for (KeptRow& row : kept_) {
    for (std::uint32_t& part : row.parts) part = next[part];
  }
}

std::int64_t Seam::bytes() const {
  std::size_t bytes = of_part_.capacity() * sizeof(std::uint32_t) + goes_on_.capacity();
  for (const KeptRow& row : kept_)
    bytes += row.runs.size() * (sizeof(Run) + sizeof(std::uint32_t)) + row.classes.size() * sizeof(ClassIndex);
  return static_cast<std::int64_t>(bytes);
}

}  // namespace urbiome
