#include "urbiome/facts/near_shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "urbiome/kernel/near.h"

namespace urbiome {
namespace {

constexpr double kTie = 1 + 1e-12;  // distances this much larger still count as equal
constexpr double kRadians = std::numbers::pi / 180;

// Intervals of each row, in any order, as runs.
RunTable merged(std::vector<std::vector<Run>>& rows) {
  RunTable table;
  for (std::vector<Run>& row : rows) {
    std::sort(row.begin(), row.end(), [](const Run& a, const Run& b) { return a.begin < b.begin; });
    const std::size_t start = table.runs.size();
    for (const Run& run : row) {
      if (table.runs.size() > start && run.begin <= table.runs.back().end) {
        table.runs.back().end = std::max(table.runs.back().end, run.end);
      } else {
        table.runs.push_back(run);
      }
    }
    table.offsets.push_back(table.runs.size());
    row = {};
  }
  return table;
}

}  // namespace

NearShapes::NearShapes(const MultiPolygon& shapes, const Landscape& landscape, double metres)
    : landscape_(landscape), near_edges_(landscape, metres) {
  const GridMetric& metric = landscape.metric;
  for (const Polygon& polygon : shapes.polygons) {
    add_edges(polygon.shell);
    for (const Ring& hole : polygon.holes) add_edges(hole);
  }
  sort_into_bands();
  if (metric.is_geographic()) {
    on_ellipsoid_ = cells_on_ellipsoid(shapes);
  } else {
    on_plane_.emplace(shapes, landscape.grid(), metres / metric.unit_to_metre());
  }
}

RunTable NearShapes::cells_near(std::int64_t first, std::int64_t end) const {
  if (on_plane_) return on_plane_->rows(first, end);
  RunTable table;
  for (std::int64_t row = first; row < end; ++row) table.append_row(on_ellipsoid_.of_row(row));
  return table;
}

// The edges of a ring, cut short on lat/lon grids.
void NearShapes::add_edges(const Ring& ring) {
  const GridMetric& metric = landscape_.metric;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const Point &from = ring[i], &to = ring[i + 1];
    int parts = 1;
    if (metric.is_geographic()) {
      const double dx = (to.x - from.x) * std::cos(from.y * kRadians), dy = to.y - from.y;
      const double metres = std::hypot(dx, dy) * kRadians * metric.ellipsoid().a;
      parts = std::max(1, static_cast<int>(std::ceil(metres / NearEdges::kLongestEdge_m)));
    }
    const auto at = [&](int k) {
      const double t = static_cast<double>(k) / parts;
      return Point{from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)};
    };
    for (int k = 0; k < parts; ++k) edges_.push_back({k == 0 ? from : at(k), k + 1 == parts ? to : at(k + 1)});
  }
}

// Bands of y, as high as the distance, so that a point looks at its own band only.
void NearShapes::sort_into_bands() {
  const Grid& grid = landscape_.grid();
  band_height_ = std::max(near_edges_.reach_y(), grid.dy);
  band_top_ = grid.y0 + band_height_;
  const auto count = static_cast<std::size_t>(static_cast<double>(grid.height) * grid.dy / band_height_) + 4;
  bands_.resize(count);
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const double top = std::max(edges_[i].a.y, edges_[i].b.y) + near_edges_.reach_y();
    const double bottom = std::min(edges_[i].a.y, edges_[i].b.y) - near_edges_.reach_y();
    const double first = std::max(std::floor((band_top_ - top) / band_height_), 0.0);
    const double last = std::min(std::floor((band_top_ - bottom) / band_height_), static_cast<double>(count) - 1);
    for (double band = first; band <= last; ++band) bands_[static_cast<std::size_t>(band)].push_back(i);
  }
}

