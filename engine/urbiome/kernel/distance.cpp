#include "urbiome/kernel/distance.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <variant>

#include "urbiome/kernel/distance_row.h"

namespace urbiome {
namespace {

using namespace distance_row;

constexpr std::int64_t kAnyRows = std::numeric_limits<std::int64_t>::max();

// The largest key in the grid and the one above all: 32 bits hold sums of both, or doubles must.
struct FarSize {
  double largest, none;
  bool fits;
};

FarSize far_size(const DistanceKeys& keys, std::int64_t width, std::int64_t height) {
  const double across = keys.across(width + 3 * static_cast<std::int64_t>(kBlock));
  const double none = across + keys.down(height) + 1;
  return {across, none, keys.whole() && none + across < 4294967295.0};
}

std::uint16_t near_rows(std::int64_t rows) { return static_cast<std::uint16_t>(std::min<std::int64_t>(rows, kNoRows)); }

}  // namespace

struct DistanceBand::State {
  State(const DistanceKeys& metric, std::int64_t columns, std::int64_t rows)
      : keys(metric),
        width(static_cast<std::size_t>(columns)),
        height(rows),
        near_keys(distance_row::near_keys(metric)) {
    padded = (width + kBlock - 1) / kBlock * kBlock;
    above.resize(padded);
    nearest.resize(padded);
    if (!near_keys.across.empty()) near.emplace(near_keys, width);
    all_blocks.resize(padded / kBlock);
    for (std::size_t i = 0; i < all_blocks.size(); ++i) all_blocks[i] = static_cast<std::int32_t>(i);
  }

  template <class Out>
  void measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
               std::span<Out> out);
  void sweep_up(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
                std::size_t rows);
  template <class Out>
  void measure_row(std::span<const std::int32_t> rows_above, std::span<const std::int32_t> rows_below, std::int64_t row,
                   Out* out);
  template <class Key, class Out>
  void measure_far(FarRow<Key>& far, std::span<const std::int32_t> blocks, std::span<const std::int32_t> rows_above,
                   std::span<const std::int32_t> rows_below, std::int64_t row, Out* out);
  // Where 16 bits do not hold it, and the nearest member is beyond the band; kAnyRows: there is none in the column.
  std::int64_t rows_apart(std::size_t col, std::span<const std::int32_t> rows_above,
                          std::span<const std::int32_t> rows_below, std::int64_t row) const {
    const std::int64_t up = rows_above[col] == ColumnMembers::kNone ? kAnyRows : row - rows_above[col];
    const std::int64_t down = rows_below[col] == ColumnMembers::kNone ? kAnyRows : rows_below[col] - row;
    return std::min(up, down);
  }

  DistanceKeys keys;
  std::size_t width, padded = 0;
  std::int64_t height;
  NearKeys near_keys;
  std::optional<NearRow> near;
  std::variant<std::monostate, FarRow<std::uint32_t>, FarRow<double>> far;  // made when first needed
  std::vector<std::int32_t> all_blocks;
  std::vector<std::uint16_t> above, nearest;  // one row
  std::vector<std::uint16_t> below;           // rows + 1 of a band, the last one from beyond it
};

void DistanceBand::State::sweep_up(const ColumnsBeyond& beyond, std::int64_t first_row,
                                   std::span<const std::uint8_t> member, std::size_t rows) {
  below.resize((rows + 1) * padded);
  const std::vector<std::int32_t>&rows_above = beyond.above.rows, &rows_below = beyond.below.rows;
  const std::int64_t end_row = first_row + static_cast<std::int64_t>(rows);
  for (std::size_t col = 0; col < width; ++col) {
    // As seen from the rows just outside.
    above[col] = rows_above[col] == ColumnMembers::kNone ? kNoRows : near_rows(first_row - 1 - rows_above[col]);
    below[rows * padded + col] =
        rows_below[col] == ColumnMembers::kNone ? kNoRows : near_rows(rows_below[col] - end_row);
  }
  for (std::size_t row = rows; row-- > 0;) {
    step_up(member.data() + row * width, below.data() + (row + 1) * padded, width, below.data() + row * padded);
  }
}

