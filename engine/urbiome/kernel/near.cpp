#include "urbiome/kernel/near.h"

#include <algorithm>
#include <cmath>

#include "urbiome/kernel/coverage.h"

namespace urbiome {

// Union of intervals of columns, in any order: for each column the farthest end of an interval that begins there.
class IntervalUnion {
 public:
  // For columns begin .. end - 1; intervals are clipped to them.
  IntervalUnion(std::int64_t begin, std::int64_t end)
      : begin_(begin), end_(std::max(begin, end)), farthest_(static_cast<std::size_t>(end_ - begin_), 0) {}

  void add(std::int64_t begin, std::int64_t end) {
    begin = std::max(begin, begin_);
    end = std::min(end, end_);
    if (begin >= end) return;
    std::int32_t& entry = farthest_[static_cast<std::size_t>(begin - begin_)];
    entry = std::max(entry, static_cast<std::int32_t>(end - begin_));
  }

  // Appends the union to `out` and forgets it.
  void move_to(std::vector<Run>& out) {
    const auto width = static_cast<std::int32_t>(farthest_.size()), shift = static_cast<std::int32_t>(begin_);
    Run run{0, 0};
    const auto close = [&] {
      if (run.end > 0) out.push_back({run.begin + shift, run.end + shift});
    };
    for (std::int32_t col = 0; col < width; ++col) {
      std::int32_t& end = farthest_[static_cast<std::size_t>(col)];
      if (end == 0) continue;
      if (col > run.end) {
        close();
        run.begin = col;
      }
      run.end = std::max(run.end, end);
      end = 0;
    }
    close();
  }

 private:
  std::int64_t begin_, end_;
  std::vector<std::int32_t> farthest_;
};

namespace {

struct Interval {
  double begin = std::numeric_limits<double>::infinity(), end = -std::numeric_limits<double>::infinity();
  void include(double value) { begin = std::min(begin, value), end = std::max(end, value); }
};

// Where the line `y` lies within the disc round `p`.
void include_disc(Interval& interval, const Point& p, double y, double radius) {
  const double down = y - p.y;
  if (std::abs(down) > radius) return;
  const double half = std::sqrt((radius - down) * (radius + down));
  interval.include(p.x - half);
  interval.include(p.x + half);
}

// The line `y` within the stadium: two discs and the rectangle between them, of which the long sides are enough
// because its short sides lie in the discs.
Interval stadium_interval(const Point& a, const Point& b, double y, double radius) {
  Interval interval;
  include_disc(interval, a, y, radius);
  include_disc(interval, b, y, radius);
  const double dx = b.x - a.x, dy = b.y - a.y, length = std::hypot(dx, dy);
  if (dy == 0 || length == 0) return interval;
  const double nx = -dy / length * radius, ny = dx / length * radius;
  for (const double side : {-1.0, 1.0}) {
    const double along = (y - (a.y + side * ny)) / dy;
    if (along >= 0 && along <= 1) interval.include(a.x + side * nx + along * dx);
  }
  return interval;
}

}  // namespace

double segment_distance(const Point& p, const Point& a, const Point& b) {
  const double dx = b.x - a.x, dy = b.y - a.y, px = p.x - a.x, py = p.y - a.y;
  const double squared = dx * dx + dy * dy, along = px * dx + py * dy;
  if (along <= 0 || squared == 0) return std::hypot(px, py);
  if (along >= squared) return std::hypot(p.x - b.x, p.y - b.y);
  return std::abs(px * dy - py * dx) / std::sqrt(squared);
}

CellsNearPolygon::CellsNearPolygon(const MultiPolygon& shape, const Grid& grid, double distance)
    : grid_(grid), distance_(distance), inside_(cover_centres(shape, grid)), end_(0) {
  const Box box = bounds(shape);
  const double grown = std::max(distance, 0.0), width = static_cast<double>(grid.width);
  const double low = grid.col_of(box.xmin - grown) - 2, high = grid.col_of(box.xmax + grown) + 2;
  if (low < width && high > 0) {
    begin_ = static_cast<std::int64_t>(std::max(low, 0.0));
    end_ = static_cast<std::int64_t>(std::min(high, width));
  }
  if (!(distance >= 0)) return;
  for (const Polygon& polygon : shape.polygons) {
    add_ring(polygon.shell);
    for (const Ring& hole : polygon.holes) add_ring(hole);
  }
  std::stable_sort(edges_.begin(), edges_.end(),
                   [](const Edge& one, const Edge& other) { return one.first_row < other.first_row; });
}

// Edges of which centres of rows may lie within the distance, clipped to the grid; a row too many does no harm.
void CellsNearPolygon::add_ring(const Ring& ring) {
  const auto height = static_cast<double>(grid_.height);
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const Point &a = ring[i], &b = ring[i + 1];
    const double top = grid_.row_of(std::max(a.y, b.y) + distance_) - 1.5;
    const double bottom = grid_.row_of(std::min(a.y, b.y) - distance_) + 0.5;
    if (!(top < height) || !(bottom >= 0)) continue;
    const std::int64_t first = top > 0 ? static_cast<std::int64_t>(top) : 0;
    const std::int64_t last = bottom < height ? static_cast<std::int64_t>(bottom) : grid_.height - 1;
    if (first > last) continue;
    edges_.push_back({a, b, first, last});
    most_rows_ = std::max(most_rows_, last - first);
  }
}

void CellsNearPolygon::add_stadium(const Edge& edge, std::int64_t row, IntervalUnion& cells) const {
  const double y = grid_.y_of(static_cast<double>(row) + 0.5);
  // A little too wide, so that rounding loses nothing; the columns at the ends are then decided one by one.
  const double slack = 1e-9 * distance_ + 1e-12 * (std::abs(y) + std::abs(edge.a.x));
  const Interval reach = stadium_interval(edge.a, edge.b, y, distance_ + slack);
  const double low = std::max(0.0, std::floor(grid_.col_of(reach.begin) - 0.5));
  const double high = std::min(static_cast<double>(grid_.width - 1), std::ceil(grid_.col_of(reach.end) - 0.5));
  if (!(low <= high)) return;
  const auto near = [&](std::int64_t col) {
    return segment_distance({grid_.x_of(static_cast<double>(col) + 0.5), y}, edge.a, edge.b) <= distance_;
  };
  auto begin = static_cast<std::int64_t>(low), end = static_cast<std::int64_t>(high) + 1;
  while (begin < end && !near(begin)) ++begin;
  while (begin < end && !near(end - 1)) --end;
  cells.add(begin, end);
}

RunTable CellsNearPolygon::rows(std::int64_t first, std::int64_t end) const {
  RunTable result;
  IntervalUnion cells(begin_, end_);
  std::vector<Edge> active;  // edges that reach the row
  auto next = std::partition_point(edges_.begin(), edges_.end(),
                                   [&](const Edge& edge) { return edge.first_row < first - most_rows_; });
  for (std::int64_t row = first; row < end; ++row) {
    for (; next != edges_.end() && next->first_row <= row; ++next) active.push_back(*next);
    std::erase_if(active, [&](const Edge& edge) { return edge.last_row < row; });
    for (const Edge& edge : active) add_stadium(edge, row, cells);
    for (const CellSpan& span : inside_.spans_of(row)) cells.add(span.begin, span.end);
    if (!active.empty() || !inside_.spans_of(row).empty()) cells.move_to(result.runs);
    result.offsets.push_back(result.runs.size());
  }
  return result;
}

}  // namespace urbiome
