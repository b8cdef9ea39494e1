#include "urbiome/kernel/seam.h"

#include <algorithm>

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

Seam::KeptRow Seam::row_of(const BorderRows& rows, std::int64_t i, std::int64_t first_node) {
  const auto begin = static_cast<std::ptrdiff_t>(rows.table.offsets[static_cast<std::size_t>(i)]);
  const auto end = static_cast<std::ptrdiff_t>(rows.table.offsets[static_cast<std::size_t>(i) + 1]);
  KeptRow row;
  row.row = rows.first_row + i;
  row.runs.assign(rows.table.runs.begin() + begin, rows.table.runs.begin() + end);
  row.nodes.assign(rows.open.begin() + begin, rows.open.begin() + end);
  for (std::int64_t& node : row.nodes) node += first_node;
  if (!rows.classes.empty()) row.classes.assign(rows.classes.begin() + begin, rows.classes.begin() + end);
  return row;
}

std::int64_t Seam::root(std::int64_t node) {
  while (of_node_[static_cast<std::size_t>(node)] != node) {
    std::int64_t& above = of_node_[static_cast<std::size_t>(node)];
    above = of_node_[static_cast<std::size_t>(above)];  // halves the path
    node = above;
  }
  return node;
}

void Seam::unite(std::int64_t a, std::int64_t b) {
  std::int64_t root_a = root(a), root_b = root(b);
  if (root_a == root_b) return;
  if (root_b < root_a) std::swap(root_a, root_b);
  of_node_[static_cast<std::size_t>(root_b)] = root_a;
}

void Seam::join(const KeptRow& upper, const KeptRow& lower) {
  const std::int64_t down = lower.row - upper.row;
  if (down < 1 || down > reach_.max_down()) return;
  const std::int32_t across = reach_.half_width(upper.row, static_cast<std::int32_t>(down));
  if (across < 0) return;
  const bool by_class = !upper.classes.empty() && !lower.classes.empty();
  const auto found = [&](std::size_t i, std::size_t j) {
    if (!by_class || upper.classes[i] == lower.classes[j]) unite(upper.nodes[i], lower.nodes[j]);
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
  const std::int64_t first = nodes();
  of_node_.resize(static_cast<std::size_t>(first + band.open));
  for (std::int64_t node = first; node < nodes(); ++node) of_node_[static_cast<std::size_t>(node)] = node;
  first_node_.push_back(nodes());

  if (!kept_.empty()) {
    for (std::int64_t i = 0; i < band.head.table.rows(); ++i) {
      const KeptRow lower = row_of(band.head, i, first);
      for (const KeptRow& upper : kept_) join(upper, lower);
    }
  }
  for (std::int64_t i = 0; i < band.tail.table.rows(); ++i) kept_.push_back(row_of(band.tail, i, first));
  const std::int64_t next = band.tail.first_row + band.tail.table.rows();
  while (!kept_.empty() && kept_.front().row + reach_.max_down() < next) kept_.pop_front();
}

void Seam::finish() {
  count_ = 0;
  for (std::size_t node = 0; node < of_node_.size(); ++node) {
    std::int64_t& entry = of_node_[node];
    // A parent comes before its nodes, so it already has its number.
    entry = entry == static_cast<std::int64_t>(node) ? count_++ : of_node_[static_cast<std::size_t>(entry)];
  }
  kept_.clear();
}

std::int64_t Seam::bytes() const {
  return static_cast<std::int64_t>((first_node_.capacity() + of_node_.capacity()) * sizeof(std::int64_t));
}

}  // namespace urbiome
