#include "urbiome/kernel/window_sums.h"

#include <algorithm>

#include "urbiome/kernel/window_steps.h"

namespace urbiome {
namespace {

constexpr std::int64_t kMostInBytes = 255;  // cells that a sum modulo 2^8 can tell apart

}  // namespace

template <class Element, class Total>
WindowSums<Element, Total>::WindowSums(const WindowShapes& shapes, std::int64_t width)
    : shapes_(shapes),
      width_(width),
      // Windows that reach beyond the grid find nothing there: before it the running sum is 0, after it the row's sum.
      padding_(std::min(shapes.most_columns(), width) + 2),
      padded_(width + 2 * padding_ + kMargin) {
  constexpr bool kBytes = sizeof(Element) == 1;
  const std::optional<std::int64_t> side = shapes.only_half_width();
  if (side && (!kBytes || 2 * *side + 1 <= kMostInBytes)) side_ = std::min(*side, padding_ - 1);
}

template <class Element, class Total>
void WindowSums<Element, Total>::reset(std::int64_t first_row, std::int64_t rows) {
  const auto grow = [](std::vector<Element>& table, std::int64_t size) {
    if (table.size() < static_cast<std::size_t>(size)) table.assign(static_cast<std::size_t>(size), 0);
  };
  first_row_ = first_row;
  grow(cells_, (side_ ? 1 : rows) * padded_);
  grow(before_, (side_ ? 1 : rows) * padded_);
  if (side_) grow(windows_, rows * (width_ + kMargin));
  rows_.assign(static_cast<std::size_t>(rows), {});
}

template <class Element, class Total>
std::span<Element> WindowSums<Element, Total>::cells(std::int64_t row) {
  const std::int64_t at = (side_ ? 0 : row - first_row_) * padded_ + padding_;
  return {cells_.data() + at, static_cast<std::size_t>(width_)};
}

template <class Element, class Total>
auto WindowSums<Element, Total>::summed_up(const Element* cells, Element* before, Element* windows,
                                           Content content) const -> Row {
  window_steps::running_sums(cells, static_cast<std::size_t>(width_), before);
  std::fill(before + width_ + 1, before + padded_ - padding_, before[width_]);
  if (!side_) return {cells, before, nullptr, content};
  window_steps::windows_of_row(before, *side_, static_cast<std::size_t>(width_), windows);
  return {nullptr, nullptr, windows, content};
}

template <class Element, class Total>
auto WindowSums<Element, Total>::closed(std::int64_t row, const Element* cells) -> Row {
  const bool none = std::all_of(cells, cells + width_, [](Element cell) { return cell == 0; });
  const auto at = static_cast<std::int64_t>(index_of(row));
  if (side_ && none) return {};
  return summed_up(cells, before_.data() + (side_ ? 0 : at) * padded_ + padding_,
                   windows_.data() + at * (width_ + kMargin), none ? Content::none : Content::mixed);
}

template <class Element, class Total>
void WindowSums<Element, Total>::close_row(std::int64_t row) {
  rows_[index_of(row)] = closed(row, cells(row).data());
}

template <class Element, class Total>
void WindowSums<Element, Total>::close_row(std::int64_t row, std::span<const Element> cells) {
  if (side_) {
    rows_[index_of(row)] = closed(row, cells.data());
  } else {
    std::copy(cells.begin(), cells.end(), this->cells(row).begin());
    close_row(row);
  }
}

template <class Element, class Total>
void WindowSums<Element, Total>::close_full_row(std::int64_t row) {
  if (full_cells_.empty()) {
    full_cells_.assign(static_cast<std::size_t>(padded_), 0);
    full_before_.assign(static_cast<std::size_t>(padded_), 0);
    full_windows_.assign(static_cast<std::size_t>(side_ ? width_ + kMargin : 0), 0);
    std::fill_n(full_cells_.begin() + padding_, width_, Element{1});
    full_row_ =
        summed_up(full_cells_.data() + padding_, full_before_.data() + padding_, full_windows_.data(), Content::full);
  }
  rows_[index_of(row)] = full_row_;
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
void WindowSums<Element, Total>::Cursor::move_to(std::int64_t row, Total* out) {
  const std::span<const Total> totals = move_to(row);
  window_steps::copy_past_caches(totals.data(), totals.size(), out);
  wrote_ = true;
}

template <class Element, class Total>
WindowSums<Element, Total>::Cursor::~Cursor() {
  if (wrote_) window_steps::finish_copies();
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
    // Rows that are as wide as before neither come nor go.
    const std::int64_t kept = std::max(shape_.first_row, next_.first_row);
    const std::int64_t kept_end = std::min(shape_.end_row(), next_.end_row());
    const bool some_kept = sums_.side_ && kept < kept_end;
    change_rows(first, some_kept ? kept : end);
    if (some_kept) change_rows(kept_end, end);
    apply();
  }
  std::swap(shape_, next_);
}

// From the windows of the row above to those of the next one.
template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::change_rows(std::int64_t first, std::int64_t end) {
  for (std::int64_t r = first; r < end; ++r) change_row(r, shape_.half_width(r), next_.half_width(r));
}

// The window's part of the row grows or shrinks from `before` columns to either side to `after`.
template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::change_row(std::int64_t row, std::int32_t before, std::int32_t after) {
  if (before == after || !sums_.holds(row) || sums_.row(row).content == Content::none) return;
  if (sums_.side_) return add_windows(row, after > before);
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

// All that windows have in the row.
template <class Element, class Total>
void WindowSums<Element, Total>::Cursor::add_windows(std::int64_t row, bool in) {
  std::int64_t& count = in ? stretches_.cells_in : stretches_.cells_out;
  const std::int64_t cells = 2 * *sums_.side_ + 1;
  if (sizeof(Element) == 1 && count + cells > kMostInBytes) apply();
  count += cells;
  (in ? stretches_.in_add : stretches_.out_add).push_back(sums_.row(row).windows + first_col_);
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
