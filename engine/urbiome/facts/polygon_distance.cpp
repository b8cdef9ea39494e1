#include "urbiome/facts/polygon_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "urbiome/exec/spare_buffers.h"

namespace urbiome {
namespace {

constexpr double kLongestEdge_m = 25;  // a chord of this length keeps within 0.02 mm of a parallel
constexpr double kMeanRadius_m = 6371008.8;
constexpr double kRadians = std::numbers::pi / 180;

// Length over the ground of a chord through it.
double over_ground(double chord_m) { return 2 * kMeanRadius_m * std::asin(std::min(chord_m / 2 / kMeanRadius_m, 1.0)); }
double chord_of(double ground_m) {
  return 2 * kMeanRadius_m * std::sin(std::min(ground_m / 2 / kMeanRadius_m, std::numbers::pi / 2));
}

class CoveredCells : public TileSource {
 public:
  CoveredCells(const MultiPolygon& shape, const Grid& grid)
      : grid_(grid), inside_(cover_centres(shape, grid)), classes_(2) {
    for (int i = 0; i < 2; ++i) {
      LegendClass& entry = classes_[static_cast<std::size_t>(i)];
      entry.code = std::to_string(i);
      entry.first = entry.last = i;
    }
  }

  const Grid& grid() const override { return grid_; }
  const std::vector<LegendClass>& classes() const override { return classes_; }
  ClassIndex nodata_index() const override { return kMaxClasses - 1; }  // never
  std::int64_t block_rows() const override { return 1; }
  std::int64_t block_cols() const override { return grid_.width; }

  std::unique_ptr<TileReader> open() const override {
    class Reader : public TileReader {
     public:
      explicit Reader(const Coverage& inside) : inside_(inside) {}
      void read(const Window& window, std::span<ClassIndex> cells) override {
        std::fill(cells.begin(), cells.end(), ClassIndex{0});
        for (std::int64_t row = window.row; row < window.row_end(); ++row) {
          for (const CellSpan& span : inside_.spans_of(row)) {
            const std::int64_t begin = std::max<std::int64_t>(span.begin, window.col);
            const std::int64_t end = std::min<std::int64_t>(span.end, window.col_end());
            const std::int64_t at = (row - window.row) * window.cols - window.col;
            if (begin < end) std::fill(cells.begin() + at + begin, cells.begin() + at + end, ClassIndex{1});
          }
        }
      }

     private:
      const Coverage& inside_;
    };
    return std::make_unique<Reader>(inside_);
  }

 private:
  Grid grid_;
  Coverage inside_;
  std::vector<LegendClass> classes_;
};

SpacePoint on_ellipsoid(const Ellipsoid& ellipsoid, double lon, double lat) {
  const double f = ellipsoid.f(), e2 = f * (2 - f);
  const double s = std::sin(lat * kRadians), c = std::cos(lat * kRadians);
  const double n = ellipsoid.a / std::sqrt(1 - e2 * s * s);
  return {n * c * std::cos(lon * kRadians), n * c * std::sin(lon * kRadians), n * (1 - e2) * s};
}

}  // namespace

std::shared_ptr<TileSource> covered_cells(const MultiPolygon& shape, const Grid& grid) {
  return std::make_shared<CoveredCells>(shape, grid);
}

PolygonDistanceMap::PolygonDistanceMap(const MultiPolygon& shape, const Grid& grid, const GridMetric& metric,
                                       double largest_m, const Executor& executor)
    : grid_(grid),
      metric_(metric),
      largest_m_(largest_m * (1 + 1e-12)),
      corner_(metric.is_geographic() ? on_ellipsoid(metric.ellipsoid(), grid.x0, grid.y0) : SpacePoint{}),
      inside_(cover_centres(shape, grid)),
      tree_(edges_of(shape)),
      bands_(bands_of(1, whole(grid), 0, kBytesPerCell, executor)) {}

SpacePoint PolygonDistanceMap::place(double x, double y) const {
  if (!metric_.is_geographic()) {
    return {(x - grid_.x0) * metric_.unit_to_metre(), (y - grid_.y0) * metric_.unit_to_metre(), 0};
  }
  const SpacePoint p = on_ellipsoid(metric_.ellipsoid(), x, y);
  return {p.x - corner_.x, p.y - corner_.y, p.z - corner_.z};
}

std::vector<SpaceEdge> PolygonDistanceMap::edges_of(const MultiPolygon& shape) const {
  std::vector<SpaceEdge> edges;
  const auto add_edge = [&](const Point& from, const Point& to) {
    int parts = 1;
    if (metric_.is_geographic()) {
      const double dx = (to.x - from.x) * std::cos(from.y * kRadians), dy = to.y - from.y;
      parts = std::max(
          1, static_cast<int>(std::ceil(std::hypot(dx, dy) * kRadians * metric_.ellipsoid().a / kLongestEdge_m)));
    }
    SpacePoint before = place(from.x, from.y);
    for (int k = 1; k <= parts; ++k) {
      const double t = static_cast<double>(k) / parts;
      const SpacePoint next =
          k == parts ? place(to.x, to.y) : place(from.x + t * (to.x - from.x), from.y + t * (to.y - from.y));
      edges.push_back({before, next});
      before = next;
    }
  };
  const auto add_ring = [&](const Ring& ring) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) add_edge(ring[i], ring[i + 1]);
  };
  for (const Polygon& polygon : shape.polygons) {
    add_ring(polygon.shell);
    for (const Ring& hole : polygon.holes) add_ring(hole);
  }
  return edges;
}

