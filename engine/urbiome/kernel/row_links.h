// Which runs of one row, and of two, lie within reach of each other: the inner step of connect.h and seam.h.
//
// `found(i, j)` is called with the places of two runs in their rows. Columns a and b are within `reach` when
// |b - a| <= reach; runs are when a cell of one and a cell of the other are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "urbiome/kernel/runs.h"

namespace urbiome {

// Neighbouring runs of one row.
template <class Found>
void link_within(std::span<const Run> row, std::int32_t reach, const Found& found) {
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (row[i].begin - (row[i - 1].end - 1) <= reach) found(i - 1, i);
  }
}

// Runs of two rows, when each row already joins its own runs within `reach`: a run that reaches two neighbours need
// only meet the first, so one merge of both rows suffices. Pairs that follow from others are left out.
template <class Found>
void link_merging(std::span<const Run> a, std::span<const Run> b, std::int32_t reach, const Found& found) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const Run &one = a[i], &other = b[j];
    if (one.begin - (other.end - 1) <= reach && other.begin - (one.end - 1) <= reach) found(i, j);
    if (one.end < other.end) {
      ++i;
    } else {
      ++j;
    }
  }
}

// The same with no such promise (rows of a lat/lon grid differ, classes do not join): every pair in reach is met.
template <class Found>
void link_all(std::span<const Run> a, std::span<const Run> b, std::int32_t reach, const Found& found) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Run& one = a[i];
    while (first < b.size() && one.begin - (b[first].end - 1) > reach) ++first;
    for (std::size_t j = first; j < b.size() && b[j].begin - (one.end - 1) <= reach; ++j) found(i, j);
  }
}

}  // namespace urbiome
