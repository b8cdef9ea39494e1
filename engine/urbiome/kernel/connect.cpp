#include "urbiome/kernel/connect.h"

#include <algorithm>
#include <numeric>

#include "urbiome/kernel/row_links.h"

namespace urbiome {
namespace {

// A forest over run numbers in which every root is the smallest of its tree: the run that comes first.
class Forest {
 public:
  explicit Forest(std::vector<std::int32_t>& parent) : parent_(parent) { std::iota(parent.begin(), parent.end(), 0); }

  void unite(std::size_t a, std::size_t b) {
    std::int32_t root_a = root(static_cast<std::int32_t>(a)), root_b = root(static_cast<std::int32_t>(b));
    if (root_a == root_b) return;
    if (root_b < root_a) std::swap(root_a, root_b);
    parent_[static_cast<std::size_t>(root_b)] = root_a;
  }

 private:
  std::int32_t root(std::int32_t at) {
    while (parent_[static_cast<std::size_t>(at)] != at) {
      std::int32_t& above = parent_[static_cast<std::size_t>(at)];
      above = parent_[static_cast<std::size_t>(above)];  // halves the path
      at = above;
    }
    return at;
  }

  std::vector<std::int32_t>& parent_;
};

}  // namespace

Components connect(const RunTable& table, const Reach& reach, std::int64_t first_row) {
  Components result;
  result.of_run.resize(table.runs.size());
  Forest forest(result.of_run);  // until the end, of_run holds parents

  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const std::span<const Run> here = table.of_row(row);
    if (here.empty()) continue;
    const std::size_t first = table.offsets[static_cast<std::size_t>(row)];
    const std::int32_t own = reach.half_width(first_row + row, 0);
    if (own >= 0) link_within(here, own, [&](std::size_t i, std::size_t j) { forest.unite(first + i, first + j); });
    for (std::int32_t down = 1; down <= reach.max_down() && row + down < table.rows(); ++down) {
      const std::int32_t across = reach.half_width(first_row + row, down);
      if (across < 0) continue;
      const std::span<const Run> below = table.of_row(row + down);
      const std::size_t first_below = table.offsets[static_cast<std::size_t>(row + down)];
      const auto unite = [&](std::size_t i, std::size_t j) { forest.unite(first + i, first_below + j); };
      const bool promised = across <= own && across <= reach.half_width(first_row + row + down, 0);
      if (promised) {
        link_merging(here, below, across, unite);
      } else {
        link_all(here, below, across, unite);
      }
    }
  }

  for (std::size_t run = 0; run < result.of_run.size(); ++run) {
    std::int32_t& entry = result.of_run[run];
    if (entry == static_cast<std::int32_t>(run)) {
      entry = static_cast<std::int32_t>(result.first_run.size());
      result.first_run.push_back(run);
    } else {
      entry = result.of_run[static_cast<std::size_t>(entry)];  // a parent comes before its runs, so it has its id
    }
  }
  return result;
}

}  // namespace urbiome
