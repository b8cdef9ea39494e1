#include "urbiome/kernel/tally.h"

#include <algorithm>
#include <array>

#include "urbiome/kernel/equal_bytes.h"

namespace urbiome {
namespace {

// Cells per class. Four interleaved histograms, so that equal neighbours do not wait for each other's store.
class Histogram {
 public:
  void count(const ClassIndex* cells, std::size_t size) noexcept {
    std::size_t at = 0;
    while (at + 16 <= size) {
      const std::uint64_t word = load_eight(cells + at), next = load_eight(cells + at + 8);
      // Sixteen equal cells are rare or common, and so well predicted; eight would be a coin toss in land cover.
      if (word != next || word != kEveryByte * (word & 0xff)) {
        count_eight(word);
        count_eight(next);
        at += 16;
        continue;
      }
      const std::size_t begin = at;
      at += 16;
      while (at + 8 <= size && load_eight(cells + at) == word) at += 8;
      counts_[0][word & 0xff] += static_cast<std::uint32_t>(at - begin);
    }
    for (; at < size; ++at) ++counts_[at & 3][cells[at]];
  }
  void add(ClassIndex class_index, std::uint32_t cells) noexcept { counts_[0][class_index] += cells; }

  // The cells of a class counted since the last call.
  std::uint32_t take(std::size_t class_index) noexcept {
    std::uint32_t sum = 0;
    for (auto& counts : counts_) {
      sum += counts[class_index];
      counts[class_index] = 0;
    }
    return sum;
  }

 private:
  void count_eight(std::uint64_t word) noexcept {
    // Written out, because compilers keep a loop here at -O2.
    ++counts_[0][word & 0xff];
    ++counts_[1][(word >> 8) & 0xff];
    ++counts_[2][(word >> 16) & 0xff];
    ++counts_[3][(word >> 24) & 0xff];
    ++counts_[0][(word >> 32) & 0xff];
    ++counts_[1][(word >> 40) & 0xff];
    ++counts_[2][(word >> 48) & 0xff];
    ++counts_[3][word >> 56];
  }

  std::array<std::array<std::uint32_t, kMaxClasses>, 4> counts_{};
};

using Target = ClassTally::Target;

// The cells of a tile, and the histogram that all regions take turns to use.
class Tile {
 public:
  Tile(const Window& window, const ClassIndex* cells, const CellAreas& areas)
      : window_(window), cells_(cells), areas_(areas) {}

  void tally(const Coverage& region, const Target& target) noexcept {
    const std::int64_t first = std::max(window_.row, region.first_row);
    const std::int64_t last = std::min(window_.row_end(), region.row_end());
    const bool known = region.col_begin < region.col_end;
    if (known && (region.col_begin >= window_.col_end() || region.col_end <= window_.col)) return;
    for (std::int64_t row = first; row < last; ++row) {
      if (areas_.constant_in_row()) {
        count_spans(region, row, target);
      } else {
        measure_spans(region, row, target);
      }
      add_partials(region, row, target);
    }
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

  // Equal cells in a row: a histogram that also runs on over rows with the same cell area.
  void count_spans(const Coverage& region, std::int64_t row, const Target& target) noexcept {
    const std::int64_t cell_area = areas_.cell(row, 0);
    const ClassIndex* cells = row_cells(row);
    for_spans(region, row, [&](std::int64_t begin, std::int64_t end) {
      if (cell_area != cell_area_ || counted_ >= kMostCounted) flush(target);
      cell_area_ = cell_area;
      histogram_.count(cells + (begin - window_.col), static_cast<std::size_t>(end - begin));
      counted_ += end - begin;
    });
  }

  // Cells of many sizes: one look-up of the running area for each change of class.
  void measure_spans(const Coverage& region, std::int64_t row, const Target& target) noexcept {
    const ClassIndex* cells = row_cells(row);
    for_spans(region, row, [&](std::int64_t begin, std::int64_t end) {
      if (counted_ >= kMostCounted) flush(target);
      counted_ += end - begin;
      CellAreas::Walk walk(areas_, row, begin);
      std::int64_t before = walk.before(begin);
      for (std::int64_t at = begin; at < end;) {
        const ClassIndex* here = cells + (at - window_.col);
        const ClassIndex class_index = *here;
        const auto length = static_cast<std::int64_t>(equal_until(here, 0, static_cast<std::size_t>(end - at)));
        const std::int64_t until = walk.before(at + length);
        if (class_index < target.classes) target.area[class_index] += until - before;
        histogram_.add(class_index, static_cast<std::uint32_t>(length));
        before = until;
        at += length;
      }
    });
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

  // Books the histogram: shares always, areas only where cells of the counted rows are equal.
  void flush(const Target& target) noexcept {
    if (counted_ == 0) return;
    for (std::size_t i = 0; i < target.classes; ++i) {
      const std::int64_t cells = histogram_.take(i);
      if (cells == 0) continue;
      target.share[i] += static_cast<Int128>(cells) * kOne;
      if (areas_.constant_in_row()) target.area[i] += static_cast<Int128>(cells) * cell_area_;
    }
    counted_ = 0;
  }

  static constexpr std::int64_t kMostCounted = std::int64_t{1} << 31;  // plus one row still fits 32 bits

  Window window_;
  const ClassIndex* cells_;
  const CellAreas& areas_;
  Histogram histogram_;
  std::int64_t cell_area_ = 0, counted_ = 0;
};

}  // namespace

ClassTally::ClassTally(std::size_t regions, std::size_t classes)
    : classes_(classes), area_(regions * classes, 0), share_(regions * classes, 0) {}

void ClassTally::consume(const Window& window, std::span<const ClassIndex> cells, std::span<const Coverage> regions,
                         const CellAreas& areas) noexcept {
  if (window.empty()) return;
  Tile tile(window, cells.data(), areas);
  for (std::size_t i = 0; i < regions.size(); ++i) tile.tally(regions[i], target(i));
}

void ClassTally::consume(const Window& window, std::span<const ClassIndex> cells,
                         std::span<const Coverage* const> regions, const CellAreas& areas) noexcept {
  if (window.empty()) return;
  Tile tile(window, cells.data(), areas);
  for (std::size_t i = 0; i < regions.size(); ++i) tile.tally(*regions[i], target(i));
}

void ClassTally::merge(const ClassTally& other) {
  for (std::size_t i = 0; i < area_.size(); ++i) {
    area_[i] += other.area_[i];
    share_[i] += other.share_[i];
  }
}

}  // namespace urbiome
