// Large distances: the column that wins moves to the right as the cell does, so that blocks of cells are decided by
// divide and conquer over the columns (monotone minima of a Monge array).
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "urbiome/kernel/distance_row.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/distance_far.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::distance_row::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The first (or last) column of [begin, end) that is nearest to the cell in column `col`.
template <bool kLast = false, class Key>
std::size_t nearest_column(const FarRow<Key>& row, std::size_t col, std::size_t begin, std::size_t end) {
  const hn::ScalableTag<Key> d;
  const std::size_t step = hn::Lanes(d);
  const Key* const across = row.across.data() + row.origin - col;
  Key best = row.keys[begin] + across[begin];
  std::size_t at = begin, col2 = begin;
  if (end - begin >= step) {
    auto least = hn::Add(hn::LoadU(d, row.keys.data() + begin), hn::LoadU(d, across + begin));
    auto index = hn::Iota(d, static_cast<Key>(begin)), which = index;
    for (col2 += step; col2 + step <= end; col2 += step) {
      const auto key = hn::Add(hn::LoadU(d, row.keys.data() + col2), hn::LoadU(d, across + col2));
      index = hn::Add(index, hn::Set(d, static_cast<Key>(step)));
      const auto less = kLast ? hn::Eq(hn::Min(key, least), key) : hn::Lt(key, least);
      least = hn::IfThenElse(less, key, least);
      which = hn::IfThenElse(less, index, which);
    }
    const auto lowest = hn::MinOfLanes(d, least);
    const auto winners = hn::Eq(least, lowest);
    best = hn::GetLane(lowest);
    if (kLast) {
      at = static_cast<std::size_t>(hn::GetLane(hn::MaxOfLanes(d, hn::IfThenElseZero(winners, which))));
    } else {
      const auto none = hn::Set(d, static_cast<Key>(end));
      at = static_cast<std::size_t>(hn::GetLane(hn::MinOfLanes(d, hn::IfThenElse(winners, which, none))));
    }
  }
  for (; col2 < end; ++col2) {
    const Key key = row.keys[col2] + across[col2];
    if (kLast ? key <= best : key < best) best = key, at = col2;
  }
  return at;
}

// row.best of the block's cells over the columns [begin, end).
template <class Key>
void fill_block(FarRow<Key>& row, std::size_t first_col, std::size_t begin, std::size_t end) {
  const hn::CappedTag<Key, kBlock> d;
  const std::size_t step = hn::Lanes(d);
  for (std::size_t col = first_col; col < first_col + kBlock; col += 2 * step) {
    const bool two = col + step < first_col + kBlock;
    const Key* const across = row.across.data() + row.origin + col;
    auto least = hn::Set(d, row.none), least2 = least;
    for (std::size_t other = begin; other < end; ++other) {
      const auto key = hn::Set(d, row.keys[other]);
      least = hn::Min(least, hn::Add(key, hn::LoadU(d, across - other)));
      if (two) least2 = hn::Min(least2, hn::Add(key, hn::LoadU(d, across - other + step)));
    }
    hn::StoreU(least, d, row.best.data() + col);
    if (two) hn::StoreU(least2, d, row.best.data() + col + step);
  }
}

// Blocks of which the nearest columns are known to lie in [begin, end].
template <class Key>
void search_blocks(FarRow<Key>& row, std::span<const std::int32_t> blocks, std::size_t width, std::size_t begin,
                   std::size_t end) {
  while (!blocks.empty()) {
    const std::size_t middle = blocks.size() / 2;
    const std::size_t first_col = static_cast<std::size_t>(blocks[middle]) * kBlock;
    const std::size_t last_col = std::min(first_col + kBlock, width) - 1;
    const std::size_t from = nearest_column(row, first_col, begin, end + 1);
    const std::size_t to = nearest_column(row, last_col, from, end + 1);
    fill_block(row, first_col, from, to + 1);
    search_blocks(row, blocks.first(middle), width, begin, from);
    blocks = blocks.subspan(middle + 1);
    begin = to;
  }
}

