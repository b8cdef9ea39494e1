// Small distances: keys of 16 bits, sought outwards from every cell.
#include <algorithm>
#include <cmath>
#include <limits>

#include "urbiome/kernel/distance_row.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/distance_near.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::distance_row::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag16 = hn::CappedTag<std::uint16_t, kBlock>;

// Calls body(tag, column) for vectors over the row, then for what is left cell by cell.
template <class Body>
void along(std::size_t width, const Body& body) {
  const Tag16 d;
  const hn::CappedTag<std::uint16_t, 1> one;
  std::size_t col = 0;
  for (; col + hn::Lanes(d) <= width; col += hn::Lanes(d)) body(d, col);
  for (; col < width; ++col) body(one, col);
}

template <class D>
hn::Vec<D> one_farther(D d, const std::uint8_t* member, const std::uint16_t* rows) {
  const auto marked = hn::PromoteTo(d, hn::LoadU(hn::Rebind<std::uint8_t, D>(), member));
  const auto next = hn::SaturatedAdd(hn::LoadU(d, rows), hn::Set(d, 1));
  return hn::IfThenElseZero(hn::Eq(marked, hn::Zero(d)), next);
}

void step_up_row(const std::uint8_t* member, const std::uint16_t* next, std::size_t width, std::uint16_t* out) {
  along(width, [&](auto d, std::size_t col) { hn::StoreU(one_farther(d, member + col, next + col), d, out + col); });
}

void step_down_row(const std::uint8_t* member, const std::uint16_t* below, std::size_t width, std::uint16_t* above,
                   std::uint16_t* nearest) {
  along(width, [&](auto d, std::size_t col) {
    const auto up = one_farther(d, member + col, above + col);
    hn::StoreU(up, d, above + col);
    hn::StoreU(hn::Min(up, hn::LoadU(d, below + col)), d, nearest + col);
  });
}

void fill_keys(const NearKeys& keys, const std::uint16_t* rows_apart, std::size_t width, NearRow& row) {
  const Tag16 d;
  const auto most = hn::Set(d, keys.most_rows), part = hn::Set(d, keys.part_y), none = hn::Set(d, kNoKey);
  std::uint16_t* const out = row.keys.data() + row.lead;
  std::uint16_t* const lowest = row.lowest.data() + row.lead / kBlock;
  for (std::size_t block = 0; block < row.blocks; ++block) {
    auto least = none;
    for (std::size_t col = block * kBlock; col < (block + 1) * kBlock; col += hn::Lanes(d)) {
      const auto rows = hn::LoadU(d, rows_apart + col);
      const auto sides = keys.edge ? hn::SaturatedSub(hn::Add(rows, rows), hn::Set(d, 1)) : rows;
      const auto parts = hn::Mul(sides, part);
      const auto key = hn::IfThenElse(hn::Eq(hn::Min(rows, most), rows), hn::Mul(parts, parts), none);
      hn::StoreU(key, d, out + col);
      least = hn::Min(least, key);
    }
    lowest[block] = hn::GetLane(hn::MinOfLanes(d, least));
  }
  // Beyond the row's end nothing is a member.
  for (std::size_t col = width; col < row.blocks * kBlock; ++col) out[col] = kNoKey;
}

// The least key that any column within reach of the block has.
std::uint16_t lowest_around(const NearKeys& keys, const NearRow& row, std::size_t block) {
  const std::size_t reach = keys.padding() / kBlock - 1;
  const std::uint16_t* const lowest = row.lowest.data() + row.lead / kBlock + block;
  std::uint16_t least = *lowest;
  for (std::size_t i = 1; i <= reach; ++i) {
    least = std::min(least, std::min(*(lowest - i), *(lowest + i)));
  }
  return least;
}

// Best keys of one vector of cells, of which `lowest` is the least key within reach; false when a cell's best may lie
// farther out than was sought.
template <class D, class V>
bool best_of_vector(D d, const NearKeys& keys, const std::uint16_t* at, V lowest, std::uint16_t* out) {
  const std::uint16_t* const across = keys.across.data();
  const std::size_t columns = keys.columns();
  auto best = hn::LoadU(d, at);
  const auto nothing_closer = [&](std::size_t k) {
    const auto bound = hn::SaturatedAdd(hn::Set(d, across[k]), lowest);
    return hn::AllTrue(d, hn::Eq(hn::Min(best, bound), best));
  };
  const auto look = [&](std::size_t k) {
    const auto sides = hn::Min(hn::LoadU(d, at - k), hn::LoadU(d, at + k));
    best = hn::Min(best, hn::SaturatedAdd(sides, hn::Set(d, across[k])));
  };
  for (std::size_t k = 1; k <= columns && !nothing_closer(k); k += 2) {
    look(k);
    look(k + 1);
  }
  hn::StoreU(best, d, out);
  const auto beyond = hn::Set(d, std::min<std::uint16_t>(across[columns + 1], kNoKey - 1));
  return hn::AllTrue(d, hn::Eq(hn::Min(best, beyond), best));
}

