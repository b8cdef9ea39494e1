#include "urbiome/run/zone_parts.h"

#include <algorithm>
#include <cmath>

#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr std::int64_t kBlockCells = 64;
constexpr double kMostBlocks = 9;  // larger polygons meet the whole zone at once

}  // namespace

Overlap overlap_of(const Coverage& polygon, const Coverage& zone) {
  // Most zones are elsewhere.
  if (polygon.row_end() <= zone.first_row || zone.row_end() <= polygon.first_row || polygon.col_end <= zone.col_begin ||
      zone.col_end <= polygon.col_begin) {
    return Overlap::none;
  }
  bool touched = false, outside = false;
  for (std::int64_t row = polygon.first_row; row < polygon.row_end() && !(touched && outside); ++row) {
    const auto spans = zone.spans_of(row);
    const auto partials = zone.partials_of(row);
    const auto look = [&](std::int32_t begin, std::int32_t end) {
      const auto next = std::upper_bound(spans.begin(), spans.end(), begin,
                                         [](std::int32_t col, const CellSpan& span) { return col < span.end; });
      const bool in_full = next != spans.end() && next->begin <= begin && next->end >= end;
      if (in_full) {
        touched = true;
        return;
      }
      outside = true;
      const bool meets_span = next != spans.end() && next->begin < end;
      const auto partial = std::lower_bound(partials.begin(), partials.end(), begin,
                                            [](const PartialCell& cell, std::int32_t col) { return cell.col < col; });
      touched = touched || meets_span || (partial != partials.end() && partial->col < end);
    };
    for (const CellSpan& span : polygon.spans_of(row)) look(span.begin, span.end);
    for (const PartialCell& cell : polygon.partials_of(row)) look(cell.col, cell.col + 1);
  }
  return !touched ? Overlap::none : outside ? Overlap::partial : Overlap::whole;
}

const MultiPolygon& ZoneParts::block(std::size_t zone, std::int64_t block_row, std::int64_t block_col) {
  const auto place = std::pair{std::pair{zone, block_row}, block_col};
  if (const auto known = blocks_.find(place); known != blocks_.end()) return known->second;
  const Grid& grid = landscape_.grid();
  const auto top = static_cast<double>(block_row * kBlockCells), left = static_cast<double>(block_col * kBlockCells);
  const double high = grid.y_of(top), low = grid.y_of(top + kBlockCells);
  auto band = bands_.find({zone, block_row});
  if (band == bands_.end()) {
    const MultiPolygon& shape = landscape_.zones[zone].shape;
    const Box box = bounds(shape);
    band = bands_.emplace(std::pair{zone, block_row}, clipped(shape, {box.xmin, low, box.xmax, high})).first;
  }
  return blocks_.emplace(place, clipped(band->second, {grid.x_of(left), low, grid.x_of(left + kBlockCells), high}))
      .first->second;
}

Coverage ZoneParts::part(const MultiPolygon& shape, std::size_t zone) {
  return part(shape, bounds(shape), zone, false);
}

Coverage ZoneParts::part(const Box& box, std::size_t zone) { return part(rectangle(box), box, zone, true); }

// How the cells that a rectangle touches lie to the zone.
Overlap ZoneParts::of_cells(const Box& box, std::size_t zone) const {
  const Grid& grid = landscape_.grid();
  const auto first_of = [](double cells) { return static_cast<std::int64_t>(std::floor(cells + 1e-9)); };
  const auto end_of = [](double cells) { return static_cast<std::int64_t>(std::ceil(cells - 1e-9)); };
  const std::int64_t top = first_of(grid.row_of(box.ymax)), bottom = end_of(grid.row_of(box.ymin));
  const std::int64_t left = first_of(grid.col_of(box.xmin)), right = end_of(grid.col_of(box.xmax));
  return overlap_of(cover_window({top, left, bottom - top, right - left}), landscape_.zones[zone].coverage);
}

Coverage ZoneParts::part(const MultiPolygon& shape, const Box& box, std::size_t zone, bool is_box) {
  const Grid& grid = landscape_.grid();
  const auto block_of = [](double cells) { return static_cast<std::int64_t>(std::floor(cells / kBlockCells)); };
  const std::int64_t top = block_of(grid.row_of(box.ymax)), bottom = block_of(grid.row_of(box.ymin));
  const std::int64_t left = block_of(grid.col_of(box.xmin)), right = block_of(grid.col_of(box.xmax));
  if (static_cast<double>(bottom - top + 1) * static_cast<double>(right - left + 1) > kMostBlocks) {
    return cover_exactly(intersection_of(shape, landscape_.zones[zone].shape), grid);
  }
  MultiPolygon common;
  for (std::int64_t row = top; row <= bottom; ++row) {
    for (std::int64_t col = left; col <= right; ++col) {
      if (is_box) {
        const auto r = static_cast<double>(row * kBlockCells), c = static_cast<double>(col * kBlockCells);
        const Box inside{std::max(box.xmin, grid.x_of(c)), std::max(box.ymin, grid.y_of(r + kBlockCells)),
                         std::min(box.xmax, grid.x_of(c + kBlockCells)), std::min(box.ymax, grid.y_of(r))};
        const bool touches = inside.xmin < inside.xmax && inside.ymin < inside.ymax;
        const Overlap overlap = touches ? of_cells(inside, zone) : Overlap::none;
        if (overlap == Overlap::whole) common.polygons.push_back(rectangle(inside).polygons[0]);
        if (overlap != Overlap::partial) continue;
      }
      const MultiPolygon& piece = block(zone, row, col);
      if (piece.empty()) continue;
      MultiPolygon both = intersection_of(shape, piece);
      std::move(both.polygons.begin(), both.polygons.end(), std::back_inserter(common.polygons));
    }
  }
  return cover_exactly(common, grid);
}

}  // namespace urbiome
