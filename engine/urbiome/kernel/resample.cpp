#include "urbiome/kernel/resample.h"

#include <algorithm>
#include <cmath>

#include "urbiome/kernel/grid_edges.h"

namespace urbiome {

// `borders` are the source's in target cells, ascending.
AxisShares::AxisShares(const std::vector<double>& borders, std::int64_t targets) {
  const auto end = static_cast<double>(targets);
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    const double from = borders[i], to = borders[i + 1];
    std::int64_t done = 0;
    const auto add = [&](std::int64_t target, double until) {
      const double part = until >= to ? 1.0 : (until - from) / (to - from);
      const std::int64_t reached = to_fixed(std::clamp(part, 0.0, 1.0));
      if (reached > done) parts_.push_back({target, done, reached - done});
      done = std::max(done, reached);
    };
    if (from < 0) add(-1, 0);
    for (double cell = std::max(std::floor(from), 0.0); cell < std::min(to, end); ++cell) {
      add(static_cast<std::int64_t>(cell), cell + 1);
    }
    if (to > end) add(-1, to);
    offsets_.push_back(parts_.size());
  }
}

AxisShares AxisShares::of_columns(const Grid& source, const Grid& target) {
  std::vector<double> borders;
  for (std::int64_t col = 0; col <= source.width; ++col)
    borders.push_back(grid_edges::in_cells(source.x_of(static_cast<double>(col)), target.x0, target.dx));
  return AxisShares(borders, target.width);
}

AxisShares AxisShares::of_rows(const Grid& source, const Grid& target) {
  std::vector<double> borders;
  for (std::int64_t row = 0; row <= source.height; ++row)
    borders.push_back(grid_edges::in_cells(-source.y_of(static_cast<double>(row)), -target.y0, target.dy));
  return AxisShares(borders, target.height);
}

AxisShares::Range AxisShares::meeting(std::int64_t begin, std::int64_t end) const {
  Range range{0, 0};
  const auto sources = static_cast<std::int64_t>(offsets_.size()) - 1;
  for (std::int64_t source = 0; source < sources; ++source) {
    for (const AxisPart& part : of(source)) {
      if (part.target < begin || part.target >= end) continue;
      if (range.begin == range.end) range.begin = source;
      range.end = source + 1;
    }
  }
  return range;
}

void spread_row(std::span<const std::int64_t> amounts, std::int64_t first_col, std::span<const AxisPart> row_parts,
                const AxisShares& columns, CountRows& rows) {
  for (const AxisPart& row : row_parts) {
    if (row.target < rows.window.row || row.target >= rows.window.row_end()) continue;
    const auto start = static_cast<std::size_t>((row.target - rows.window.row) * rows.window.cols);
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      const std::int64_t amount = amounts[i];
      if (amount == kNoCount) continue;
      std::int64_t placed = amount == 0 ? 0 : running_part(amount, row.before, 0, 0);
      for (const AxisPart& part : columns.of(first_col + static_cast<std::int64_t>(i))) {
        std::int64_t until = 0;
        if (amount != 0) until = running_part(amount, row.before, row.share, part.before + part.share);
        if (part.target >= 0) {
          const std::size_t at = start + static_cast<std::size_t>(part.target);
          rows.amount[at] += until - placed;
          rows.known[at] = 1;
        }
        placed = until;
      }
    }
  }
}

}  // namespace urbiome
