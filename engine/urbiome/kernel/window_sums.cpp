#include "urbiome/kernel/window_sums.h"

#include <algorithm>

#include "urbiome/kernel/window_steps.h"

namespace urbiome {
namespace {

constexpr std::int64_t kMostInBytes = 255;  // cells that a sum modulo 2^8 can tell apart

}  // namespace

// Windows that reach beyond the grid find nothing there: before it the running sum is 0, after it the row's sum.
template <class Element, class Total>
std::int64_t WindowSums<Element, Total>::padding(const WindowShapes& shapes, std::int64_t width) {
  return std::min(shapes.most_columns(), width) + 2;
}

template <class Element, class Total>
WindowSums<Element, Total>::WindowSums(const WindowShapes& shapes, std::int64_t width, std::int64_t height)
    : shapes_(shapes),
      width_(width),
      height_(height),
      padding_(padding(shapes, width)),
      padded_(padded_width(shapes, width)) {}

template <class Element, class Total>
void WindowSums<Element, Total>::reset(std::int64_t first_row, std::int64_t rows) {
  first_row_ = first_row;
  const auto size = static_cast<std::size_t>(rows * padded_);
  if (cells_.size() < size) {
    cells_.assign(size, 0);
    before_.assign(size, 0);
  }
  rows_.clear();
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t at = i * padded_ + padding_;
    rows_.push_back({cells_.data() + at, before_.data() + at, Content::mixed});
  }
}

template <class Element, class Total>
std::span<Element> WindowSums<Element, Total>::cells(std::int64_t row) {
  const std::int64_t at = (row - first_row_) * padded_ + padding_;
  return {cells_.data() + at, static_cast<std::size_t>(width_)};
}

template <class Element, class Total>
void WindowSums<Element, Total>::sum_up(const Element* cells, Element* before) const {
  window_steps::running_sums(cells, static_cast<std::size_t>(width_), before);
  std::fill(before + width_ + 1, before + padded_ - padding_, before[width_]);
}

template <class Element, class Total>
void WindowSums<Element, Total>::close_row(std::int64_t row) {
  const std::int64_t at = (row - first_row_) * padded_ + padding_;
  sum_up(cells_.data() + at, before_.data() + at);
  const std::span<const Element> in_row = cells(row);
  const bool none = std::all_of(in_row.begin(), in_row.end(), [](Element cell) { return cell == 0; });
  rows_[static_cast<std::size_t>(row - first_row_)] = {cells_.data() + at, before_.data() + at,
                                                       none ? Content::none : Content::mixed};
}

template <class Element, class Total>
void WindowSums<Element, Total>::close_full_row(std::int64_t row) {
  if (full_cells_.empty()) {
    full_cells_.assign(static_cast<std::size_t>(padded_), 0);
    full_before_.assign(static_cast<std::size_t>(padded_), 0);
    std::fill_n(full_cells_.begin() + padding_, width_, Element{1});
    sum_up(full_cells_.data() + padding_, full_before_.data() + padding_);
  }
  rows_[static_cast<std::size_t>(row - first_row_)] = {full_cells_.data() + padding_, full_before_.data() + padding_,
                                                       Content::full};
}

template <class Element, class Total>
WindowSums<Element, Total>::Cursor::Cursor(const WindowSums& sums, std::int64_t first_col)
    : sums_(sums),
      first_col_(first_col),
      count_(std::min(kStrip, sums.width_ - first_col)),
      totals_(static_cast<std::size_t>(count_) + window_steps::kStep, 0) {}

template <class Element, class Total>
std::span<const Total> WindowSums<Element, Total>::Cursor::move_to(std::int64_t row) {
  if (started_ && row == row_ + 1) {
    step_to(row);
  } else if (!started_ || row != row_) {
    started_ = true;
    std::fill(totals_.begin(), totals_.end(), Total{0});
    sums_.shapes_.at(row, shape_);
    for (std::int64_t r = shape_.first_row; r < shape_.end_row(); ++r) change_row(r, -1, shape_.half_width(r));
    apply();
  }
  row_ = row;
  return {totals_.data(), static_cast<std::size_t>(count_)};
}

template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::step_to(std::int64_t row) {
  sums_.shapes_.at(row, next_);
  const std::int64_t first = std::min(shape_.first_row, next_.first_row);
  const std::int64_t end = std::max(shape_.end_row(), next_.end_row());
  // A window that moves down over full rows neither wins nor loses.
  const bool may_stay = shape_.half_widths == next_.half_widths && first + 1 == next_.first_row;
  bool stays = may_stay;
  for (std::int64_t r = first; stays && r < end; ++r) {
    stays = sums_.holds(r) && sums_.row(r).content == Content::full;
  }
  if (!stays) {
    for (std::int64_t r = first; r < end; ++r) change_row(r, shape_.half_width(r), next_.half_width(r));
    apply();
  }
  std::swap(shape_, next_);
}

// The window's part of the row grows or shrinks from `before` columns to either side to `after`.
template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::change_row(std::int64_t row, std::int32_t before, std::int32_t after) {
  if (before == after || !sums_.holds(row) || sums_.row(row).content == Content::none) return;
  const std::int64_t most = sums_.padding_ - 1;  // farther out there is nothing on either side
  const std::int64_t from = std::min<std::int64_t>(std::min(before, after), most);
  const std::int64_t to = std::min<std::int64_t>(std::max(before, after), most);
  if (from == to) return;
  const bool in = after > before;
  if (from < 0) {
    add_stretch(row, -to, to, in);
  } else {
    add_stretch(row, -to, -from - 1, in);
    add_stretch(row, from + 1, to, in);
  }
}

// Columns `from` to `to` as seen from the window's own, both ends included.
template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::add_stretch(std::int64_t row, std::int64_t from, std::int64_t to, bool in) {
  constexpr bool kBytes = sizeof(Element) == 1;
  const Row& cells = sums_.row(row);
  for (std::int64_t begin = from; begin <= to;) {
    const std::int64_t end = kBytes ? std::min(to, begin + kMostInBytes - 1) : to;
    std::int64_t& count = in ? stretches_.cells_in : stretches_.cells_out;
    if (kBytes && count + end - begin + 1 > kMostInBytes) apply();
    count += end - begin + 1;
    auto& add = in ? stretches_.in_add : stretches_.out_add;
    if (begin == end) {
      add.push_back(cells.cells + first_col_ + begin);
    } else {
      add.push_back(cells.before + first_col_ + end + 1);
      (in ? stretches_.in_subtract : stretches_.out_subtract).push_back(cells.before + first_col_ + begin);
    }
    begin = end + 1;
  }
}

template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::Stretches::clear() {
  for (auto* list : {&in_add, &in_subtract, &out_add, &out_subtract}) list->clear();
  cells_in = cells_out = 0;
}

template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::apply() {
  if (stretches_.cells_in == 0 && stretches_.cells_out == 0) return;
  window_steps::change_totals({stretches_.in_add, stretches_.in_subtract, stretches_.out_add, stretches_.out_subtract},
                              static_cast<std::size_t>(count_), totals_.data());
  stretches_.clear();
}

template class WindowSums<std::uint8_t, std::uint16_t>;
template class WindowSums<std::uint8_t, std::uint32_t>;
template class WindowSums<std::int64_t, std::int64_t>;

}  // namespace urbiome
