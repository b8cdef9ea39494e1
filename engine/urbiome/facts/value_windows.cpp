#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "urbiome/exec/spare_buffers.h"
#include "urbiome/facts/window_map.h"
#include "urbiome/kernel/window_sums.h"

namespace urbiome {
namespace {

// Readers and buffers, one of each per thread.
struct ValueSeat {
  std::unique_ptr<ValueReader> reader;
  std::vector<double> values;
  std::unique_ptr<ValueSums> sums;
  std::unique_ptr<WideMarkSums> known;

  std::span<const double> read(const ValueSource& source, const Window& window) {
    if (!reader) reader = source.open();
    values.resize(static_cast<std::size_t>(window.cells()));
    reader->read(window, values);
    return values;
  }
};

// Value = whole number * 2^-exponent.
struct Unit {
  int exponent = 0;
  std::int64_t whole(double value) const {
    return static_cast<std::int64_t>(std::llround(std::ldexp(value, exponent)));
  }
  double value(std::int64_t sum) const { return std::ldexp(static_cast<double>(sum), -exponent); }
};

// How large values are: by powers of two, and the largest of all.
struct Sizes {
  std::array<std::int64_t, 2048> by_exponent{};  // nonzero values, by the exponent as doubles store it
  double largest = 0;
  std::int64_t row = 0, col = 0;  // of the largest

