#include "urbiome/facts/resample.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/facts/zonal.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {
namespace {

constexpr int kTotalBits = 62;  // amounts of all cells together
constexpr int kSpareBits = 9;   // amounts are finer than the values that are written, of which 2^53 hold the total
constexpr std::int64_t kSourceRows = 64;  // read at a time

// In units of 2^exponent, to nearest.
std::int64_t amount_of(double count, int exponent) {
  return static_cast<std::int64_t>(std::llround(std::ldexp(count, -exponent)));
}

void amounts_of(std::span<const double> counts, int exponent, std::span<std::int64_t> amounts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    amounts[i] = std::isnan(counts[i]) ? kNoCount : amount_of(counts[i], exponent);
}

[[noreturn]] void refuse_count(const std::string& name, const Grid& grid, const Window& window, std::size_t i,
                               double count) {
  const std::int64_t row = window.row + static_cast<std::int64_t>(i) / window.cols;
  const std::int64_t col = window.col + static_cast<std::int64_t>(i) % window.cols;
  throw Error(ErrorCode::contradiction,
              fmt::format("{} holds {} at row {}, column {} (x {}, y {})", name, count, row, col,
                          grid.x_of(static_cast<double>(col) + 0.5), grid.y_of(static_cast<double>(row) + 0.5)),
              "counts of 0 or more", "declare what means nodata (gdal_edit.py -a_nodata) or clean the raster");
}

}  // namespace

double CountTotal::people() const { return std::ldexp(static_cast<double>(amount), exponent); }

CountTotal total_of(const ValueSource& counts, const std::string& name, Executor& executor) {
  const std::vector<Coverage> all{cover_window(whole(counts.grid()))};
  const ZonalTally tally = zonal_sums(counts, {all, {}, nullptr, nullptr}, executor);
  const ZonalSums& sums = tally.region(0);
  const bool sound = sums.share == 0 || (sums.least >= 0 && !sums.up);
  CountTotal total;
  if (sound && sums.sum.zero()) return total;
  // The next power of two above the sum, so that amounts together stay below 2^62.
  if (sound)
    total.exponent = static_cast<int>(std::max<std::int64_t>(sums.sum.wide().exponent + 1 - kTotalBits, -1000));
  if (sound && !std::isfinite(sums.sum.rounded())) {
    throw Error(ErrorCode::contradiction, fmt::format("the counts of {} sum to more than a double holds", name),
                "counts of people", "check the raster's band and its nodata value");
  }
  const auto tiles = tiles_of(counts, whole(counts.grid()), executor.settings().tile_size);
  std::vector<std::int64_t> amounts(tiles.size(), 0);
  executor.items(static_cast<std::int64_t>(tiles.size()), "adding up", [&](std::int64_t item) {
    const Window& window = tiles[static_cast<std::size_t>(item)];
    std::vector<double> cells(static_cast<std::size_t>(window.cells()));
    counts.open()->read(window, cells);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (std::isnan(cells[i])) continue;
      if (cells[i] < 0 || std::isinf(cells[i])) refuse_count(name, counts.grid(), window, i, cells[i]);
      amounts[static_cast<std::size_t>(item)] += amount_of(cells[i], total.exponent);
    }
  });
  for (const std::int64_t amount : amounts) total.amount += amount;
  return total;
}

struct Resampling::Data {
  const ValueSource& counts;
  Grid source, target;
  CountTotal total;
  std::optional<AxisShares> columns, source_rows;  // one CRS
  std::optional<Crs> from, to;                     // two
  struct Seat {
    std::unique_ptr<ValueReader> reader;
    std::unique_ptr<Transformer> there, back;
    std::vector<double> counts;
    std::vector<std::int64_t> amounts;
  };
  mutable std::vector<Seat> seats;

  // Reads rows first .. end - 1 in pieces and hands over each row's amounts.
  template <typename Visit>
  void each_row(const Window& part, Seat& seat, const Visit& visit) const {
    if (!seat.reader) seat.reader = counts.open();
    for (std::int64_t row = part.row; row < part.row_end();) {
      const std::int64_t until = std::min(part.row_end(), row - row % kSourceRows + kSourceRows);
      const Window window{row, part.col, until - row, part.cols};
      seat.counts.resize(static_cast<std::size_t>(window.cells()));
      seat.amounts.resize(seat.counts.size());
      seat.reader->read(window, seat.counts);
      amounts_of(seat.counts, total.exponent, seat.amounts);
      for (; row < until; ++row) {
        const auto at = static_cast<std::size_t>((row - window.row) * window.cols);
        visit(row, std::span<const std::int64_t>(seat.amounts).subspan(at, static_cast<std::size_t>(window.cols)));
      }
    }
  }

