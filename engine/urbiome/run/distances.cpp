#include "urbiome/run/distances.h"

#include <algorithm>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/vector/cell_area.h"

namespace urbiome {
namespace {

constexpr double kMostDistortion = 0.01;  // beyond 1 % distances are refused

}  // namespace

Box box_of(const Grid& grid) {
  return {grid.x0, grid.y0 - grid.dy * static_cast<double>(grid.height),
          grid.x0 + grid.dx * static_cast<double>(grid.width), grid.y0};
}

double worst_distortion(const Crs& crs, const Box& box) {
  double worst = 0;
  for (const double x : {box.xmin, (box.xmin + box.xmax) / 2, box.xmax}) {
    for (const double y : {box.ymin, (box.ymin + box.ymax) / 2, box.ymax})
      worst = std::max(worst, linear_distortion(crs, {x, y}));
  }
  return worst;
}

void check_scale(const Crs& crs, const Box& box, const std::string& path) {
  if (crs.is_geographic()) return;
  const double worst = worst_distortion(crs, box);
  if (worst <= kMostDistortion) return;
  throw Error(ErrorCode::contradiction,
              fmt::format("lengths in {} ({}) are up to {:.3g} % off here, so distances cannot be measured on {}",
                          crs.name(), crs.id().empty() ? "no code" : crs.id(), 100 * worst, path),
              "a CRS whose scale is within 1 %, or lat/lon",
              "warp the land cover to a local CRS (gdalwarp -t_srs, UTM for example)");
}

GridMetric metric_on(const Grid& grid, const Crs& crs) {
  if (crs.is_geographic()) require_on_globe(grid);
  return crs.is_geographic() ? GridMetric::geographic(grid, crs.ellipsoid())
                             : GridMetric::planar(grid, crs.unit_to_metre());
}

}  // namespace urbiome
