#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/facts/window_map.h"

namespace urbiome {
namespace {

// The largest step in 0 .. most that is within the radius; distance(step) grows with it.
template <class Distance>
std::int32_t most_steps(double radius_m, std::int64_t most, const Distance& distance) {
  const double bound = radius_m * (1 + 1e-12);
  std::int64_t good = 0, bad = most + 1;
  while (bad - good > 1) {
    const std::int64_t middle = good + (bad - good) / 2;
    (distance(static_cast<std::int32_t>(middle)) <= bound ? good : bad) = middle;
  }
  return static_cast<std::int32_t>(good);
}

WindowShapes refuse_endless(WindowShapes shapes, const Grid& grid) {
  const std::int64_t cells = std::min(shapes.most_cells(), grid.cells());
  if (cells < std::int64_t{1} << 32) return shapes;
  throw Error(ErrorCode::usage, fmt::format("a window of this radius has {} cells", cells),
              "windows of less than 2^32 cells", "give a smaller --radius-m, or average the raster to larger cells");
}

}  // namespace

WindowShapes window_shapes(const Grid& grid, const GridMetric& metric, WindowForm form, double radius_m) {
  if (form == WindowForm::disc) {
    return refuse_endless({metric.within(GridMetric::Kind::centre, radius_m, false), grid.height}, grid);
  }
  const std::int64_t lines = metric.is_geographic() ? grid.height : std::min<std::int64_t>(grid.height, 1);
  std::vector<WindowSides> sides;
  for (std::int64_t row = 0; row < lines; ++row) {
    // On a plane row 0 speaks for all; it may look farther than the grid is high, where there is nothing to see.
    const std::int64_t down = metric.is_geographic() ? grid.height - 1 - row : grid.height - 1;
    const std::int64_t up = metric.is_geographic() ? row : grid.height - 1;
    const auto lower = [&](std::int32_t rows) { return metric.centre(row, rows, 0); };
    const auto upper = [&](std::int32_t rows) {
      return metric.is_geographic() ? metric.centre(row - rows, rows, 0) : lower(rows);
    };
    sides.push_back(
        {most_steps(radius_m, up, upper), most_steps(radius_m, down, lower),
         most_steps(radius_m, grid.width - 1, [&](std::int32_t columns) { return metric.centre(row, 0, columns); })});
  }
  if (sides.empty()) sides.push_back({0, 0, 0});
  return refuse_endless({std::move(sides), grid.height}, grid);
}

}  // namespace urbiome
