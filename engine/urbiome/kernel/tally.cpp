#include "urbiome/kernel/tally.h"

#include <algorithm>

#include "urbiome/kernel/class_counts.h"
#include "urbiome/kernel/equal_bytes.h"

namespace urbiome {
namespace {

using Target = ClassTally::Target;

// The cells of a tile, and the counts that all regions take turns to use.
class Tile {
 public:
  Tile(const Window& window, const ClassIndex* cells, const CellAreas& areas, TallyTables& tables)
      : window_(window), cells_(cells), areas_(areas), counts_(tables.counts), band_(tables.band), sums_(tables.sums) {}

  void tally(const Coverage& region, const Target& target) noexcept {
    const std::int64_t first = std::max(window_.row, region.first_row);
    const std::int64_t last = std::min(window_.row_end(), region.row_end());
    const bool known = region.col_begin < region.col_end;
    if (known && (region.col_begin >= window_.col_end() || region.col_end <= window_.col)) return;
    if (areas_.constant_in_row()) {
      for (std::int64_t row = first; row < last; ++row) count_spans(region, row, target);
    } else {
      const std::int64_t step = std::min(areas_.band_rows(), BandTally::kMostRows);
      for (std::int64_t row = first; row < last;) {
        const std::int64_t until = std::min(last, row - row % step + step);
        measure_band(region, row, until, target);
        row = until;
      }
    }
    for (std::int64_t row = first; row < last; ++row) add_partials(region, row, target);
    flush(target);
  }

 private:
  const ClassIndex* row_cells(std::int64_t row) const { return cells_ + (row - window_.row) * window_.cols; }

  // Calls visit(begin, end) for the parts of spans inside the window.
  template <typename Visit>
  void for_spans(const Coverage& region, std::int64_t row, const Visit& visit) noexcept {
    const std::span<const CellSpan> spans = region.spans_of(row);
    auto span =
        std::partition_point(spans.begin(), spans.end(), [&](const CellSpan& s) { return s.end <= window_.col; });
    for (; span != spans.end() && span->begin < window_.col_end(); ++span) {
      visit(std::max<std::int64_t>(span->begin, window_.col), std::min<std::int64_t>(span->end, window_.col_end()));
    }
  }

  // Equal cells in a row: counts that also run on over rows with the same cell area.
  void count_spans(const Coverage& region, std::int64_t row, const Target& target) noexcept {
    const std::int64_t cell_area = areas_.cell(row, 0);
    const ClassIndex* cells = row_cells(row);
    for_spans(region, row, [&](std::int64_t begin, std::int64_t end) {
      if (cell_area != cell_area_ || counted_ >= kMostCounted) flush(target);
      cell_area_ = cell_area;
      counts_.add(cells + (begin - window_.col), static_cast<std::size_t>(end - begin));
      counted_ += end - begin;
    });
  }

  // The widest stretch of columns that the region covers in every row from `row` to `until`; empty where it has none.
  CellSpan shared_columns(const Coverage& region, std::int64_t row, std::int64_t until) noexcept {
    CellSpan shared{static_cast<std::int32_t>(window_.col), static_cast<std::int32_t>(window_.col_end())};
    for (; row < until; ++row) {
      CellSpan widest{0, 0};
      for_spans(region, row, [&](std::int64_t begin, std::int64_t end) {
        const auto from = std::max(shared.begin, static_cast<std::int32_t>(begin));
        const auto to = std::min(shared.end, static_cast<std::int32_t>(end));
        if (to - from > widest.end - widest.begin) widest = {from, to};
      });
      shared = widest;
    }
    return shared;
  }

  // Cells of many sizes in rows of one band: what all rows share at once, the rest run by run.
  void measure_band(const Coverage& region, std::int64_t row, std::int64_t until, const Target& target) noexcept {
    CellSpan shared = shared_columns(region, row, until);
    shared.end -= static_cast<std::int32_t>((shared.end - shared.begin) % BandTally::lanes());
    const bool together = shared.end > shared.begin;
    if (together) {
      const Window part{row, shared.begin, until - row, shared.end - shared.begin};
      band_.add(row_cells(row) + (shared.begin - window_.col), window_.cols, part, areas_, sums_);
      summed_ = true;
      if (part.cols == window_.cols) return;
    }
    for (; row < until; ++row) {
      for_spans(region, row, [&](std::int64_t begin, std::int64_t end) {
        if (!together || end <= shared.begin || begin >= shared.end) return measure(row, begin, end, target);
        measure(row, begin, shared.begin, target);
        measure(row, shared.end, end, target);
      });
    }
  }

