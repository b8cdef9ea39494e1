#include "urbiome/kernel/connect.h"

#include <algorithm>
#include <numeric>

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

struct Row {
  std::span<const Run> runs;
  std::size_t first = 0;  // number of the row's first run
};

Row row_of(const RunTable& table, std::int64_t row) {
  return {table.of_row(row), table.offsets[static_cast<std::size_t>(row)]};
}

// Runs of one row at most `reach` columns apart.
void unite_within(const Row& row, std::int32_t reach, Forest& forest) {
  for (std::size_t i = 1; i < row.runs.size(); ++i) {
    if (row.runs[i].begin - (row.runs[i - 1].end - 1) <= reach) forest.unite(row.first + i - 1, row.first + i);
  }
}

// Runs of two rows at most `reach` columns apart, when each row already joins its own runs within `reach`: a run
// that reaches two neighbours need only meet the first, so one merge of both rows suffices.
void unite_merging(const Row& a, const Row& b, std::int32_t reach, Forest& forest) {
  std::size_t i = 0, j = 0;
  while (i < a.runs.size() && j < b.runs.size()) {
    const Run &one = a.runs[i], &other = b.runs[j];
    if (one.begin - (other.end - 1) <= reach && other.begin - (one.end - 1) <= reach) {
      forest.unite(a.first + i, b.first + j);
    }
    if (one.end < other.end) {
      ++i;
    } else {
      ++j;
    }
  }
}

// The same with no such promise (rows of a lat/lon grid differ): every pair in reach is met.
void unite_all(const Row& a, const Row& b, std::int32_t reach, Forest& forest) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < a.runs.size(); ++i) {
    const Run& one = a.runs[i];
    while (first < b.runs.size() && one.begin - (b.runs[first].end - 1) > reach) ++first;
    for (std::size_t j = first; j < b.runs.size() && b.runs[j].begin - (one.end - 1) <= reach; ++j) {
      forest.unite(a.first + i, b.first + j);
    }
  }
}

}  // namespace

Components connect(const RunTable& table, const Reach& reach, std::int64_t first_row) {
  Components result;
  result.of_run.resize(table.runs.size());
  Forest forest(result.of_run);  // until the end, of_run holds parents

  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const Row here = row_of(table, row);
    if (here.runs.empty()) continue;
    const std::int32_t own = reach.half_width(first_row + row, 0);
    if (own >= 0) unite_within(here, own, forest);
    for (std::int32_t down = 1; down <= reach.max_down() && row + down < table.rows(); ++down) {
      const std::int32_t across = reach.half_width(first_row + row, down);
      if (across < 0) continue;
      const Row below = row_of(table, row + down);
      const bool promised = across <= own && across <= reach.half_width(first_row + row + down, 0);
      (promised ? unite_merging : unite_all)(here, below, across, forest);
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