void PolygonDistanceMap::measure_row(std::int64_t row, std::span<double> out) const {
  const bool round = metric_.is_geographic();
  const double y = grid_.y_of(static_cast<double>(row) + 0.5);
  const double limit = round && largest_m_ < kNoLimit ? chord_of(largest_m_) : largest_m_;
  const double most = limit * limit;
  const double step_m = round ? grid_.dx * kRadians * metric_.ellipsoid().a * 1.01 * std::cos(y * kRadians)
                              : grid_.dx * metric_.unit_to_metre();
  const std::span<const CellSpan> spans = inside_.spans_of(row);
  std::size_t next = 0;
  double before = kNoLimit;  // the cell to the left
  for (std::int64_t col = 0; col < grid_.width; ++col) {
    while (next < spans.size() && spans[next].end <= col) ++next;
    double& distance = out[static_cast<std::size_t>(col)];
    if (next < spans.size() && spans[next].begin <= col) {
      distance = before = 0;
      continue;
    }
    // An edge within `bound` exists when the cell before has found one: a step to the side adds at most that step.
    const double reach = (before + step_m) * (1 + 1e-9) + 1e-9;
    const double bound = before < kNoLimit ? reach * reach : std::nextafter(most, kNoLimit);
    const double squared = tree_.nearest_squared(place(grid_.x_of(static_cast<double>(col) + 0.5), y), bound);
    const double straight = std::sqrt(squared);
    const bool found = squared < bound && squared <= most;
    before = squared < bound ? straight : kNoLimit;
    distance = found ? (round ? over_ground(straight) : straight) : std::numeric_limits<double>::quiet_NaN();
  }
}

void PolygonDistanceMap::measure(Executor& executor, const RowsSink<double>& sink) const {
  SpareBuffers<double> spare;
  executor.in_order(
      static_cast<std::int64_t>(bands_.size()), "distances",
      [&](std::int64_t item) {
        const Window& core = bands_[static_cast<std::size_t>(item)].core;
        std::vector<double> out = spare.take(static_cast<std::size_t>(core.cells()));
        for (std::int64_t row = core.row; row < core.row_end(); ++row) {
          measure_row(row, std::span(out).subspan(static_cast<std::size_t>((row - core.row) * core.cols),
                                                  static_cast<std::size_t>(core.cols)));
        }
        return out;
      },
      [&](std::int64_t item, std::vector<double>&& out) {
        sink(bands_[static_cast<std::size_t>(item)].core.row, out);
        spare.give(std::move(out));
      });
}

}  // namespace urbiome
