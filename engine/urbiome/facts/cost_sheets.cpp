#include "urbiome/facts/cost_sheets.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "urbiome/facts/least_cost.h"

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();
constexpr std::int64_t kMargin = CostLines::kMargin;
constexpr std::int64_t kRows = 64;  // read at a time
constexpr const char* kPhase = "least cost";

std::int64_t place_of(std::int64_t cell) { return cell * static_cast<std::int64_t>(sizeof(double)); }

// Sheets of a raster, and for each the least cost that it may go on from.
class Sheets {
 public:
  Sheets(const SheetMap& map, double most, Executor& executor)
      : map_(map),
        most_(most),
        executor_(executor),
        down_((map.height + map.side - 1) / map.side),
        across_((map.width + map.side - 1) / map.side),
        due_(static_cast<std::size_t>(down_ * across_), kFar) {}

  void run() {
    look_for_sources();
    for (;;) {
      const auto next = std::min_element(due_.begin(), due_.end());
      if (next == due_.end() || *next == kFar || *next > most_) break;
      *next = kFar;
      solve(window(static_cast<std::int64_t>(next - due_.begin())));
    }
  }

 private:
  Window all() const { return {0, 0, map_.height, map_.width}; }
  Window window(std::int64_t sheet) const {
    return intersection({sheet / across_ * map_.side, sheet % across_ * map_.side, map_.side, map_.side}, all());
  }
  double& due_of(std::int64_t row, std::int64_t col) {
    return due_[static_cast<std::size_t>(row / map_.side * across_ + col / map_.side)];
  }

  void look_for_sources() {
    std::vector<double> rows;
    const std::int64_t at_once = std::clamp<std::int64_t>((1 << 17) / map_.width, 1, kRows);
    for (std::int64_t first = 0; first < map_.height; first += at_once) {
      executor_.throw_if_cancelled();
      const Window band = intersection({first, 0, at_once, map_.width}, all());
      rows.resize(static_cast<std::size_t>(band.cells()));
      map_.cost.read(band, rows);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] == kFar) continue;
        const auto at = static_cast<std::int64_t>(i);
        double& due = due_of(band.row + at / map_.width, at % map_.width);
        due = std::min(due, rows[i]);
      }
    }
  }

  // Calls visit(row, col, cost) for the loaded cells round the sheet.
  template <class Visit>
  void for_each_beside(const Window& sheet, const Window& wide, const Visit& visit) const {
    for (std::int64_t row = wide.row; row < wide.row_end(); ++row) {
      const bool beside = row >= sheet.row && row < sheet.row_end();
      for (std::int64_t col = wide.col; col < wide.col_end(); ++col) {
        if (beside && col == sheet.col) col = sheet.col_end();
        if (col >= wide.col_end()) break;
        visit(row, col, cost_[static_cast<std::size_t>((row - wide.row) * wide.cols + col - wide.col)]);
      }
    }
  }

  void solve(const Window& sheet) {
    const Window wide = intersection(
        {sheet.row - kMargin, sheet.col - kMargin, sheet.rows + 2 * kMargin, sheet.cols + 2 * kMargin}, all());
    resistance_.resize(static_cast<std::size_t>(wide.cells()));
    cost_.resize(resistance_.size());
    executor_.items((wide.rows + kRows - 1) / kRows, kPhase, [&](std::int64_t item) {
      const Window band = intersection({wide.row + item * kRows, wide.col, kRows, wide.cols}, wide);
      const auto at = static_cast<std::size_t>(item * kRows * wide.cols), size = static_cast<std::size_t>(band.cells());
      map_.read_resistance(band, std::span(resistance_).subspan(at, size));
      map_.cost.read(band, std::span(cost_).subspan(at, size));
    });
    before_.clear();
    for_each_beside(sheet, wide, [&](std::int64_t, std::int64_t, double cost) { before_.push_back(cost); });
    const auto rows = static_cast<std::size_t>(wide.rows);
    spread_costs({.width = wide.cols,
                  .height = wide.rows,
                  .resistance = resistance_,
                  .cost = cost_,
                  .steps = map_.steps.subspan(static_cast<std::size_t>(wide.row), rows),
                  .directions = map_.directions},
                 most_, executor_);
    executor_.parts(sheet.rows, kPhase, [&](std::int64_t row) {
      const std::int64_t at = (sheet.row - wide.row + row) * wide.cols + sheet.col - wide.col;
      map_.cost.write({sheet.row + row, sheet.col, 1, sheet.cols},
                      std::span(cost_).subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(sheet.cols)));
    });
    std::size_t i = 0;
    for_each_beside(sheet, wide, [&](std::int64_t row, std::int64_t col, double cost) {
      if (!(cost < before_[i++])) return;
      double& due = due_of(row, col);
      due = std::min(due, cost);
    });
  }

  const SheetMap& map_;
  double most_;
  Executor& executor_;
  std::int64_t down_, across_;
  std::vector<double> due_, resistance_, cost_, before_;
};

}  // namespace

CostStore::CostStore(std::int64_t width, std::int64_t height)
    : width_(width), cells_(static_cast<std::size_t>(width * height), kFar) {}

CostStore::CostStore(std::int64_t width, const std::string& scratch_folder)
    : width_(width), file_(std::in_place, scratch_folder) {}

// Calls visit(first cell in the store, its costs) for the stretches of a window: its rows, or all of them as one.
template <typename Cost, typename Visit>
void CostStore::for_each_stretch(const Window& window, std::span<Cost> cost, const Visit& visit) const {
  const bool whole = window.cols == width_;
  const std::int64_t rows = whole ? 1 : window.rows, cols = whole ? window.cells() : window.cols;
  for (std::int64_t row = 0; row < rows; ++row) {
    visit((window.row + row) * width_ + window.col,
          cost.subspan(static_cast<std::size_t>(row * cols), static_cast<std::size_t>(cols)));
  }
}

void CostStore::read(const Window& window, std::span<double> cost) const {
  for_each_stretch(window, cost, [&](std::int64_t from, std::span<double> to) {
    if (file_) {
      file_->read(place_of(from), std::as_writable_bytes(to));
    } else {
      std::copy_n(cells_.begin() + from, to.size(), to.begin());
    }
  });
}

void CostStore::write(const Window& window, std::span<const double> cost) {
  for_each_stretch(window, cost, [&](std::int64_t to, std::span<const double> from) {
    if (file_) {
      file_->write(place_of(to), std::as_bytes(from));
    } else {
      std::copy(from.begin(), from.end(), cells_.begin() + to);
    }
  });
}

void spread_costs_in_sheets(const SheetMap& map, double most, Executor& executor) { Sheets(map, most, executor).run(); }

std::int64_t sheet_side(std::int64_t memory_bytes) {
  const double cells = static_cast<double>(memory_bytes / 4) / static_cast<double>(cost_bytes(1));
  return std::max<std::int64_t>(static_cast<std::int64_t>(std::sqrt(cells)) - 2 * kMargin, 64);
}

std::int64_t sheet_bytes(std::int64_t side) { return cost_bytes((side + 2 * kMargin) * (side + 2 * kMargin)); }

}  // namespace urbiome
