#include "urbiome/facts/morphology_map.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "urbiome/kernel/window_sums.h"

namespace urbiome {
namespace {

// A stretch of rows: 1 member, 0 none, kNodata unknown.
struct Rows {
  std::int64_t first = 0, count = 0;
  std::vector<std::uint8_t> cells;
};

// One thread's workspace.
class Disc {
 public:
  Disc(const WindowShapes& shapes, const Grid& grid)
      : reach_(shapes.most_rows()), grid_(grid), sums_(shapes, grid.width) {}

  // Dilates (or erodes) `rows`, of which the result has `first` to `end`; in between must lie the disc's reach.
  Rows apply(bool dilate, const Rows& rows, std::int64_t first, std::int64_t end) {
    const std::int64_t from = std::max(rows.first, first - reach_);
    const std::int64_t to = std::min(rows.first + rows.count, end + reach_);
    sums_.reset(from, to - from);
    const std::uint8_t counted = dilate ? 1 : 0;  // members spread, and what is known to be none eats away
    for (std::int64_t row = from; row < to; ++row) {
      const std::uint8_t* const cells = rows.cells.data() + (row - rows.first) * grid_.width;
      const std::span<std::uint8_t> marks = sums_.cells(row);
      for (std::size_t col = 0; col < marks.size(); ++col) marks[col] = cells[col] == counted ? 1 : 0;
      sums_.close_row(row);
    }
    Rows result{first, end - first, std::vector<std::uint8_t>(static_cast<std::size_t>((end - first) * grid_.width))};
    for (std::int64_t col = 0; col < grid_.width; col += WideMarkSums::kStrip) {
      WideMarkSums::Cursor cursor(sums_, col);
      for (std::int64_t row = first; row < end; ++row) {
        const std::span<const std::uint32_t> counts = cursor.move_to(row);
        const std::uint8_t* const cells = rows.cells.data() + (row - rows.first) * grid_.width + col;
        std::uint8_t* const out = result.cells.data() + (row - first) * grid_.width + col;
        for (std::size_t i = 0; i < counts.size(); ++i) {
          const bool in = (counts[i] > 0) == dilate;
          out[i] = cells[i] == MorphologyMap::kNodata ? cells[i] : static_cast<std::uint8_t>(in ? 1 : 0);
        }
      }
    }
    return result;
  }

 private:
  std::int64_t reach_;
  Grid grid_;
  WideMarkSums sums_;
};

// What each class is to the operation.
std::array<std::uint8_t, kMaxClasses> states(const TileSource& source, const ClassSet& member) {
  std::array<std::uint8_t, kMaxClasses> state{};
  state.fill(MorphologyMap::kNodata);
  for (std::size_t i = 0; i < source.classes().size(); ++i) {
    if (source.classes()[i].missing == Missing::no) state[i] = member[i] ? 1 : 0;
  }
  return state;
}

}  // namespace

MorphologyMap::MorphologyMap(const TileSource& source, WindowShapes disc, const ClassSet& member,
                             MorphologyOperation operation, const Executor& executor)
    : source_(source), disc_(std::move(disc)), member_(member), operation_(operation) {
  const bool two = operation == MorphologyOperation::open || operation == MorphologyOperation::close;
  const std::int64_t halo = std::min((two ? 2 : 1) * disc_.most_rows(), source.grid().height);
  bands_ = bands_of(source, whole(source.grid()), halo, kBytesPerCell, executor);
}

void MorphologyMap::measure(Executor& executor, const RowsSink<std::uint8_t>& sink) const {
  const Grid& grid = source_.grid();
  const auto state = states(source_, member_);
  const bool dilate_first = operation_ == MorphologyOperation::dilate || operation_ == MorphologyOperation::close;
  const bool two = operation_ == MorphologyOperation::open || operation_ == MorphologyOperation::close;
  std::vector<std::unique_ptr<Disc>> seats(static_cast<std::size_t>(executor.threads()));
  const auto make = [&](int slot, const Band& band, std::span<const ClassIndex> cells) {
    auto& seat = seats[static_cast<std::size_t>(slot)];
    if (!seat) seat = std::make_unique<Disc>(disc_, grid);
    Rows rows{band.read.row, band.read.rows, std::vector<std::uint8_t>(cells.size())};
    std::transform(cells.begin(), cells.end(), rows.cells.begin(), [&](ClassIndex cell) { return state[cell]; });
    if (two) {
      const std::int64_t first = std::max<std::int64_t>(0, band.core.row - disc_.most_rows());
      const std::int64_t end = std::min(grid.height, band.core.row_end() + disc_.most_rows());
      rows = seat->apply(dilate_first, rows, first, end);
    }
    return seat->apply(two != dilate_first, rows, band.core.row, band.core.row_end());
  };
  executor.bands_in_order(source_, bands_, "morphology", make,
                          [&](const Band& band, const Rows& result) { sink(band.core.row, result.cells); });
}

}  // namespace urbiome
