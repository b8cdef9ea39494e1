#include "urbiome/kernel/column_ends.h"

#include <algorithm>

namespace urbiome {

ColumnMembers ColumnMembers::none(std::int64_t width, bool with_ids) {
  const auto size = static_cast<std::size_t>(width);
  return {std::vector<std::int32_t>(size, kNone), std::vector<std::int64_t>(with_ids ? size : 0, 0)};
}

bool ColumnMembers::any() const {
  return std::ranges::any_of(rows, [](std::int32_t row) { return row != kNone; });
}

void ColumnMembers::take(const ColumnMembers& others) {
  for (std::size_t col = 0; col < rows.size(); ++col) {
    if (others.rows[col] == kNone) continue;
    rows[col] = others.rows[col];
    if (!ids.empty()) ids[col] = others.ids[col];
  }
}

ColumnEnds ends_of(std::int64_t columns, std::int64_t first_row, std::span<const std::uint8_t> member) {
  const auto width = static_cast<std::size_t>(columns), rows = member.size() / std::max<std::size_t>(width, 1);
  // Columns still to be found, fewer with every row: after a few rows most are.
  std::vector<std::int32_t> open(width);
  const auto found = [&](bool downwards) {
    ColumnMembers ends = ColumnMembers::none(columns, false);
    open.resize(width);
    for (std::size_t col = 0; col < width; ++col) open[col] = static_cast<std::int32_t>(col);
    for (std::size_t i = 0; i < rows && !open.empty(); ++i) {
      const std::size_t row = downwards ? i : rows - 1 - i;
      const std::uint8_t* const cells = member.data() + row * width;
      const auto grid_row = static_cast<std::int32_t>(first_row + static_cast<std::int64_t>(row));
      std::size_t kept = 0;
      for (const std::int32_t col : open) {
        const auto at = static_cast<std::size_t>(col);
        if (cells[at] != 0) ends.rows[at] = grid_row;
        open[kept] = col;
        kept += cells[at] == 0 ? 1 : 0;
      }
      open.resize(kept);
    }
    return ends;
  };
  ColumnEnds ends;
  ends.first = found(true);
  ends.last = found(false);
  return ends;
}

ColumnEnds ends_of(std::int64_t columns, std::int64_t first_row, std::span<const std::int64_t> ids) {
  ColumnEnds ends{ColumnMembers::none(columns, true), ColumnMembers::none(columns, true)};
  const auto width = static_cast<std::size_t>(columns);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == 0) continue;
    const std::size_t col = i % width;
    const auto row = static_cast<std::int32_t>(first_row + static_cast<std::int64_t>(i / width));
    if (ends.first.rows[col] == ColumnMembers::kNone) ends.first.rows[col] = row, ends.first.ids[col] = ids[i];
    ends.last.rows[col] = row;
    ends.last.ids[col] = ids[i];
  }
  return ends;
}

std::vector<ColumnsBeyond> beyond_each(std::span<const ColumnEnds> bands) {
  std::vector<ColumnsBeyond> beyond(bands.size());
  if (bands.empty()) return beyond;
  const ColumnMembers& some = bands.front().first;
  const auto width = static_cast<std::int64_t>(some.rows.size());
  ColumnMembers above = ColumnMembers::none(width, !some.ids.empty()), below = above;
  for (std::size_t band = 0; band < bands.size(); ++band) {
    beyond[band].above = above;
    above.take(bands[band].last);
  }
  for (std::size_t band = bands.size(); band-- > 0;) {
    beyond[band].below = below;
    below.take(bands[band].first);
  }
  return beyond;
}

}  // namespace urbiome
