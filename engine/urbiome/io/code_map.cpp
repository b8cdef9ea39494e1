#include "urbiome/io/code_map.h"

#include <algorithm>

namespace urbiome {

CodeMap::CodeMap(const std::vector<LegendClass>& classes, ClassIndex nodata, std::optional<std::int64_t> nodata_code,
                 ClassIndex otherwise)
    : nodata_code_(nodata_code), nodata_(nodata), otherwise_(otherwise) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const LegendClass& entry = classes[i];
    if (entry.last < entry.first) continue;  // a class that no code stands for
    ranges_.push_back(
        {entry.first, entry.last, entry.missing == Missing::nodata ? nodata : static_cast<ClassIndex>(i)});
  }
  std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  if (ranges_.empty()) return;
  constexpr std::uint64_t kMostDense = 1 << 16;
  const std::uint64_t span =
      static_cast<std::uint64_t>(ranges_.back().last) - static_cast<std::uint64_t>(ranges_.front().first);
  if (span >= kMostDense) return;
  std::vector<ClassIndex> dense(span + 1);
  first_ = ranges_.front().first;
  for (std::size_t i = 0; i < dense.size(); ++i) dense[i] = search(first_ + static_cast<std::int64_t>(i));
  dense_ = std::move(dense);
}

ClassIndex CodeMap::search(std::int64_t code) const {
  if (code == nodata_code_) return nodata_;
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), code,
                                [](std::int64_t value, const Range& range) { return value < range.first; });
  if (after == ranges_.begin()) return otherwise_;
  --after;
  return code <= after->last ? after->index : otherwise_;
}

}  // namespace urbiome
