#include "urbiome/kernel/open_components.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace urbiome {

std::int32_t OpenComponents::find(std::int32_t node) {
  while (parent_[static_cast<std::size_t>(node)] != node) {
    std::int32_t& above = parent_[static_cast<std::size_t>(node)];
    above = parent_[static_cast<std::size_t>(above)];  // halves the path
    node = above;
  }
  return node;
}

std::int32_t OpenComponents::unite(std::int32_t a, std::int32_t b) {
  a = find(a), b = find(b);
  if (a == b) return a;
  if (b < a) std::swap(a, b);
  parent_[static_cast<std::size_t>(b)] = a;
  Component& into = components_[static_cast<std::size_t>(a)];
  const Component& from = components_[static_cast<std::size_t>(b)];
  into.area += from.area;
  into.first_cell = std::min(into.first_cell, from.first_cell);
  return a;
}

std::int32_t OpenComponents::add_node(std::int64_t first_cell, Int128 area) {
  const auto node = static_cast<std::int32_t>(parent_.size());
  parent_.push_back(node);
  components_.push_back({first_cell, area});
  return node;
}

std::size_t OpenComponents::pin(Int128 area) {
  pins_.push_back(add_node(std::numeric_limits<std::int64_t>::max(), area));
  return pins_.size() - 1;
}

void OpenComponents::link(std::size_t run, std::int32_t node) {
  std::int32_t& mine = node_of_run_[run];
  mine = mine < 0 ? find(node) : unite(mine, node);
}

// A rule that looks one row up at most: two sorted rows are merged.
void OpenComponents::link_neighbours(std::int64_t row, std::span<const Run> runs) {
  const std::int32_t own = reach_->half_width(row, 0);
  const std::span<const SeenRun> above = std::as_const(seen_).seen();
  const bool meets = reach_->max_down() >= 1 && !above.empty();
  const std::int32_t across = meets ? reach_->half_width(row - 1, 1) : -1;
  std::size_t first = across >= 0 ? 0 : above.size();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i > 0 && runs[i].begin - (runs[i - 1].end - 1) <= own) link(i, node_of_run_[i - 1]);
    while (first < above.size() && above[first].end - 1 + across < runs[i].begin) ++first;
    for (std::size_t k = first; k < above.size() && above[k].begin <= runs[i].end - 1 + across; ++k)
      link(i, above[k].node);
    if (node_of_run_[i] < 0) node_of_run_[i] = add_node(row * width_ + runs[i].begin, 0);
  }
}

// Two cells need only be compared when the rectangle between them is empty: with a cell in it, both are within reach of
// that one too (Reach::nested), and so on. So a run meets what it sees straight above, and its two ends look sideways
// at what comes closer and closer row by row.
void OpenComponents::link_seen(std::int64_t row, std::span<const Run> runs) {
  const std::int32_t own = reach_->half_width(row, 0);
  const std::span<const SeenRun> seen = std::as_const(seen_).seen();
  std::size_t first = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    if (i > 0 && run.begin - (runs[i - 1].end - 1) <= own) link(i, node_of_run_[i - 1]);
    while (first < seen.size() && seen[first].end <= run.begin) ++first;
    std::size_t past = first;
    for (; past < seen.size() && seen[past].begin < run.end; ++past) {
      if (reach_->half_width(seen[past].row, static_cast<std::int32_t>(row - seen[past].row)) >= 0)
        link(i, seen[past].node);
    }
    look_sideways(row, runs, i, first, past);
    if (node_of_run_[i] < 0) node_of_run_[i] = add_node(row * width_ + run.begin, 0);
  }
}