  void add(double value, std::int64_t at_row, std::int64_t at_col) {
    const double size = std::abs(value);
    if (size > 0) ++by_exponent[static_cast<std::size_t>(std::bit_cast<std::uint64_t>(size) >> 52)];
    if (size > largest) largest = size, row = at_row, col = at_col;
  }
  // Whether all other values are smaller by forty powers of two or more.
  bool stands_apart() const {
    const int of_largest = static_cast<int>(std::bit_cast<std::uint64_t>(largest) >> 52);
    for (int i = std::max(of_largest - 40, 0); i < of_largest; ++i) {
      if (by_exponent[static_cast<std::size_t>(i)] > 0) return false;
    }
    return true;
  }
  void merge(const Sizes& other) {
    for (std::size_t i = 0; i < by_exponent.size(); ++i) by_exponent[i] += other.by_exponent[i];
    const bool earlier = std::tie(other.row, other.col) < std::tie(row, col);
    if (other.largest > largest || (other.largest == largest && earlier))
      largest = other.largest, row = other.row, col = other.col;
  }
};

Sizes sizes_of(const ValueSource& source, const std::vector<Band>& bands, std::vector<ValueSeat>& seats,
               Executor& executor) {
  std::vector<Sizes> sizes(seats.size());
  executor.items(static_cast<std::int64_t>(bands.size()), "largest value", [&](std::int64_t item) {
    const Window& core = bands[static_cast<std::size_t>(item)].core;
    const auto slot = static_cast<std::size_t>(executor.current_slot());
    const double* value = seats[slot].read(source, core).data();
    for (std::int64_t row = core.row; row < core.row_end(); ++row) {
      for (std::int64_t col = 0; col < core.cols; ++col, ++value) {
        if (!std::isnan(*value)) sizes[slot].add(*value, row, col);
      }
    }
  });
  Sizes all;
  for (const Sizes& some : sizes) all.merge(some);
  return all;
}

// Sums of `cells` values up to the largest stay below 2^62. Where that leaves most values fewer than 10 bits, and the
// largest stands apart, it is not one of them: a nodata value that nobody declared.
Unit unit_for(const Sizes& sizes, std::int64_t cells, bool whole_numbers) {
  constexpr int kFewestBits = 10, kExponentOfOne = 1023;
  const auto refuse = [&](const std::string& value) {
    throw Error(ErrorCode::contradiction,
                fmt::format("the raster holds {} at row {}, column {}", value, sizes.row, sizes.col),
                "values that can be added up with the others", "declare it as nodata (gdal_edit -a_nodata)");
  };
  if (!std::isfinite(sizes.largest)) refuse("an infinite value");
  int power = 0, cells_power = 0;
  std::frexp(sizes.largest, &power);
  std::frexp(static_cast<double>(cells), &cells_power);
  const int most = 62 - power - cells_power, least_exponent = kExponentOfOne - most + kFewestBits;
  if (whole_numbers && most >= 0) return {0};
  std::int64_t lost = 0, all = 0;
  for (int i = 0; i < static_cast<int>(sizes.by_exponent.size()); ++i) {
    const std::int64_t values = sizes.by_exponent[static_cast<std::size_t>(i)];
    all += values;
    if (i < least_exponent) lost += values;
  }
  if (2 * lost > all && sizes.stands_apart()) refuse(fmt::format("{}", sizes.largest));
  return {whole_numbers ? std::min(most, 0) : std::min(most, 1000)};
}

}  // namespace

ValueWindows::ValueWindows(const ValueSource& source, WindowShapes shapes, ValueStatistic statistic,
                           const Executor& executor)
    : source_(source), shapes_(std::move(shapes)), statistic_(statistic) {
  bands_ = bands_of(source.block_rows(), whole(source.grid()), std::min(shapes_.most_rows(), source.grid().height),
                    kBytesPerCell, executor);
}

void ValueWindows::measure(Executor& executor, const RowsSink<double>& sink) const {
  const Grid& grid = source_.grid();
  std::vector<ValueSeat> seats(static_cast<std::size_t>(executor.threads()));
  const std::int64_t most = std::min(shapes_.most_cells(), grid.cells());
  const bool small = source_.whole_numbers() && most < (std::int64_t{1} << 30);  // 32-bit values: no need to look
  const Unit unit =
      small ? Unit{0} : unit_for(sizes_of(source_, bands_, seats, executor), most, source_.whole_numbers());

  SpareBuffers<double> spare;
  const auto make = [&](std::int64_t item) {
    const Band& band = bands_[static_cast<std::size_t>(item)];
    ValueSeat& seat = seats[static_cast<std::size_t>(executor.current_slot())];
    const std::span<const double> values = seat.read(source_, band.read);
    if (!seat.sums) {
      seat.sums = std::make_unique<ValueSums>(shapes_, grid.width);
      seat.known = std::make_unique<WideMarkSums>(shapes_, grid.width);
    }
    seat.sums->reset(band.read.row, band.read.rows);
    seat.known->reset(band.read.row, band.read.rows);
    const double* value = values.data();
    for (std::int64_t row = band.read.row; row < band.read.row_end(); ++row) {
      const auto sums = seat.sums->cells(row);
      const auto known = seat.known->cells(row);
      bool full = true;
      for (std::size_t col = 0; col < sums.size(); ++col, ++value) {
        const bool is_known = !std::isnan(*value);
        known[col] = is_known ? 1 : 0;
        sums[col] = is_known ? unit.whole(*value) : 0;
        full = full && is_known;
      }
      seat.sums->close_row(row);
      full ? seat.known->close_full_row(row) : seat.known->close_row(row);
    }
    std::vector<double> out = spare.take(static_cast<std::size_t>(band.core.cells()));
    for (std::int64_t col = 0; col < grid.width; col += ValueSums::kStrip) {
      ValueSums::Cursor sums(*seat.sums, col);
      WideMarkSums::Cursor known(*seat.known, col);
      for (std::int64_t row = band.core.row; row < band.core.row_end(); ++row) {
        const auto sum = sums.move_to(row);
        const auto count = known.move_to(row);
        double* const result = out.data() + (row - band.core.row) * grid.width + col;
        for (std::size_t i = 0; i < sum.size(); ++i) {
          const double total = count[i] > 0 ? unit.value(sum[i]) : std::numeric_limits<double>::quiet_NaN();
          result[i] = statistic_ == ValueStatistic::sum ? total : total / static_cast<double>(count[i]);
        }
      }
    }
    return out;
  };
  executor.in_order(static_cast<std::int64_t>(bands_.size()), "windows", make,
                    [&](std::int64_t item, std::vector<double>&& out) {
                      sink(bands_[static_cast<std::size_t>(item)].core.row, out);
                      spare.give(std::move(out));
                    });
}

}  // namespace urbiome
