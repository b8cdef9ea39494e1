#include "urbiome/kernel/runs.h"

namespace urbiome {

std::int64_t RunTable::cells() const {
  std::int64_t sum = 0;
  for (const Run& run : runs) sum += run.end - run.begin;
  return sum;
}

std::int64_t RunTable::bytes() const {
  return static_cast<std::int64_t>(runs.capacity() * sizeof(Run) + offsets.capacity() * sizeof(std::size_t));
}

}  // namespace urbiome