// seen[first] .. seen[past - 1] lie above the run.
void OpenComponents::look_sideways(std::int64_t row, std::span<const Run> runs, std::size_t i, std::size_t first,
                                   std::size_t past) {
  const std::span<const SeenRun> seen = std::as_const(seen_).seen();
  const Run& run = runs[i];
  const std::int32_t widest = row > 0 && reach_->max_down() > 0 ? reach_->half_width(row - 1, 1) : -1;
  const auto meet = [&](const SeenRun& other, std::int32_t across, std::int32_t& nearest) {
    if (other.row <= nearest) return;
    if (across <= reach_->half_width(other.row, static_cast<std::int32_t>(row - other.row))) link(i, other.node);
    nearest = other.row;
  };
  const auto highest = static_cast<std::int32_t>(row - 1);
  std::int32_t nearest = first < past && seen[first].begin <= run.begin ? seen[first].row : -1;
  const std::int32_t left = i > 0 ? runs[i - 1].end : std::numeric_limits<std::int32_t>::min();
  for (std::size_t k = first; k-- > 0 && nearest < highest;) {
    const std::int32_t across = run.begin - (seen[k].end - 1);
    if (across > widest || seen[k].end <= left) break;
    meet(seen[k], across, nearest);
  }
  nearest = first < past && seen[past - 1].end >= run.end ? seen[past - 1].row : -1;
  const std::int32_t right = i + 1 < runs.size() ? runs[i + 1].begin : std::numeric_limits<std::int32_t>::max();
  for (std::size_t k = past; k < seen.size() && nearest < highest; ++k) {
    const std::int32_t across = seen[k].begin - (run.end - 1);
    if (across > widest || seen[k].begin >= right) break;
    meet(seen[k], across, nearest);
  }
}

void OpenComponents::link_all(std::int64_t row, std::span<const Run> runs) {
  const std::int32_t own = reach_->half_width(row, 0);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i > 0 && runs[i].begin - (runs[i - 1].end - 1) <= own) link(i, node_of_run_[i - 1]);
    if (node_of_run_[i] < 0) node_of_run_[i] = add_node(row * width_ + runs[i].begin, 0);
  }
  for (const std::vector<SeenRun>& other : all_rows_) {
    if (other.empty()) continue;
    const std::int32_t across = reach_->half_width(other[0].row, static_cast<std::int32_t>(row - other[0].row));
    if (across < 0) continue;
    std::size_t first = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      while (first < other.size() && runs[i].begin - (other[first].end - 1) > across) ++first;
      for (std::size_t k = first; k < other.size() && other[k].begin - (runs[i].end - 1) <= across; ++k)
        link(i, other[k].node);
    }
  }
}

std::span<const std::int32_t> OpenComponents::add_row(std::int64_t row, std::span<const Run> runs,
                                                      std::span<const std::int64_t> areas) {
  node_of_run_.assign(runs.size(), -1);
  const std::int64_t down = reach_->max_down();
  if (row != last_row_ + 1) seen_.lay(row - 1, {}, {}, row - down, row - 1);  // rows that were skipped hold no runs
  last_row_ = row;
  if (!reach_->nested()) {
    while (!all_rows_.empty() && (all_rows_.front().empty() || all_rows_.front()[0].row < row - down))
      all_rows_.pop_front();
    link_all(row, runs);
  } else if (down <= 1) {
    link_neighbours(row, runs);
  } else {
    link_seen(row, runs);
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    node_of_run_[i] = find(node_of_run_[i]);
    components_[static_cast<std::size_t>(node_of_run_[i])].area += areas[i];
  }
  if (reach_->nested()) {
    if (down <= 1) seen_.clear();
    seen_.lay(row, runs, node_of_run_, row + 1 - down, row);
  } else if (!runs.empty()) {
    std::vector<SeenRun>& kept = all_rows_.emplace_back();
    for (std::size_t i = 0; i < runs.size(); ++i)
      kept.push_back({runs[i].begin, runs[i].end, static_cast<std::int32_t>(row), node_of_run_[i]});
  }
  return node_of_run_;
}

void OpenComponents::mark_open(bool at_end) {
  open_mark_.assign(parent_.size(), 0);
  if (at_end) {
    seen_.clear();
    all_rows_.clear();
    pins_.clear();
    return;
  }
  const auto mark = [&](std::int32_t node) { open_mark_[static_cast<std::size_t>(find(node))] = 1; };
  for (const SeenRun& run : std::as_const(seen_).seen()) mark(run.node);
  for (const auto& row : all_rows_) {
    for (const SeenRun& run : row) mark(run.node);
  }
  for (const std::int32_t node : pins_) mark(node);
}

void OpenComponents::renumber_kept(std::span<const std::int32_t> remap) {
  const auto renumbered = [&](std::int32_t& node) { node = remap[static_cast<std::size_t>(node)]; };
  for (SeenRun& run : seen_.seen()) renumbered(run.node);
  for (auto& row : all_rows_) {
    for (SeenRun& run : row) renumbered(run.node);
  }
  for (std::int32_t& node : pins_) renumbered(node);
}

std::int64_t OpenComponents::bytes() const {
  return static_cast<std::int64_t>(parent_.capacity() * sizeof(std::int32_t) +
                                   components_.capacity() * sizeof(Component));
}

}  // namespace urbiome
