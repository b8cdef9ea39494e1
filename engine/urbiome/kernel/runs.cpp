#include "urbiome/kernel/runs.h"

#include "urbiome/kernel/equal_bytes.h"

namespace urbiome {

std::int64_t RunTable::cells() const {
  std::int64_t sum = 0;
  for (const Run& run : runs) sum += run.end - run.begin;
  return sum;
}

std::int64_t RunTable::bytes() const {
  return static_cast<std::int64_t>(runs.capacity() * sizeof(Run) + offsets.capacity() * sizeof(std::size_t));
}

void append_runs(std::span<const ClassIndex> row, const ClassSet& member, std::int32_t first_col,
                 std::vector<Run>& out) {
  const std::size_t size = row.size();
  std::size_t at = 0;
  while (at < size) {
    while (at < size && !member[row[at]]) at = equal_until(row.data(), at, size);
    if (at == size) return;
    const std::size_t begin = at;
    // Several member classes side by side are one run.
    while (at < size && member[row[at]]) at = equal_until(row.data(), at, size);
    out.push_back({first_col + static_cast<std::int32_t>(begin), first_col + static_cast<std::int32_t>(at)});
  }
}

}  // namespace urbiome
