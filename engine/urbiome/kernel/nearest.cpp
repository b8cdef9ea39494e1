#include "urbiome/kernel/nearest.h"

#include <algorithm>
#include <limits>
#include <variant>

#include "urbiome/kernel/distance_row.h"
#include "urbiome/kernel/nearest_sweep.h"

namespace urbiome {
namespace {

using namespace distance_row;

constexpr std::int32_t kNone = ColumnMembers::kNone;

}  // namespace

void NearestSweep::start(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::int64_t> ids,
                         std::size_t width) {
  above_ = beyond.above;
  below_rows_.resize(ids.size());
  below_ids_.resize(ids.size());
  row_ = first_row;
  at_ = 0;
  const std::int32_t* next_rows = beyond.below.rows.data();
  const std::int64_t* next_ids = beyond.below.ids.data();
  for (std::size_t i = ids.size() / width; i-- > 0;) {
    const std::int64_t* const here = ids.data() + i * width;
    std::int32_t* const rows = below_rows_.data() + i * width;
    std::int64_t* const out = below_ids_.data() + i * width;
    const auto row_here = static_cast<std::int32_t>(first_row + static_cast<std::int64_t>(i));
    for (std::size_t col = 0; col < width; ++col) {
      rows[col] = here[col] != 0 ? row_here : next_rows[col];
      out[col] = here[col] != 0 ? here[col] : next_ids[col];
    }
    next_rows = rows;
    next_ids = out;
  }
}

NearestSweep::Row NearestSweep::next(std::span<const std::int64_t> ids) {
  const std::size_t width = ids.size();
  for (std::size_t col = 0; col < width; ++col) {
    if (ids[col] == 0) continue;
    above_.rows[col] = static_cast<std::int32_t>(row_);
    above_.ids[col] = ids[col];
  }
  const Row row{{above_.rows, above_.ids},
                {std::span(below_rows_).subspan(at_, width), std::span(below_ids_).subspan(at_, width)}};
  at_ += width;
  ++row_;
  return row;
}

struct NearestBand::State {
  State(const DistanceKeys& metric, std::int64_t columns, std::int64_t rows)
      : keys(metric), width(static_cast<std::size_t>(columns)), height(rows) {}

  void choose_row(bool small_ids);
  template <class Key>
  void measure_row(FarRow<Key>& row, std::int64_t at, const NearestSweep::Row& members, double* out,
                   std::int64_t* nearest);

  DistanceKeys keys;
  std::size_t width;
  std::int64_t height;
  std::variant<std::monostate, FarRow<std::uint32_t>, FarRow<double>> row;
  NearestSweep sweep;
};

// 32 bits where both keys and ids fit, else doubles.
void NearestBand::State::choose_row(bool small_ids) {
  const double across = keys.across(static_cast<std::int64_t>(width + 3 * kBlock));
  const double none = across + keys.down(height) + 1;
  const bool small = small_ids && keys.whole() && none + across < 4294967295.0;
  if (small && !std::holds_alternative<FarRow<std::uint32_t>>(row)) {
    auto& chosen = row.emplace<FarRow<std::uint32_t>>(keys, width);
    chosen.none = static_cast<std::uint32_t>(none);
    chosen.ids.resize(chosen.keys.size());
    chosen.nearest.resize(chosen.keys.size());
  } else if (!small && !std::holds_alternative<FarRow<double>>(row)) {
    auto& chosen = row.emplace<FarRow<double>>(keys, width);
    chosen.none = kNoLimit;
    chosen.ids.resize(chosen.keys.size());
    chosen.nearest.resize(chosen.keys.size());
  }
}

template <class Key>
void NearestBand::State::measure_row(FarRow<Key>& far, std::int64_t at, const NearestSweep::Row& members, double* out,
                                     std::int64_t* nearest) {
  const auto& [above, below] = members;
  for (std::size_t col = 0; col < width; ++col) {
    const std::int64_t up = above.rows[col] == kNone ? height : at - above.rows[col];
    const std::int64_t down = below.rows[col] == kNone ? height : below.rows[col] - at;
    const std::int64_t rows = std::min(up, down);
    if (rows == height) {
      far.keys[col] = far.none;
      continue;
    }
    std::int64_t id = up <= down ? above.ids[col] : below.ids[col];
    if (up == down) id = std::min(id, below.ids[col]);
    far.keys[col] = static_cast<Key>(keys.down(rows));
    far.ids[col] = static_cast<Key>(id);
  }
  search_nearest(width, far);
  to_distances(far.best.data(), width, keys.largest(), keys.unit_squared(), out);
  for (std::size_t col = 0; col < width; ++col) {
    const bool found = static_cast<double>(far.best[col]) <= keys.largest();
    nearest[col] = found ? static_cast<std::int64_t>(far.nearest[col]) : 0;
  }
}

NearestBand::NearestBand(const DistanceKeys& keys, std::int64_t width, std::int64_t height)
    : state_(std::make_unique<State>(keys, width, height)) {}
NearestBand::NearestBand(NearestBand&&) noexcept = default;
NearestBand::~NearestBand() = default;

void NearestBand::measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::int64_t> ids,
                          std::span<double> out, std::span<std::int64_t> nearest) {
  const std::size_t width = state_->width;
  if (width == 0) return;
  if (!beyond.any() && std::ranges::all_of(ids, [](std::int64_t id) { return id == 0; })) {
    std::ranges::fill(out, std::numeric_limits<double>::quiet_NaN());
    std::ranges::fill(nearest, 0);
    return;
  }
  const auto fits = [](std::int64_t id) { return id <= std::numeric_limits<std::uint32_t>::max(); };
  state_->choose_row(std::ranges::all_of(ids, fits) && std::ranges::all_of(beyond.above.ids, fits) &&
                     std::ranges::all_of(beyond.below.ids, fits));
  state_->sweep.start(beyond, first_row, ids, width);
  for (std::size_t i = 0; i < ids.size() / width; ++i) {
    const std::int64_t at = first_row + static_cast<std::int64_t>(i);
    const NearestSweep::Row row = state_->sweep.next(ids.subspan(i * width, width));
    if (auto* small = std::get_if<FarRow<std::uint32_t>>(&state_->row)) {
      state_->measure_row(*small, at, row, out.data() + i * width, nearest.data() + i * width);
    } else {
      state_->measure_row(std::get<FarRow<double>>(state_->row), at, row, out.data() + i * width,
                          nearest.data() + i * width);
    }
  }
}

}  // namespace urbiome
