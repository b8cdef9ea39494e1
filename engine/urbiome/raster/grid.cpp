#include "urbiome/raster/grid.h"

#include <cmath>

#include <fmt/format.h>

namespace urbiome {

bool same_grid(const Grid& a, const Grid& b) {
  if (a.width != b.width || a.height != b.height) return false;
  const auto near = [](double x, double y, double size) { return std::abs(x - y) <= 1e-6 * size; };
  const auto width = static_cast<double>(a.width), height = static_cast<double>(a.height);
  return near(a.x0, b.x0, a.dx) && near(a.y0, b.y0, a.dy) && near(a.x_of(width), b.x_of(width), a.dx) &&
         near(a.y_of(height), b.y_of(height), a.dy);
}

std::string in_words(const Grid& grid) {
  return fmt::format("{} x {} cells of {} x {} from {}, {}", grid.width, grid.height, grid.dx, grid.dy, grid.x0,
                     grid.y0);
}

}  // namespace urbiome
