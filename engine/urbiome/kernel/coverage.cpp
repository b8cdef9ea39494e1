#include "urbiome/kernel/coverage.h"

#include <algorithm>
#include <cmath>

#include "urbiome/kernel/coverage_sweep.h"
#include "urbiome/kernel/grid_edges.h"

namespace urbiome {
namespace {

// Adds the piece of an edge that lies in `row`: from column position `ua` to `ub`, `height` units of 2^-40 of a row
// high. Both ends may lie outside the grid: left of it the whole height counts from column 0 on, right of it nothing.
void add_piece(CoverageSweep& sweep, std::int64_t row, double ua, double ub, std::int64_t height, int sign) {
  if (height == 0) return;
  const double left = std::min(ua, ub), right = std::max(ua, ub);
  const auto width = static_cast<double>(sweep.width());
  if (left >= width) return;
  if (right <= 0) return sweep.add(row, 0, sign * height, 0);

  // Height up to the column position x, left < x <= right: by division, which stays within 0..1 for any two doubles.
  const auto height_to = [&](double x) {
    return static_cast<std::int64_t>(static_cast<double>(height) * ((x - left) / (right - left)) + 0.5);
  };
  std::int64_t done = 0;  // height up to the column reached
  double from = left;
  if (left < 0) {
    done = height_to(0);
    sweep.add(row, 0, sign * done, 0);
    from = 0;
  }
  const double to = std::min(right, width);
  auto col = static_cast<std::int64_t>(from);
  const std::int64_t last = std::max(col, static_cast<std::int64_t>(std::ceil(to)) - 1);
  for (; col <= last; ++col) {
    const double cell_left = static_cast<double>(col), next = std::min(to, cell_left + 1);
    const std::int64_t reached = next >= right ? height : height_to(next);
    const std::int64_t cover = reached - done;
    const double mean = 0.5 * ((from - cell_left) + (next - cell_left));
    const auto area = static_cast<std::int64_t>(static_cast<double>(cover) * mean + 0.5);
    sweep.add(row, col, sign * cover, sign * area);
    done = reached;
    from = next;
  }
}

// Heights are differences of vertex and row positions rounded to 2^-40, so those of a closed ring sum to exactly 0.
void add_edge(CoverageSweep& sweep, const GridEdge& edge) {
  const auto height = static_cast<double>(sweep.height());
  if (edge.v1 <= 0 || edge.v0 >= height) return;
  if (std::min(edge.u0, edge.u1) >= static_cast<double>(sweep.width())) return;
  const std::int64_t first = edge.v0 <= 0 ? 0 : static_cast<std::int64_t>(edge.v0);
  const std::int64_t last = static_cast<std::int64_t>(std::ceil(std::min(edge.v1, height))) - 1;
  double v = std::max(edge.v0, 0.0), u = edge.u_at(v);
  for (std::int64_t row = first; row <= last; ++row) {
    const auto top = static_cast<double>(row);
    const double v_next = std::min(edge.v1, top + 1), u_next = edge.u_at(v_next);
    add_piece(sweep, row, u, u_next, to_fixed(v_next - top) - to_fixed(v - top), edge.sign);
    v = v_next;
    u = u_next;
  }
}

// First column whose centre, on the line `v`, lies on the edge or to its right.
double first_centre_right_of(const GridEdge& edge, double v) {
  const double col = std::ceil(edge.u_at(v) - 0.5);
  // u_at rounds: centres next to it are decided by the side of the edge, which is exact on decent coordinates.
  const auto right_of = [&](double c) {
    return (c + 0.5 - edge.u0) * (edge.v1 - edge.v0) >= (edge.u1 - edge.u0) * (v - edge.v0);
  };
  if (right_of(col - 1)) return col - 1;
  return right_of(col) ? col : col + 1;
}

}  // namespace

void Coverage::append_row(std::span<const CellSpan> row_spans, std::span<const PartialCell> row_partials) {
  if (!row_spans.empty()) {
    col_begin = std::min(col_begin, row_spans.front().begin);
    col_end = std::max(col_end, row_spans.back().end);
  }
  if (!row_partials.empty()) {
    col_begin = std::min(col_begin, row_partials.front().col);
    col_end = std::max(col_end, row_partials.back().col + 1);
  }
  spans.insert(spans.end(), row_spans.begin(), row_spans.end());
  partials.insert(partials.end(), row_partials.begin(), row_partials.end());
  span_offsets.push_back(static_cast<std::uint32_t>(spans.size()));
  partial_offsets.push_back(static_cast<std::uint32_t>(partials.size()));
}

std::int64_t Coverage::bytes() const {
  return static_cast<std::int64_t>(spans.capacity() * sizeof(CellSpan) + partials.capacity() * sizeof(PartialCell) +
                                   (span_offsets.capacity() + partial_offsets.capacity()) * sizeof(std::uint32_t));
}

Coverage cover_exactly(const MultiPolygon& shape, const Grid& grid) {
  CoverageSweep sweep(grid);
  if (grid.width > 0) for_each_edge(shape, grid, [&](const GridEdge& edge) { add_edge(sweep, edge); });
  return sweep.finish();
}

Coverage cover_centres(const MultiPolygon& shape, const Grid& grid) {
  CoverageSweep sweep(grid);
  const auto width = static_cast<double>(grid.width), height = static_cast<double>(grid.height);
  for_each_edge(shape, grid, [&](const GridEdge& edge) {
    // Rows with v0 < row + 0.5 <= v1: a lower end on the centre line counts, an upper one does not.
    const double first = std::max(0.0, std::floor(edge.v0 - 0.5) + 1);
    const double last = std::min(height - 1, std::floor(edge.v1 - 0.5));
    for (double row = first; row <= last; ++row) {
      const double col = first_centre_right_of(edge, row + 0.5);
      if (col >= width) continue;
      sweep.add(static_cast<std::int64_t>(row), static_cast<std::int64_t>(std::max(col, 0.0)), edge.sign * kOne, 0);
    }
  });
  return sweep.finish();
}

Coverage product(const Coverage& a, const Coverage& b) {
  // One row as sorted cells: spans and partials of each side are walked together, column by column of change.
  struct Walk {
    std::span<const CellSpan> spans;
    std::span<const PartialCell> partials;
    std::int32_t begin() const {
      const std::int32_t none = std::numeric_limits<std::int32_t>::max();
      return std::min(spans.empty() ? none : spans.front().begin, partials.empty() ? none : partials.front().col);
    }
    bool done() const { return spans.empty() && partials.empty(); }
    bool at_partial() const {
      return spans.empty() || (!partials.empty() && partials.front().col < spans.front().begin);
    }
    std::int32_t end() const { return at_partial() ? partials.front().col + 1 : spans.front().end; }
    std::int64_t share() const { return at_partial() ? partials.front().share : kOne; }
    void pop() {
      if (at_partial()) {
        partials = partials.subspan(1);
      } else {
        spans = spans.subspan(1);
      }
    }
  };

  Coverage result;
  const std::int64_t first = std::max(a.first_row, b.first_row), last = std::min(a.row_end(), b.row_end());
  result.first_row = first < last ? first : 0;
  RowBuilder builder;
  for (std::int64_t row = first; row < last; ++row) {
    Walk one{a.spans_of(row), a.partials_of(row)}, other{b.spans_of(row), b.partials_of(row)};
    while (!one.done() && !other.done()) {
      builder.add(std::max(one.begin(), other.begin()), std::min(one.end(), other.end()),
                  scale_exactly(one.share(), other.share(), kOne));
      (one.end() <= other.end() ? one : other).pop();
    }
    builder.move_to(result);
  }
  return result;
}

Coverage cover_window(const Window& window) {
  Coverage result;
  if (window.empty()) return result;
  result.first_row = window.row;
  const CellSpan span{static_cast<std::int32_t>(window.col), static_cast<std::int32_t>(window.col_end())};
  for (std::int64_t row = 0; row < window.rows; ++row) result.append_row({&span, 1}, {});
  return result;
}

}  // namespace urbiome
