#include "urbiome/facts/trees_near.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace urbiome {
namespace {

// Where at least so many of the runs lie over each other.
void append_where_deep(const std::vector<Run>& runs, std::int32_t least, std::vector<Run>& out) {
  std::vector<std::pair<std::int32_t, std::int32_t>> steps;  // column, change
  for (const Run& run : runs) steps.insert(steps.end(), {{run.begin, 1}, {run.end, -1}});
  std::ranges::sort(steps);
  std::int32_t depth = 0, begin = 0;
  for (std::size_t i = 0; i < steps.size();) {
    const std::int32_t col = steps[i].first, before = depth;
    for (; i < steps.size() && steps[i].first == col; ++i) depth += steps[i].second;
    if (before < least && depth >= least) begin = col;
    if (before >= least && depth < least) out.push_back({begin, col});
  }
}

}  // namespace

TreesNear::TreesNear(std::span<const Point> trees, const Landscape& landscape, double metres, std::int32_t least)
    : near_edges_(landscape, metres), trees_(trees.begin(), trees.end()), landscape_(landscape), least_(least) {
  std::ranges::sort(trees_, [](const Point& a, const Point& b) { return std::tie(a.y, a.x) < std::tie(b.y, b.x); });
}

std::span<const Point> TreesNear::between(double bottom, double top) const {
  const auto begin = std::ranges::lower_bound(trees_, bottom, {}, &Point::y);
  const auto end = std::ranges::upper_bound(begin, trees_.end(), top, {}, &Point::y);
  return {begin, end};
}

RunTable TreesNear::cells_near(std::int64_t first, std::int64_t end) const {
  const Grid& grid = landscape_.grid();
  const double reach = near_edges_.reach_y() + grid.dy;
  std::vector<std::vector<Run>> rows(static_cast<std::size_t>(end - first));
  for (const Point& tree :
       between(grid.y_of(static_cast<double>(end)) - reach, grid.y_of(static_cast<double>(first)) + reach)) {
    near_edges_.each_row({tree, tree}, [&](std::int64_t row, const Run& run) {
      if (row >= first && row < end) rows[static_cast<std::size_t>(row - first)].push_back(run);
    });
  }
  RunTable table;
  for (const std::vector<Run>& row : rows) {
    append_where_deep(row, least_, table.runs);
    table.offsets.push_back(table.runs.size());
  }
  return table;
}

bool TreesNear::near(const Point& point) const {
  const double reach = near_edges_.reach_y();
  std::int32_t found = 0;
  for (const Point& tree : between(point.y - reach, point.y + reach)) {
    if (near_edges_.near(point, {tree, tree}) && ++found >= least_) return true;
  }
  return false;
}

}  // namespace urbiome