  void fill_straight(CountRows& rows, Seat& seat) const;
  void fill_across(CountRows& rows, Seat& seat) const;
  Window source_window(const Window& band, Seat& seat) const;
  void spread_shares(const Coverage& coverage, const Window& around, std::int64_t amount, CountRows& rows) const;
  void spread_cell(const MultiPolygon& cell, std::int64_t amount, CountRows& rows) const;
};

Resampling::Resampling(const ValueSource& counts, const std::optional<Crs>& counts_crs, const Grid& target,
                       const std::optional<Crs>& target_crs, const CountTotal& total, int threads)
    : data_(new Data{counts, counts.grid(), target, total, {}, {}, {}, {}, {}}) {
  data_->seats.resize(static_cast<std::size_t>(threads));
  if (counts_crs && target_crs && !Transformer(*counts_crs, *target_crs).identity()) {
    data_->from = counts_crs;
    data_->to = target_crs;
  } else {
    data_->columns = AxisShares::of_columns(counts.grid(), target);
    data_->source_rows = AxisShares::of_rows(counts.grid(), target);
  }
}

Resampling::~Resampling() = default;
bool Resampling::same_crs() const { return !data_->from; }

CountRows Resampling::rows(const Window& band, int slot) const {
  CountRows rows(band);
  Data::Seat& seat = data_->seats[static_cast<std::size_t>(slot)];
  if (same_crs()) {
    data_->fill_straight(rows, seat);
  } else {
    data_->fill_across(rows, seat);
  }
  return rows;
}

void Resampling::Data::fill_straight(CountRows& rows, Seat& seat) const {
  const AxisShares::Range range = source_rows->meeting(rows.window.row, rows.window.row_end());
  each_row({range.begin, 0, range.end - range.begin, source.width}, seat,
           [&](std::int64_t row, std::span<const std::int64_t> amounts) {
             spread_row(amounts, 0, source_rows->of(row), *columns, rows);
           });
}

// The source cells that may lie on a band: what its outline, taken to the source's CRS, encloses, and one cell more.
Window Resampling::Data::source_window(const Window& band, Seat& seat) const {
  if (!seat.back) seat.back = std::make_unique<Transformer>(*to, *from);
  const double left = target.x_of(0), right = target.x_of(static_cast<double>(target.width));
  const double top = target.y_of(static_cast<double>(band.row));
  const double bottom = target.y_of(static_cast<double>(band.row_end()));
  const MultiPolygon outline{{{{{left, bottom}, {right, bottom}, {right, top}, {left, top}, {left, bottom}}, {}}}};
  const double tolerance = 0.1 * std::min(source.dx, source.dy);
  const Box box = bounds(seat.back->transform(outline, tolerance));
  const auto clamped = [](double cell, std::int64_t most) {
    return static_cast<std::int64_t>(std::clamp(cell, 0.0, static_cast<double>(most)));
  };
  const std::int64_t row = clamped(std::floor(source.row_of(box.ymax)) - 1, source.height);
  const std::int64_t row_end = clamped(std::ceil(source.row_of(box.ymin)) + 1, source.height);
  std::int64_t col = clamped(std::floor(source.col_of(box.xmin)) - 1, source.width);
  std::int64_t col_end = clamped(std::ceil(source.col_of(box.xmax)) + 1, source.width);
  if (from->is_geographic() && (box.xmin < -180 || box.xmax > 180)) {  // beyond the antimeridian: every column
    col = 0;
    col_end = source.width;
  }
  return {row, col, row_end - row, col_end - col};
}

