#include "urbiome/kernel/region_index.h"

#include <algorithm>

namespace urbiome {
namespace {

constexpr std::int64_t kStripeRows = 256;

}  // namespace

RegionIndex::RegionIndex(std::span<const Coverage> regions, std::int64_t rows)
    : stripes_(static_cast<std::size_t>((rows + kStripeRows - 1) / kStripeRows)) {
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const Coverage& region = regions[i];
    if (region.empty()) continue;
    const std::int64_t first = region.first_row / kStripeRows, last = (region.row_end() - 1) / kStripeRows;
    for (std::int64_t stripe = first; stripe <= last; ++stripe) {
      stripes_[static_cast<std::size_t>(stripe)].push_back({static_cast<std::uint32_t>(i),
                                                            static_cast<std::int32_t>(first), region.col_begin,
                                                            region.col_end, region.first_row, region.row_end()});
    }
  }
}

void RegionIndex::find(const Window& window, std::vector<std::uint32_t>& found) const {
  found.clear();
  if (window.empty()) return;
  const std::int64_t begin = window.row / kStripeRows;
  const std::int64_t end =
      std::min<std::int64_t>((window.row_end() - 1) / kStripeRows + 1, static_cast<std::int64_t>(stripes_.size()));
  for (std::int64_t stripe = begin; stripe < end; ++stripe) {
    for (const Entry& entry : stripes_[static_cast<std::size_t>(stripe)]) {
      // Once: in its own first stripe, or in the window's.
      if (stripe != std::max<std::int64_t>(begin, entry.first_stripe)) continue;
      if (entry.row_end <= window.row || entry.first_row >= window.row_end()) continue;
      if (entry.col_end <= window.col || entry.col_begin >= window.col_end()) continue;
      found.push_back(entry.region);
    }
  }
  std::sort(found.begin(), found.end());
}

}  // namespace urbiome