void search_near_row(const NearKeys& keys, const std::uint16_t* rows_apart, std::size_t width, NearRow& row) {
  const Tag16 d;
  fill_keys(keys, rows_apart, width, row);
  row.far.clear();
  for (std::size_t block = 0; block < row.blocks; ++block) {
    const std::uint16_t least = lowest_around(keys, row, block);
    const auto lowest = hn::Set(d, least);
    bool decided = least != kNoKey;
    for (std::size_t col = block * kBlock; col < (block + 1) * kBlock; col += hn::Lanes(d)) {
      if (least == kNoKey) {
        hn::StoreU(lowest, d, row.best.data() + col);
      } else {
        decided &= best_of_vector(d, keys, row.keys.data() + row.lead + col, lowest, row.best.data() + col);
      }
    }
    if (!decided && !keys.limited) row.far.push_back(static_cast<std::int32_t>(block));
  }
}

// The key itself as a number of the kind wanted.
template <class D>
hn::Vec<D> number(D d, const std::uint16_t* keys) {
  const hn::Rebind<std::int32_t, D> whole;
  const auto key = hn::PromoteTo(whole, hn::LoadU(hn::Rebind<std::uint16_t, D>(), keys));
  if constexpr (sizeof(hn::TFromD<D>) == 8) {
    return hn::PromoteTo(d, key);
  } else {
    return hn::ConvertTo(d, key);
  }
}

template <class Out>
void write_distances(const std::uint16_t* keys, std::size_t count, std::uint16_t largest, double unit_squared,
                     Out* out) {
  constexpr bool kDouble = sizeof(Out) == 8;
  const Out unit = static_cast<Out>(kDouble ? unit_squared : std::sqrt(unit_squared));
  const auto write = [&](auto d, std::size_t i) {
    const auto key = number(d, keys + i), by = hn::Set(d, unit);
    const auto distance = kDouble ? hn::Sqrt(hn::Mul(key, by)) : hn::Mul(hn::Sqrt(key), by);
    const auto nan = hn::Set(d, std::numeric_limits<Out>::quiet_NaN());
    hn::StoreU(hn::IfThenElse(hn::Le(key, hn::Set(d, static_cast<Out>(largest))), distance, nan), d, out + i);
  };
  const hn::ScalableTag<Out> d;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) write(d, i);
  for (; i < count; ++i) write(hn::CappedTag<Out, 1>(), i);
}

void write_doubles(const std::uint16_t* keys, std::size_t count, std::uint16_t largest, double unit_squared,
                   double* out) {
  write_distances(keys, count, largest, unit_squared, out);
}

void write_floats(const std::uint16_t* keys, std::size_t count, std::uint16_t largest, double unit_squared,
                  float* out) {
  write_distances(keys, count, largest, unit_squared, out);
}

}  // namespace urbiome::distance_row::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome::distance_row {

HWY_EXPORT(step_up_row);
HWY_EXPORT(step_down_row);
HWY_EXPORT(search_near_row);
HWY_EXPORT(write_doubles);
HWY_EXPORT(write_floats);

NearKeys near_keys(const DistanceKeys& keys) {
  constexpr std::size_t kMostColumns = 64;  // beyond that, search_far costs less
  NearKeys near;
  if (!keys.whole() || keys.across(8) >= kNoKey || keys.down(8) >= kNoKey) return near;
  near.limited = keys.largest() < kNoKey;
  if (near.limited) near.largest = static_cast<std::uint16_t>(keys.largest());
  near.part_y = static_cast<std::uint16_t>(std::sqrt(keys.down(1)));
  near.edge = keys.down(2) != 4 * keys.down(1);
  while (keys.down(near.most_rows + 1) < kNoKey) ++near.most_rows;
  std::size_t columns = 1;
  while (keys.across(static_cast<std::int64_t>(columns) + 1) <= near.largest &&
         (near.limited || columns < kMostColumns)) {
    ++columns;
  }
  for (std::size_t k = 0; k < columns + 2; ++k) {
    near.across.push_back(
        static_cast<std::uint16_t>(std::min<double>(keys.across(static_cast<std::int64_t>(k)), kNoKey)));
  }
  return near;
}

NearRow::NearRow(const NearKeys& near, std::size_t width)
    : blocks((width + kBlock - 1) / kBlock),
      lead(near.padding()),
      keys(blocks * kBlock + 2 * lead, kNoKey),
      lowest(blocks + 2 * lead / kBlock, kNoKey),
      best(blocks * kBlock) {}

void step_up(const std::uint8_t* member, const std::uint16_t* next, std::size_t width, std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(step_up_row)(member, next, width, out);
}

void step_down(const std::uint8_t* member, const std::uint16_t* below, std::size_t width, std::uint16_t* above,
               std::uint16_t* nearest) {
  HWY_DYNAMIC_DISPATCH(step_down_row)(member, below, width, above, nearest);
}

void search_near(const NearKeys& keys, const std::uint16_t* rows_apart, std::size_t width, NearRow& row) {
  HWY_DYNAMIC_DISPATCH(search_near_row)(keys, rows_apart, width, row);
}

void to_distances(const std::uint16_t* keys, std::size_t count, std::uint16_t largest, double unit_squared,
                  double* out) {
  HWY_DYNAMIC_DISPATCH(write_doubles)(keys, count, largest, unit_squared, out);
}

void to_distances(const std::uint16_t* keys, std::size_t count, std::uint16_t largest, double unit_squared,
                  float* out) {
  HWY_DYNAMIC_DISPATCH(write_floats)(keys, count, largest, unit_squared, out);
}

}  // namespace urbiome::distance_row
#endif
