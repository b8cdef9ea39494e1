#include "urbiome/kernel/distance_geographic_row.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "urbiome/kernel/distance_geographic_row.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace urbiome::distance_row::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<double, kGeographicBlock>;

// The least key of a vector of cells so far; with ids the smallest of those that have it.
template <bool kIds>
struct Best {
  hn::Vec<Tag> key, north, id;

  static Best none() {
    const Tag d;
    return {hn::Set(d, std::numeric_limits<double>::infinity()), hn::Zero(d), hn::Zero(d)};
  }
  static Best of(const GeographicRow& row, std::size_t col) {
    const Tag d;
    const double* const ids = kIds ? row.best_ids.data() : row.best.data();
    return {hn::LoadU(d, row.best.data() + col), hn::LoadU(d, row.best_north.data() + col), hn::LoadU(d, ids + col)};
  }
  void store(GeographicRow& row, std::size_t col) const {
    const Tag d;
    hn::StoreU(key, d, row.best.data() + col);
    hn::StoreU(north, d, row.best_north.data() + col);
    if constexpr (kIds) hn::StoreU(id, d, row.best_ids.data() + col);
  }

  void offer(hn::Vec<Tag> other_north, hn::Vec<Tag> east, hn::Vec<Tag> sin2, hn::Vec<Tag> other_id) {
    const auto other = hn::Add(other_north, hn::Mul(east, sin2));
    const auto less = hn::Lt(other, key);
    if constexpr (kIds) {
      const auto smaller = hn::And(hn::Eq(other, key), hn::Lt(other_id, id));
      id = hn::IfThenElse(hn::Or(less, smaller), other_id, id);
    }
    key = hn::IfThenElse(less, other, key);
    north = hn::IfThenElse(less, other_north, north);
  }
  // Whether no key of at least `bound` changes anything.
  bool settled(double bound) const {
    const Tag d;
    return kIds ? hn::AllTrue(d, hn::Lt(key, hn::Set(d, bound))) : hn::AllTrue(d, hn::Le(key, hn::Set(d, bound)));
  }
};

template <bool kIds>
void offer_columns(const GeographicRow& row, std::size_t at, std::size_t k, Best<kIds>& best) {
  const Tag d;
  const auto sin2 = hn::Set(d, row.sin2[row.origin + k]);
  const auto offer = [&](const GeographicRow::Candidates& side, std::size_t column) {
    const double* const ids = kIds ? side.ids.data() : side.east.data();
    best.offer(hn::LoadU(d, side.north.data() + column), hn::LoadU(d, side.east.data() + column), sin2,
               hn::LoadU(d, ids + column));
  };
  for (const auto* side : {&row.above, &row.below}) {
    offer(*side, at - k);
    if (k > 0) offer(*side, at + k);
  }
}

// Outwards from the cells of a block, over the block itself and its neighbours.
template <bool kIds>
void search_close(double limit, GeographicRow& row, std::size_t block) {
  const Tag d;
  const auto lowest = [block](const std::vector<double>& of) {
    return std::min({of[block], of[block + 1], of[block + 2]});  // one block of padding
  };
  const double north = lowest(row.lowest_north), east = lowest(row.lowest_east);
  for (std::size_t col = block * kGeographicBlock; col < (block + 1) * kGeographicBlock; col += hn::Lanes(d)) {
    auto best = Best<kIds>::none();
    if (north <= limit) {
      for (std::size_t k = 0; k <= kGeographicColumns; ++k) {
        const double bound = north + east * row.sin2[row.origin + k];
        if (bound > limit || best.settled(bound)) break;
        offer_columns(row, kGeographicLead + col, k, best);
      }
    }
    best.store(row, col);
  }
}

double worst_of(const GeographicRow& row, std::size_t block) {
  const double* const best = row.best.data() + block * kGeographicBlock;
  return *std::max_element(best, best + std::min(kGeographicBlock, row.width - block * kGeographicBlock));
}