template <class Out>
void DistanceBand::State::measure(const ColumnsBeyond& beyond, std::int64_t first_row,
                                  std::span<const std::uint8_t> member, std::span<Out> out) {
  if (width == 0) return;
  if (!beyond.any() && std::ranges::find(member, 1) == member.end()) {
    std::ranges::fill(out, std::numeric_limits<Out>::quiet_NaN());
    return;
  }
  const std::size_t rows = member.size() / width;
  sweep_up(beyond, first_row, member, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    step_down(member.data() + row * width, below.data() + row * padded, width, above.data(), nearest.data());
    measure_row(beyond.above.rows, beyond.below.rows, first_row + static_cast<std::int64_t>(row),
                out.data() + row * width);
  }
}

template <class Out>
void DistanceBand::State::measure_row(std::span<const std::int32_t> rows_above,
                                      std::span<const std::int32_t> rows_below, std::int64_t row, Out* out) {
  std::span<const std::int32_t> blocks = all_blocks;
  if (near) {
    search_near(near_keys, nearest.data(), width, *near);
    to_distances(near->best.data(), width, near_keys.largest, keys.unit_squared(), out);
    blocks = near->far;
  }
  if (blocks.empty()) return;
  if (std::holds_alternative<std::monostate>(far)) {
    const FarSize size = far_size(keys, static_cast<std::int64_t>(width), height);
    if (size.fits) {
      far.emplace<FarRow<std::uint32_t>>(keys, width).none = static_cast<std::uint32_t>(size.none);
    } else {
      far.emplace<FarRow<double>>(keys, width).none = kNoLimit;
    }
  }
  if (auto* whole = std::get_if<FarRow<std::uint32_t>>(&far)) {
    measure_far(*whole, blocks, rows_above, rows_below, row, out);
  } else {
    measure_far(std::get<FarRow<double>>(far), blocks, rows_above, rows_below, row, out);
  }
}

template <class Key, class Out>
void DistanceBand::State::measure_far(FarRow<Key>& row_keys, std::span<const std::int32_t> blocks,
                                      std::span<const std::int32_t> rows_above,
                                      std::span<const std::int32_t> rows_below, std::int64_t row, Out* out) {
  fill_far_keys(keys, nearest.data(), width, row_keys);
  if (height > kNoRows) {  // 16 bits may not tell
    for (std::size_t col = 0; col < width; ++col) {
      if (nearest[col] < kNoRows) continue;
      const std::int64_t rows = rows_apart(col, rows_above, rows_below, row);
      row_keys.keys[col] = rows == kAnyRows ? row_keys.none : static_cast<Key>(keys.down(rows));
    }
  }
  search_far(blocks, width, row_keys);
  for (const std::int32_t block : blocks) {
    const std::size_t begin = static_cast<std::size_t>(block) * kBlock, count = std::min(kBlock, width - begin);
    if constexpr (sizeof(Out) == 8) {
      to_distances(row_keys.best.data() + begin, count, keys.largest(), keys.unit_squared(), out + begin);
    } else {
      std::array<double, kBlock> distances;
      to_distances(row_keys.best.data() + begin, count, keys.largest(), keys.unit_squared(), distances.data());
      for (std::size_t i = 0; i < count; ++i) out[begin + i] = static_cast<Out>(distances[i]);
    }
  }
}

DistanceBand::DistanceBand(const DistanceKeys& keys, std::int64_t width, std::int64_t height)
    : state_(std::make_unique<State>(keys, width, height)) {}
DistanceBand::DistanceBand(DistanceBand&&) noexcept = default;
DistanceBand::~DistanceBand() = default;

void DistanceBand::measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
                           std::span<double> out) {
  state_->measure(beyond, first_row, member, out);
}

void DistanceBand::measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
                           std::span<float> out) {
  state_->measure(beyond, first_row, member, out);
}

std::int64_t DistanceBand::bytes(std::int64_t rows, std::int64_t width, std::int64_t height) {
  static_cast<void>(height);
  constexpr std::int64_t kPerColumn = 48;  // of one row: rows apart, near and far keys
  return 2 * (rows + 1) * width + kPerColumn * width;
}

}  // namespace urbiome