// As fill_block, with the smallest id of those that tie.
template <class Key>
void name_block(FarRow<Key>& row, std::size_t first_col, std::size_t begin, std::size_t end) {
  const hn::CappedTag<Key, kBlock> d;
  for (std::size_t col = first_col; col < first_col + kBlock; col += hn::Lanes(d)) {
    const Key* const across = row.across.data() + row.origin + col;
    auto least = hn::Set(d, row.none), id = hn::Zero(d);
    for (std::size_t other = begin; other < end; ++other) {
      if (row.keys[other] == row.none) continue;
      const auto key = hn::Add(hn::Set(d, row.keys[other]), hn::LoadU(d, across - other));
      const auto other_id = hn::Set(d, row.ids[other]);
      id = hn::IfThenElse(hn::Lt(key, least), other_id, hn::IfThenElse(hn::Eq(key, least), hn::Min(id, other_id), id));
      least = hn::Min(least, key);
    }
    hn::StoreU(least, d, row.best.data() + col);
    hn::StoreU(id, d, row.nearest.data() + col);
  }
}

// Blocks [first, end) of which the nearest columns, ties included, are known to lie in [begin, last].
template <class Key>
void name_blocks(FarRow<Key>& row, std::size_t width, std::size_t first, std::size_t end, std::size_t begin,
                 std::size_t last) {
  while (first < end) {
    const std::size_t middle = first + (end - first) / 2, first_col = middle * kBlock;
    const std::size_t last_col = std::min(first_col + kBlock, width) - 1;
    const std::size_t from = nearest_column(row, first_col, begin, last + 1);
    const std::size_t to = nearest_column<true>(row, last_col, from, last + 1);
    name_block(row, first_col, from, to + 1);
    // Cells to the left can still tie with columns up to the last winner of this block's first cell.
    name_blocks(row, width, first, middle, begin, nearest_column<true>(row, first_col, from, to + 1));
    first = middle + 1;
    begin = nearest_column(row, last_col, from, to + 1);
  }
}

void name_whole(std::size_t width, FarRow<std::uint32_t>& row) {
  name_blocks(row, width, 0, row.keys.size() / kBlock, 0, width - 1);
}

void name_real(std::size_t width, FarRow<double>& row) {
  name_blocks(row, width, 0, row.keys.size() / kBlock, 0, width - 1);
}

void search_far_whole(std::span<const std::int32_t> blocks, std::size_t width, FarRow<std::uint32_t>& row) {
  search_blocks(row, blocks, width, 0, width - 1);
}

void search_far_real(std::span<const std::int32_t> blocks, std::size_t width, FarRow<double>& row) {
  search_blocks(row, blocks, width, 0, width - 1);
}

// A whole number of 32 bits as a double: by halves, because there is no conversion from unsigned ones everywhere.
template <class D>
hn::Vec<D> number(D d, const std::uint32_t* keys) {
  const hn::Rebind<std::int32_t, D> whole;
  const auto key = hn::LoadU(hn::Rebind<std::uint32_t, D>(), keys);
  const auto high = hn::PromoteTo(d, hn::BitCast(whole, hn::ShiftRight<16>(key)));
  const auto low =
      hn::PromoteTo(d, hn::BitCast(whole, hn::And(key, hn::Set(hn::Rebind<std::uint32_t, D>(), std::uint32_t{65535}))));
  return hn::Add(hn::Mul(high, hn::Set(d, 65536.0)), low);
}

template <class D>
hn::Vec<D> number(D d, const double* keys) {
  return hn::LoadU(d, keys);
}

template <class Key>
void write_far(const Key* keys, std::size_t count, double largest, double unit_squared, double* out) {
  const auto write = [&](auto d, std::size_t i) {
    const auto key = number(d, keys + i);
    const auto distance = hn::Sqrt(hn::Mul(key, hn::Set(d, unit_squared)));
    const auto wanted = hn::Le(key, hn::Set(d, std::min(largest, std::numeric_limits<double>::max())));
    hn::StoreU(hn::IfThenElse(wanted, distance, hn::Set(d, std::numeric_limits<double>::quiet_NaN())), d, out + i);
  };
  const hn::ScalableTag<double> d;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) write(d, i);
  for (; i < count; ++i) write(hn::CappedTag<double, 1>(), i);
}

void write_far_whole(const std::uint32_t* keys, std::size_t count, double largest, double unit_squared, double* out) {
  write_far(keys, count, largest, unit_squared, out);
}

void write_far_real(const double* keys, std::size_t count, double largest, double unit_squared, double* out) {
  write_far(keys, count, largest, unit_squared, out);
}