// The cells of `block` with all columns of the block `other`.
template <bool kIds>
void search_pair(GeographicRow& row, std::size_t block, std::size_t other) {
  const Tag d;
  const std::size_t first = other * kGeographicBlock, end = std::min(first + kGeographicBlock, row.width);
  for (std::size_t col = block * kGeographicBlock; col < (block + 1) * kGeographicBlock; col += hn::Lanes(d)) {
    auto best = Best<kIds>::of(row, col);
    for (std::size_t column = first; column < end; ++column) {
      const auto sin2 = hn::LoadU(d, row.sin2.data() + row.origin + col - column);
      const std::size_t at = kGeographicLead + column;
      for (const auto* side : {&row.above, &row.below}) {
        best.offer(hn::Set(d, side->north[at]), hn::Set(d, side->east[at]), sin2,
                   kIds ? hn::Set(d, side->ids[at]) : hn::Zero(d));
      }
    }
    best.store(row, col);
  }
}

// Blocks farther out, as long as one of their columns can still win.
template <bool kIds>
void search_beyond(double limit, double row_north, double row_east, GeographicRow& row, std::size_t block) {
  double worst = std::min(worst_of(row, block), limit);
  for (std::size_t apart = 1; apart <= std::max(block, row.blocks - 1 - block); ++apart) {
    const double sin2 = row.sin2[row.origin + apart * kGeographicBlock - (kGeographicBlock - 1)];
    if (row_north + row_east * sin2 > worst) return;
    for (const bool left : {true, false}) {
      if (left ? block < apart : block + apart >= row.blocks) continue;
      const std::size_t other = left ? block - apart : block + apart;
      if (!(row.lowest_north[other + 1] < std::numeric_limits<double>::infinity())) continue;  // no candidate there
      if (row.lowest_north[other + 1] + row.lowest_east[other + 1] * sin2 > worst) continue;
      search_pair<kIds>(row, block, other);
      worst = std::min(worst_of(row, block), limit);
    }
  }
}

template <bool kIds>
void search_all(double limit, GeographicRow& row) {
  const double north = *std::min_element(row.lowest_north.begin(), row.lowest_north.end());
  const double east = *std::min_element(row.lowest_east.begin(), row.lowest_east.end());
  for (std::size_t block = 0; block < row.blocks; ++block) {
    search_close<kIds>(limit, row, block);
    const double searched = north + east * row.sin2[row.origin + kGeographicColumns + 1];
    if (std::min(worst_of(row, block), limit) >= searched) search_beyond<kIds>(limit, north, east, row, block);
  }
}

void search_row(double limit, GeographicRow& row) { search_all<false>(limit, row); }
void search_row_ids(double limit, GeographicRow& row) { search_all<true>(limit, row); }

}  // namespace urbiome::distance_row::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace urbiome::distance_row {

HWY_EXPORT(search_row);
HWY_EXPORT(search_row_ids);

GeographicRow::GeographicRow(std::size_t columns, std::vector<double> sin2_of_columns)
    : width(columns), blocks((columns + kGeographicBlock - 1) / kGeographicBlock) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  const std::size_t padded = blocks * kGeographicBlock + 2 * kGeographicLead;
  for (Candidates* side : {&above, &below}) {
    side->north.assign(padded, kNone);
    side->east.assign(padded, 0);
  }
  lowest_north.assign(blocks + 2, kNone);
  lowest_east.assign(blocks + 2, kNone);
  origin = sin2_of_columns.size() - 1;
  sin2.resize(2 * origin + 1);
  for (std::size_t k = 0; k <= origin; ++k) sin2[origin + k] = sin2[origin - k] = sin2_of_columns[k];
  best.resize(blocks * kGeographicBlock);
  best_north.resize(best.size());
}

void GeographicRow::make_room_for_ids() {
  for (Candidates* side : {&above, &below}) side->ids.resize(side->north.size());
  best_ids.resize(best.size());
}

void search_geographic(double limit, GeographicRow& row) { HWY_DYNAMIC_DISPATCH(search_row)(limit, row); }
void search_geographic_ids(double limit, GeographicRow& row) { HWY_DYNAMIC_DISPATCH(search_row_ids)(limit, row); }

}  // namespace urbiome::distance_row
#endif