RunTable NearShapes::cells_on_ellipsoid(const MultiPolygon& shapes) const {
  const Grid& grid = landscape_.grid();
  std::vector<std::vector<Run>> rows(static_cast<std::size_t>(grid.height));
  const Coverage inside = cover_centres(shapes, grid);
  for (std::int64_t row = inside.first_row; row < inside.row_end(); ++row) {
    for (const CellSpan& span : inside.spans_of(row)) {
      rows[static_cast<std::size_t>(row)].push_back({span.begin, span.end});
    }
  }
  for (const StraightEdge& edge : edges_) {
    near_edges_.each_row(edge,
                         [&](std::int64_t row, const Run& run) { rows[static_cast<std::size_t>(row)].push_back(run); });
  }
  return merged(rows);
}

// Even-odd rule along the parallel of the point; edges that cross it lie in its band.
bool NearShapes::inside(const Point& point, const std::vector<std::size_t>& band) const {
  bool in = false;
  for (const std::size_t i : band) {
    const StraightEdge& edge = edges_[i];
    if ((edge.a.y > point.y) == (edge.b.y > point.y)) continue;
    const double x = edge.a.x + (point.y - edge.a.y) / (edge.b.y - edge.a.y) * (edge.b.x - edge.a.x);
    if (point.x < x) in = !in;
  }
  return in;
}

bool NearShapes::near(const Point& point) const {
  const double band = std::floor((band_top_ - point.y) / band_height_);
  if (!(band >= 0 && band < static_cast<double>(bands_.size()))) return false;
  const std::vector<std::size_t>& edges = bands_[static_cast<std::size_t>(band)];
  const bool reached =
      std::any_of(edges.begin(), edges.end(), [&](std::size_t i) { return near_edges_.near(point, edges_[i]); });
  return reached || inside(point, edges);
}

NearRuns::NearRuns(const RunTable& runs, std::int64_t first_row, const Landscape& landscape, const Reach& reach,
                   const FactParameters& parameters)
    : runs_(runs),
      first_row_(first_row),
      landscape_(landscape),
      rows_within_(rows_within(reach)),
      metres_(parameters.near_distance_m),
      edge_(parameters.near_edge) {}

double NearRuns::distance_m(const Point& point, std::int64_t row, const Run& run) const {
  const Grid& grid = landscape_.grid();
  const GridMetric& metric = landscape_.metric;
  double col = std::clamp(grid.col_of(point.x), static_cast<double>(run.begin), static_cast<double>(run.end));
  double line = std::clamp(grid.row_of(point.y), static_cast<double>(row), static_cast<double>(row) + 1);
  if (!edge_) {
    col =
        std::clamp(std::floor(grid.col_of(point.x)), static_cast<double>(run.begin), static_cast<double>(run.end) - 1) +
        0.5;
    line = static_cast<double>(row) + 0.5;
  }
  const Point to{grid.x_of(col), grid.y_of(line)};
  if (!metric.is_geographic()) return std::hypot(point.x - to.x, point.y - to.y) * metric.unit_to_metre();
  return near_distance_m(metric.ellipsoid(), point.y, to.y, std::abs(point.x - to.x));
}

bool NearRuns::near(const Point& point, std::int64_t row) const {
  const auto col = static_cast<std::int32_t>(std::floor(landscape_.grid().col_of(point.x)));
  const std::int64_t first = std::max(row - rows_within_, first_row_);
  const std::int64_t last = std::min(row + rows_within_, first_row_ + runs_.rows() - 1);
  for (std::int64_t other = first; other <= last; ++other) {
    const auto runs = runs_.of_row(other - first_row_);
    const auto right =
        std::lower_bound(runs.begin(), runs.end(), col, [](const Run& run, std::int32_t c) { return run.end <= c; });
    if (right != runs.end() && distance_m(point, other, *right) <= metres_ * kTie) return true;
    if (right != runs.begin() && distance_m(point, other, *(right - 1)) <= metres_ * kTie) return true;
  }
  return false;
}

}  // namespace urbiome
