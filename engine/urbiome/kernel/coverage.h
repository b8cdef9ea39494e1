// Which cells a polygon covers, and by how much.
//
// Exact coverage follows the signed-area accumulation known from font rasterisers: every edge is clipped to the
// cells it crosses and adds its signed area and height there; a sweep along the row turns both into covered shares.
// Cost is linear in vertices + crossed cells. The result is held as full spans and partial cells per row, so a
// large zone costs memory with its outline, not its area.
//
// The polygon must be valid (vector/overlay.h repairs); orientation is free. Parts outside the grid are clipped.
// The shares of a cell under polygons that tile the plane sum to 1 within 2^-38.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "urbiome/base/exact.h"
#include "urbiome/raster/grid.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

struct CellSpan {
  std::int32_t begin, end;  // columns, end excluded; every cell fully covered
};

struct PartialCell {
  std::int32_t col;
  std::int64_t share;  // 0 < share < kOne, in units of 2^-40
};

// Rows first_row .. first_row + rows() - 1; spans and partial cells of a row are sorted by column and disjoint, and
// spans are maximal.
class Coverage {
 public:
  std::int64_t first_row = 0;
  std::vector<std::uint32_t> span_offsets{0}, partial_offsets{0};  // rows() + 1 entries
  std::vector<CellSpan> spans;
  std::vector<PartialCell> partials;
  // All covered columns lie in col_begin .. col_end - 1; append_row keeps this, whoever edits the vectors must too.
  std::int32_t col_begin = std::numeric_limits<std::int32_t>::max(), col_end = 0;

  std::int64_t rows() const { return static_cast<std::int64_t>(span_offsets.size()) - 1; }
  std::int64_t row_end() const { return first_row + rows(); }
  bool empty() const { return spans.empty() && partials.empty(); }
  std::span<const CellSpan> spans_of(std::int64_t row) const {  // empty outside the rows
    if (row < first_row || row >= row_end()) return {};
    const auto i = static_cast<std::size_t>(row - first_row);
    return {spans.data() + span_offsets[i], span_offsets[i + 1] - span_offsets[i]};
  }
  std::span<const PartialCell> partials_of(std::int64_t row) const {
    if (row < first_row || row >= row_end()) return {};
    const auto i = static_cast<std::size_t>(row - first_row);
    return {partials.data() + partial_offsets[i], partial_offsets[i + 1] - partial_offsets[i]};
  }
  // Appends the next row (for builders): spans and partials sorted by column.
  void append_row(std::span<const CellSpan> row_spans, std::span<const PartialCell> row_partials);
  std::int64_t bytes() const;
};

// The exact covered share of every cell of the grid that the polygon touches.
Coverage cover_exactly(const MultiPolygon& shape, const Grid& grid);

// Cells whose centre lies in the polygon, fully covered. A centre on an edge belongs to exactly one of the two
// polygons that share the edge (left and lower sides in, right and upper sides out).
Coverage cover_centres(const MultiPolygon& shape, const Grid& grid);

// Product of the shares, cell by cell: exact when one of both covers its cells fully.
Coverage product(const Coverage& a, const Coverage& b);

// The whole rectangle of cells, fully covered.
Coverage cover_window(const Window& window);

}  // namespace urbiome