  // One look-up of the running area for each change of class.
  void measure(std::int64_t row, std::int64_t begin, std::int64_t end, const Target& target) noexcept {
    if (begin >= end) return;
    if (counted_ >= kMostCounted) flush(target);
    counted_ += end - begin;
    const ClassIndex* cells = row_cells(row);
    CellAreas::Walk walk(areas_, row, begin);
    std::int64_t before = walk.before(begin);
    for (std::int64_t at = begin; at < end;) {
      const ClassIndex* here = cells + (at - window_.col);
      const ClassIndex class_index = *here;
      const auto length = static_cast<std::int64_t>(equal_until(here, 0, static_cast<std::size_t>(end - at)));
      const std::int64_t until = walk.before(at + length);
      if (class_index < target.classes) target.area[class_index] += until - before;
      counts_.add(class_index, static_cast<std::uint32_t>(length));
      before = until;
      at += length;
    }
  }

  void add_partials(const Coverage& region, std::int64_t row, const Target& target) noexcept {
    const std::span<const PartialCell> partials = region.partials_of(row);
    if (partials.empty()) return;
    const ClassIndex* cells = row_cells(row);
    auto cell = std::partition_point(partials.begin(), partials.end(),
                                     [&](const PartialCell& p) { return p.col < window_.col; });
    for (; cell != partials.end() && cell->col < window_.col_end(); ++cell) {
      const ClassIndex class_index = cells[cell->col - window_.col];
      if (class_index >= target.classes) continue;
      target.share[class_index] += cell->share;
      target.area[class_index] += scale_exactly(areas_.cell(row, cell->col), cell->share, kOne);
    }
  }

  // Books the counts: shares always, areas only where cells of the counted rows are equal; and the sums of bands.
  void flush(const Target& target) noexcept {
    const bool equal = areas_.constant_in_row();
    counts_.take([&](ClassIndex c, std::int64_t cells) {
      if (c >= target.classes) return;
      target.share[c] += static_cast<Int128>(cells) * kOne;
      if (equal) target.area[c] += static_cast<Int128>(cells) * cell_area_;
    });
    counted_ = 0;
    if (!summed_) return;
    for (std::size_t c = 0; c < kMaxClasses; ++c) {
      if (sums_.cells[c] == 0) continue;
      if (c < target.classes) {
        target.share[c] += static_cast<Int128>(sums_.cells[c]) * kOne;
        target.area[c] += sums_.area[c];
      }
      sums_.cells[c] = 0;
      sums_.area[c] = 0;
    }
    summed_ = false;
  }

  static constexpr std::int64_t kMostCounted = std::int64_t{1} << 30;  // plus one row still fits 32 bits

  Window window_;
  const ClassIndex* cells_;
  const CellAreas& areas_;
  ClassCounts& counts_;
  BandTally& band_;
  ClassAreaSums& sums_;
  bool summed_ = false;
  std::int64_t cell_area_ = 0, counted_ = 0;
};

}  // namespace

ClassTally::ClassTally(std::size_t regions, std::size_t classes)
    : classes_(classes), area_(regions * classes, 0), share_(regions * classes, 0) {}

void ClassTally::consume(const Window& window, std::span<const ClassIndex> cells, std::span<const Coverage> regions,
                         const CellAreas& areas) noexcept {
  if (window.empty()) return;
  Tile tile(window, cells.data(), areas, tables_);
  for (std::size_t i = 0; i < regions.size(); ++i) tile.tally(regions[i], target(i));
}

void ClassTally::consume(const Window& window, std::span<const ClassIndex> cells,
                         std::span<const Coverage* const> regions, const CellAreas& areas) noexcept {
  if (window.empty()) return;
  Tile tile(window, cells.data(), areas, tables_);
  for (std::size_t i = 0; i < regions.size(); ++i) tile.tally(*regions[i], target(i));
}

void ClassTally::consume(const Window& window, ClassIndex class_index, std::span<const Coverage> regions,
                         const CellAreas& areas) noexcept {
  if (class_index >= classes_) return;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const Coverage& region = regions[i];
    Int128 area = 0, share = 0;
    const std::int64_t last = std::min(window.row_end(), region.row_end());
    for (std::int64_t row = std::max(window.row, region.first_row); row < last; ++row) {
      for (const CellSpan& span : region.spans_of(row)) {
        const std::int64_t begin = std::max<std::int64_t>(span.begin, window.col);
        const std::int64_t end = std::min<std::int64_t>(span.end, window.col_end());
        if (begin >= end) continue;
        area += areas.between(row, begin, end);
        share += static_cast<Int128>(end - begin) * kOne;
      }
      for (const PartialCell& cell : region.partials_of(row)) {
        if (cell.col < window.col || cell.col >= window.col_end()) continue;
        area += scale_exactly(areas.cell(row, cell.col), cell.share, kOne);
        share += cell.share;
      }
    }
    area_[i * classes_ + class_index] += area;
    share_[i * classes_ + class_index] += share;
  }
}

void ClassTally::merge(const ClassTally& other) {
  for (std::size_t i = 0; i < area_.size(); ++i) {
    area_[i] += other.area_[i];
    share_[i] += other.share_[i];
  }
}

}  // namespace urbiome
