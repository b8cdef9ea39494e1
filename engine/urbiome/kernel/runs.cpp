#include "urbiome/kernel/runs.h"

#include <algorithm>

namespace urbiome {

std::int64_t RunTable::cells() const {
  std::int64_t sum = 0;
  for (const Run& run : runs) sum += run.end - run.begin;
  return sum;
}

std::int64_t RunTable::bytes() const {
  return static_cast<std::int64_t>(runs.capacity() * sizeof(Run) + offsets.capacity() * sizeof(std::size_t));
}

void append_shared(std::span<const Run> a, std::span<const Run> b, std::vector<Run>& out) {
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const std::int32_t begin = std::max(a[i].begin, b[j].begin), end = std::min(a[i].end, b[j].end);
    if (begin < end) out.push_back({begin, end});
    (a[i].end < b[j].end ? i : j) += 1;
  }
}

}  // namespace urbiome