// (part * sides)^2 where `sides` is the rows apart, or twice that less one.
void fill_whole_keys(std::uint32_t part, bool edge, const std::uint16_t* rows_apart, std::size_t width,
                     FarRow<std::uint32_t>& row) {
  const auto fill = [&](auto d, std::size_t col) {
    const auto rows = hn::PromoteTo(d, hn::LoadU(hn::Rebind<std::uint16_t, decltype(d)>(), rows_apart + col));
    const auto one = hn::Set(d, std::uint32_t{1}), none = hn::Set(d, row.none);
    const auto sides = edge ? hn::Sub(hn::Add(rows, rows), hn::Min(rows, one)) : rows;
    const auto parts = hn::Mul(sides, hn::Set(d, part));
    const auto empty = hn::Eq(rows, hn::Set(d, std::uint32_t{kNoRows}));
    hn::StoreU(hn::IfThenElse(empty, none, hn::Mul(parts, parts)), d, row.keys.data() + col);
  };
  const hn::ScalableTag<std::uint32_t> d;
  std::size_t col = 0;
  for (; col + hn::Lanes(d) <= width; col += hn::Lanes(d)) fill(d, col);
  for (; col < width; ++col) fill(hn::CappedTag<std::uint32_t, 1>(), col);
}

}  // namespace urbiome::distance_row::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome::distance_row {

HWY_EXPORT(search_far_whole);
HWY_EXPORT(search_far_real);
HWY_EXPORT(name_whole);
HWY_EXPORT(name_real);
HWY_EXPORT(write_far_whole);
HWY_EXPORT(write_far_real);
HWY_EXPORT(fill_whole_keys);

template <class Key>
FarRow<Key>::FarRow(const DistanceKeys& metric, std::size_t width)
    : origin((width + kBlock) / kBlock * kBlock + kBlock) {
  across.resize(2 * origin + 1);
  for (std::size_t k = 0; k <= origin; ++k) {
    const Key key = static_cast<Key>(metric.across(static_cast<std::int64_t>(k)));
    across[origin + k] = key;
    across[origin - k] = key;
  }
  keys.resize((width + kBlock - 1) / kBlock * kBlock);
  best.resize(keys.size());
}

template struct FarRow<std::uint32_t>;
template struct FarRow<double>;

void to_distances(const std::uint32_t* keys, std::size_t count, double largest, double unit_squared, double* out) {
  HWY_DYNAMIC_DISPATCH(write_far_whole)(keys, count, largest, unit_squared, out);
}

void to_distances(const double* keys, std::size_t count, double largest, double unit_squared, double* out) {
  HWY_DYNAMIC_DISPATCH(write_far_real)(keys, count, largest, unit_squared, out);
}

void fill_far_keys(const DistanceKeys& keys, const std::uint16_t* rows_apart, std::size_t width,
                   FarRow<std::uint32_t>& row) {
  const auto part = static_cast<std::uint32_t>(std::lround(std::sqrt(keys.down(1))));
  HWY_DYNAMIC_DISPATCH(fill_whole_keys)(part, keys.down(2) != 4 * keys.down(1), rows_apart, width, row);
}

void fill_far_keys(const DistanceKeys& keys, const std::uint16_t* rows_apart, std::size_t width, FarRow<double>& row) {
  for (std::size_t col = 0; col < width; ++col) {
    row.keys[col] = rows_apart[col] == kNoRows ? row.none : keys.down(rows_apart[col]);
  }
}

void search_nearest(std::size_t width, FarRow<std::uint32_t>& row) { HWY_DYNAMIC_DISPATCH(name_whole)(width, row); }
void search_nearest(std::size_t width, FarRow<double>& row) { HWY_DYNAMIC_DISPATCH(name_real)(width, row); }

void search_far(std::span<const std::int32_t> blocks, std::size_t width, FarRow<std::uint32_t>& row) {
  HWY_DYNAMIC_DISPATCH(search_far_whole)(blocks, width, row);
}

void search_far(std::span<const std::int32_t> blocks, std::size_t width, FarRow<double>& row) {
  HWY_DYNAMIC_DISPATCH(search_far_real)(blocks, width, row);
}

}  // namespace urbiome::distance_row
#endif
