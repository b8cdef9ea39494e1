#include "urbiome/facts/window_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "urbiome/exec/spare_buffers.h"
#include "urbiome/kernel/member_bytes.h"
#include "urbiome/kernel/window_statistics.h"
#include "urbiome/kernel/window_sums.h"

namespace urbiome {
namespace {

// The largest number of cells that any window can have on this grid.
std::int64_t most_cells(const WindowShapes& shapes, const Grid& grid) {
  return std::min(shapes.most_cells(), grid.cells());
}

// Classes of which something is known.
ClassSet known_classes(const TileSource& source) {
  ClassSet known{};
  for (std::size_t i = 0; i < source.classes().size(); ++i) known[i] = source.classes()[i].missing == Missing::no;
  return known;
}

// Marks of the cells of a band and its margin.
template <class Sums>
void set_marks(Sums& sums, const Band& band, std::span<const ClassIndex> cells, const ClassSet& member) {
  const auto width = static_cast<std::size_t>(band.read.cols);
  sums.reset(band.read.row, band.read.rows);
  for (std::int64_t row = band.read.row; row < band.read.row_end(); ++row) {
    const auto at = static_cast<std::size_t>(row - band.read.row) * width;
    const std::span<std::uint8_t> marks = sums.cells(row);
    mark_members(cells.subspan(at, width), member, marks);
    const bool full = std::find(marks.begin(), marks.end(), std::uint8_t{0}) == marks.end();
    full ? sums.close_full_row(row) : sums.close_row(row);
  }
}

// Calls body(place in the band, counts) for every row of every strip of the band.
template <class Sums, class Body>
void for_each_strip(const Sums& sums, const Band& band, const Body& body) {
  for (std::int64_t col = 0; col < band.core.cols; col += Sums::kStrip) {
    typename Sums::Cursor cursor(sums, col);
    for (std::int64_t row = band.core.row; row < band.core.row_end(); ++row) {
      body(static_cast<std::size_t>((row - band.core.row) * band.core.cols + col), cursor.move_to(row));
    }
  }
}

// Sums are made once per thread and kept.
template <class Sums>
struct Seat {
  Seat(const WindowShapes& shapes, const Grid& grid) : first(shapes, grid.width), second(shapes, grid.width) {}
  Sums first, second;
};

template <class Sums>
void shares_of(Seat<Sums>& seat, const Band& band, std::span<const ClassIndex> cells, const ClassSet& member,
               const ClassSet& known, bool share, std::span<double> out) {
  set_marks(seat.first, band, cells, member);
  set_marks(seat.second, band, cells, known);
  for (std::int64_t col = 0; col < band.core.cols; col += Sums::kStrip) {
    typename Sums::Cursor members(seat.first, col), all(seat.second, col);
    for (std::int64_t row = band.core.row; row < band.core.row_end(); ++row) {
      const auto counts = members.move_to(row), total = all.move_to(row);
      const auto at = static_cast<std::size_t>((row - band.core.row) * band.core.cols + col);
      const std::span<double> result(out.data() + at, counts.size());
      if (share) {
        shares(counts, total, result);
        continue;
      }
      for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = total[i] > 0 ? static_cast<double>(counts[i]) : std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
}

// Known classes by code, so that ties go to the smaller one.
std::vector<std::size_t> by_code(const TileSource& source) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < source.classes().size(); ++i) {
    if (source.classes()[i].missing == Missing::no) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return source.classes()[a].first < source.classes()[b].first; });
  return order;
}

template <class Statistic>
void class_by_class(Seat<WideMarkSums>& seat, const Band& band, std::span<const ClassIndex> cells,
                    const TileSource& source, Statistic statistic) {
  ClassSet present{};
  for (const ClassIndex cell : cells) present[cell] = true;
  for (const std::size_t i : by_code(source)) {
    if (!present[i]) continue;
    ClassSet one{};
    one[i] = true;
    set_marks(seat.first, band, cells, one);
    for_each_strip(seat.first, band, [&](std::size_t at, std::span<const std::uint32_t> counts) {
      statistic(static_cast<double>(source.classes()[i].first), at, counts);
    });
  }
}

}  // namespace

ClassWindows::ClassWindows(const TileSource& source, WindowShapes shapes, const ClassSet& member,
                           ClassStatistic statistic, const Executor& executor)
    : source_(source), shapes_(std::move(shapes)), member_(member), statistic_(statistic) {
  const ClassSet known = known_classes(source);
  for (std::size_t i = 0; i < member_.size(); ++i) member_[i] = member_[i] && known[i];
  bands_ = bands_of(source, whole(source.grid()), std::min(shapes_.most_rows(), source.grid().height), bytes_per_cell(),
                    executor);
}

void ClassWindows::measure(Executor& executor, const RowsSink<double>& sink) const {
  const ClassSet known = known_classes(source_);
  SpareBuffers<double> spare;
  const auto emit = [&](const Band& band, std::vector<double>&& out) {
    sink(band.core.row, out);
    spare.give(std::move(out));
  };
  const auto run = [&](auto& seats, const auto& make) {
    const auto seated = [&](int slot, const Band& band, std::span<const ClassIndex> cells) {
      auto& seat = seats[static_cast<std::size_t>(slot)];
      if (!seat) seat = std::make_unique<std::remove_reference_t<decltype(*seat)>>(shapes_, source_.grid());
      std::vector<double> out = spare.take(static_cast<std::size_t>(band.core.cells()));
      make(*seat, band, cells, std::span(out));
      return out;
    };
    executor.bands_in_order(source_, bands_, "windows", seated, emit);
  };
  const auto threads = static_cast<std::size_t>(executor.threads());
  if (statistic_ == ClassStatistic::share || statistic_ == ClassStatistic::sum) {
    const auto make = [&](auto& seat, const Band& band, std::span<const ClassIndex> cells, std::span<double> out) {
      shares_of(seat, band, cells, member_, known, statistic_ == ClassStatistic::share, out);
    };
    if (most_cells(shapes_, source_.grid()) < 65536) {
      std::vector<std::unique_ptr<Seat<MarkSums>>> seats(threads);
      run(seats, make);
    } else {
      std::vector<std::unique_ptr<Seat<WideMarkSums>>> seats(threads);
      run(seats, make);
    }
    return;
  }
  std::vector<std::unique_ptr<Seat<WideMarkSums>>> seats(threads);
  run(seats, [&](auto& seat, const Band& band, std::span<const ClassIndex> cells, std::span<double> out) {
    if (statistic_ == ClassStatistic::diversity) {
      Diversity diversity(out.size(), most_cells(shapes_, source_.grid()));
      class_by_class(seat, band, cells, source_,
                     [&](double, std::size_t at, std::span<const std::uint32_t> counts) { diversity.add(at, counts); });
      diversity.finish(out);
    } else {
      Majority majority(out.size());
      class_by_class(
          seat, band, cells, source_,
          [&](double code, std::size_t at, std::span<const std::uint32_t> counts) { majority.add(code, at, counts); });
      majority.finish(out);
    }
  });
}

}  // namespace urbiome