void Resampling::Data::fill_across(CountRows& rows, Seat& seat) const {
  const Window part = source_window(rows.window, seat);
  if (part.empty()) return;
  if (!seat.there) seat.there = std::make_unique<Transformer>(*from, *to);
  const double tolerance = 1e-3 * std::min(target.dx, target.dy);
  each_row(part, seat, [&](std::int64_t row, std::span<const std::int64_t> amounts) {
    const double top = source.y_of(static_cast<double>(row)), bottom = source.y_of(static_cast<double>(row + 1));
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      if (amounts[i] == kNoCount) continue;
      const double col = static_cast<double>(part.col) + static_cast<double>(i);
      const double left = source.x_of(col), right = source.x_of(col + 1);
      if (!seat.there->find({0.5 * (left + right), 0.5 * (top + bottom)})) continue;  // nowhere on the target's map
      const MultiPolygon cell{{{{{left, bottom}, {right, bottom}, {right, top}, {left, top}, {left, bottom}}, {}}}};
      spread_cell(seat.there->transform(cell, tolerance), amounts[i], rows);
    }
  });
}

// As spread_row, along the cells of a coverage of `around`.
void Resampling::Data::spread_shares(const Coverage& coverage, const Window& around, std::int64_t amount,
                                     CountRows& rows) const {
  const Window& band = rows.window;
  Int128 whole = 0, running = 0;
  for (const CellSpan& span : coverage.spans) whole += Int128{span.end - span.begin} * kOne;
  for (const PartialCell& part : coverage.partials) whole += part.share;
  std::int64_t placed = 0;
  const auto add = [&](std::int64_t row, std::int64_t col, std::int64_t share) {
    running += share;
    const auto until = static_cast<std::int64_t>(static_cast<Int128>(amount) * running / whole);
    if (row >= band.row && row < band.row_end() && col >= 0 && col < target.width) {
      const auto at = static_cast<std::size_t>((row - band.row) * band.cols + col);
      rows.amount[at] += until - placed;
      rows.known[at] = 1;
    }
    placed = until;
  };
  for (std::int64_t row = coverage.first_row; row < coverage.row_end(); ++row) {
    const auto spans = coverage.spans_of(row);
    const auto partials = coverage.partials_of(row);
    std::size_t s = 0, p = 0;
    while (s < spans.size() || p < partials.size()) {
      if (p == partials.size() || (s < spans.size() && spans[s].begin < partials[p].col)) {
        for (std::int64_t col = spans[s].begin; col < spans[s].end; ++col)
          add(row + around.row, col + around.col, kOne);
        ++s;
      } else {
        add(row + around.row, partials[p].col + around.col, partials[p].share);
        ++p;
      }
    }
  }
}

// Shares are taken on the part of the target's lattice round the cell, so that they are the same for every band.
void Resampling::Data::spread_cell(const MultiPolygon& cell, std::int64_t amount, CountRows& rows) const {
  const Box box = bounds(cell);
  const double first_row = std::floor(target.row_of(box.ymax)), last_row = std::ceil(target.row_of(box.ymin));
  const double first_col = std::floor(target.col_of(box.xmin)), last_col = std::ceil(target.col_of(box.xmax));
  const Window& band = rows.window;
  if (last_row <= static_cast<double>(band.row) || first_row >= static_cast<double>(band.row_end()) || last_col <= 0 ||
      first_col >= static_cast<double>(target.width))
    return;
  const Window around{static_cast<std::int64_t>(first_row), static_cast<std::int64_t>(first_col),
                      static_cast<std::int64_t>(last_row - first_row), static_cast<std::int64_t>(last_col - first_col)};
  const Coverage coverage = cover_exactly(cell, sub_grid(target, around));
  // A cell smaller than the unit of shares goes whole where its corner lies.
  spread_shares(coverage.empty() ? cover_window({0, 0, 1, 1}) : coverage, around, amount, rows);
}

std::vector<double> CountRounding::values(const CountRows& rows) {
  constexpr std::int64_t kStep = std::int64_t{1} << kSpareBits;
  std::vector<double> values(rows.amount.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    left_ += rows.amount[i];
    const std::int64_t steps = rows.amount[i] == 0 ? 0 : left_ / kStep;  // empty cells stay empty
    left_ -= steps * kStep;
    placed_ += steps;
    values[i] = rows.known[i] != 0 ? std::ldexp(static_cast<double>(steps), total_.exponent + kSpareBits)
                                   : std::numeric_limits<double>::quiet_NaN();
  }
  return values;
}

double CountRounding::placed() const { return std::ldexp(static_cast<double>(placed_), total_.exponent + kSpareBits); }
double CountRounding::unit() const { return std::ldexp(1.0, total_.exponent + kSpareBits); }

}  // namespace urbiome
