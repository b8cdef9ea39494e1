#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

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

double largest_value(const ValueSource& source, const std::vector<Band>& bands, std::vector<ValueSeat>& seats,
                     Executor& executor) {
  std::vector<double> largest(bands.size(), 0);
  executor.items(static_cast<std::int64_t>(bands.size()), "largest value", [&](std::int64_t item) {
    const auto band = static_cast<std::size_t>(item);
    ValueSeat& seat = seats[static_cast<std::size_t>(executor.current_slot())];
    for (const double value : seat.read(source, bands[band].core)) {
      if (!std::isnan(value)) largest[band] = std::max(largest[band], std::abs(value));
    }
  });
  return largest.empty() ? 0 : *std::max_element(largest.begin(), largest.end());
}

// Sums of `cells` values up to `largest` stay below 2^62.
Unit unit_for(double largest, std::int64_t cells, bool whole_numbers) {
  if (!std::isfinite(largest)) {
    throw Error(ErrorCode::contradiction, "the raster holds an infinite value", "finite values or nodata",
                "mark such cells as nodata (gdal_calc)");
  }
  int power = 0;
  std::frexp(largest * static_cast<double>(cells), &power);  // below 2^power
  const int most = 62 - power;
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
  const double largest = small ? 4294967296.0 : largest_value(source_, bands_, seats, executor);
  const Unit unit = unit_for(largest, most, source_.whole_numbers());

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
    std::vector<double> out(static_cast<std::size_t>(band.core.cells()));
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
                    [&](std::int64_t item, const std::vector<double>& out) {
                      sink(bands_[static_cast<std::size_t>(item)].core.row, out);
                    });
}

}  // namespace urbiome
