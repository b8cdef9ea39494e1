#include "urbiome/vector/segment_index.h"

#include <algorithm>
#include <cmath>

namespace urbiome {
namespace {

constexpr double kSegmentsPerSquare = 2;
constexpr std::int64_t kMostSquares = std::int64_t{1} << 26;

double squared(double x) { return x * x; }

// How far along a segment the point of it lies that is nearest.
double share_of(const Point& from, const Point& to, const Point& point) {
  const double dx = to.x - from.x, dy = to.y - from.y, length2 = dx * dx + dy * dy;
  const double along = length2 > 0 ? ((point.x - from.x) * dx + (point.y - from.y) * dy) / length2 : 0;
  return std::clamp(along, 0.0, 1.0);
}

Point point_at(const Point& from, const Point& to, double share) {
  return share == 1 ? to : Point{from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)};
}

double distance2(const Point& from, const Point& to, const Point& point) {
  const Point at = point_at(from, to, share_of(from, to, point));
  return squared(point.x - at.x) + squared(point.y - at.y);
}

}  // namespace

NearestOnSegment nearest_on_segment(const Point& from, const Point& to, const Point& point) {
  const double share = share_of(from, to, point);
  const Point at = point_at(from, to, share);
  return {0, share, std::sqrt(squared(point.x - at.x) + squared(point.y - at.y)), at};
}

SegmentIndex::SegmentIndex(std::span<const Point> points, std::span<const std::uint32_t> first_points)
    : points_(points), first_points_(first_points) {
  std::size_t segments = 0;
  each_segment([&](std::uint32_t segment) {
    bounds_.include(box_of(segment));
    ++segments;
  });
  if (segments == 0) return;
  choose_side(segments);
  // From the end of each square's segments to their beginning, the last segment first.
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  segments_.resize(first_.back());
  each_segment_backwards([&](std::uint32_t segment) {
    each_square(squares_of(box_of(segment)), [&](std::size_t square) { segments_[--first_[square]] = segment; });
  });
}

template <class Visit>
void SegmentIndex::each_segment(const Visit& visit) const {
  for (std::size_t line = 0; line + 1 < first_points_.size(); ++line) {
    const std::uint32_t begin = first_points_[line], end = first_points_[line + 1];
    for (std::uint32_t i = begin; i + 1 < end; ++i) visit(i);
  }
}

template <class Visit>
void SegmentIndex::each_segment_backwards(const Visit& visit) const {
  for (std::size_t line = first_points_.size(); line-- > 1;) {
    for (std::uint32_t end = first_points_[line]; end > first_points_[line - 1] + 1; --end) visit(end - 2);
  }
}

template <class Visit>
void SegmentIndex::each_square(const Squares& squares, const Visit& visit) const {
  for (std::int64_t row = squares.row_begin; row <= squares.row_end; ++row) {
    for (std::int64_t col = squares.col_begin; col <= squares.col_end; ++col)
      visit(static_cast<std::size_t>(row * cols_ + col));
  }
}

// Squares hold some segments each, which are counted; long ones in a crowd of short ones make squares larger, or they
// would fill memory.
void SegmentIndex::choose_side(std::size_t segments) {
  const double width = bounds_.xmax - bounds_.xmin, height = bounds_.ymax - bounds_.ymin;
  const auto count = static_cast<double>(segments);
  side_ = std::max({std::sqrt(width * height * kSegmentsPerSquare / count),
                    std::max(width, height) * kSegmentsPerSquare / count, 1e-9 * (width + height)});
  if (!(side_ > 0)) side_ = 1;  // all of them are one point
  for (;; side_ *= 2) {
    const double cols = std::floor(width / side_) + 1, rows = std::floor(height / side_) + 1;
    if (cols * rows > static_cast<double>(kMostSquares)) continue;
    cols_ = static_cast<std::int64_t>(cols);
    rows_ = static_cast<std::int64_t>(rows);
    const double most = 8 * count + 4096;
    std::int64_t entries = 0;
    first_.assign(static_cast<std::size_t>(cols_ * rows_) + 1, 0);
    each_segment([&](std::uint32_t segment) {
      const Squares squares = squares_of(box_of(segment));
      entries += (squares.row_end - squares.row_begin + 1) * (squares.col_end - squares.col_begin + 1);
      if (static_cast<double>(entries) <= most) each_square(squares, [&](std::size_t square) { ++first_[square]; });
    });
    if (static_cast<double>(entries) <= most) return;
  }
}

SegmentIndex::Squares SegmentIndex::squares_of(const Box& box) const {
  const auto col = [&](double x) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>((x - bounds_.xmin) / side_), 0, cols_ - 1);
  };
  const auto row = [&](double y) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>((y - bounds_.ymin) / side_), 0, rows_ - 1);
  };
  return {col(box.xmin), row(box.ymin), col(box.xmax), row(box.ymax)};
}

Box SegmentIndex::box_of(std::uint32_t segment) const {
  Box box;
  box.include(points_[segment]);
  box.include(points_[segment + 1]);
  return box;
}

std::int64_t SegmentIndex::bytes() const {
  return static_cast<std::int64_t>((first_.capacity() + segments_.capacity()) * sizeof(std::uint32_t));
}

std::uint32_t SegmentIndex::line_of(std::uint32_t segment) const {
  const auto after = std::upper_bound(first_points_.begin(), first_points_.end(), segment);
  return static_cast<std::uint32_t>(after - first_points_.begin()) - 1;
}

// Ring by ring of squares round the point's own, until nothing nearer can follow.
std::optional<NearestOnSegment> SegmentIndex::nearest(const Point& point, double farthest) const {
  if (segments_.empty()) return {};
  constexpr double kBeyond = 1e15;  // squares; farther away numbers have no whole ones
  const double x = std::clamp((point.x - bounds_.xmin) / side_, -kBeyond, kBeyond);
  const double y = std::clamp((point.y - bounds_.ymin) / side_, -kBeyond, kBeyond);
  const auto out = [](double place, std::int64_t count) {  // squares between the place and the grid
    return std::max({0.0, -place, place - static_cast<double>(count)});
  };
  if (!(std::max(out(x, cols_), out(y, rows_)) * side_ <= farthest)) return {};
  const auto own_col = static_cast<std::int64_t>(std::floor(x)), own_row = static_cast<std::int64_t>(std::floor(y));
  // How far a column or a row is from the place, in squares, and certainly no less for all rounding.
  const double slack = 1e-6 + 1e-12 * std::max(std::abs(x), std::abs(y));
  const auto gap = [slack](double place, std::int64_t square) {
    const double before = static_cast<double>(square) - place;
    return std::max({0.0, before - slack, -before - 1 - slack});
  };
  const double margin = std::min({x - std::floor(x), std::floor(x) + 1 - x, y - std::floor(y), std::floor(y) + 1 - y});
  // Squares of distances are compared, and the place is worked out for the nearest alone.
  double best2 = farthest * farthest;
  std::optional<std::uint32_t> best;
  const auto look = [&](std::int64_t row, std::int64_t col) {
    if (col < 0 || col >= cols_) return;
    if (best2 < (squared(gap(x, col)) + squared(gap(y, row))) * squared(side_)) return;
    const auto square = static_cast<std::size_t>(row * cols_ + col);
    for (std::uint32_t i = first_[square]; i < first_[square + 1]; ++i) {
      const std::uint32_t segment = segments_[i];
      const double found = distance2(points_[segment], points_[segment + 1], point);
      if (found > best2 || (found == best2 && best && *best < segment)) continue;
      best2 = found;
      best = segment;
    }
  };
  const std::int64_t first = std::max({std::int64_t{0}, -own_col, own_col - cols_ + 1, -own_row, own_row - rows_ + 1});
  const std::int64_t last = std::max({own_col, cols_ - 1 - own_col, own_row, rows_ - 1 - own_row});
  for (std::int64_t ring = first; ring <= last; ++ring) {
    // What lies in this ring is at least so far away; equal distances may still win by their number.
    const double least = static_cast<double>(ring - 1) + margin - slack;
    if (ring > 0 && least > 0 && best2 < squared(least * side_)) break;
    const std::int64_t row_begin = std::max<std::int64_t>(own_row - ring, 0);
    const std::int64_t row_end = std::min(own_row + ring, rows_ - 1);
    for (std::int64_t row = row_begin; row <= row_end; ++row) {
      if (row == own_row - ring || row == own_row + ring) {
        const std::int64_t end = std::min(own_col + ring, cols_ - 1);
        for (std::int64_t col = std::max<std::int64_t>(own_col - ring, 0); col <= end; ++col) look(row, col);
      } else {
        look(row, own_col - ring);
        look(row, own_col + ring);
      }
    }
  }
  if (!best) return {};
  NearestOnSegment found = nearest_on_segment(points_[*best], points_[*best + 1], point);
  found.segment = *best;
  return found;
}

void SegmentIndex::find(const Box& box, std::vector<std::uint32_t>& segments) const {
  segments.clear();
  each_near(box, [&](std::uint32_t segment) { segments.push_back(segment); });
  std::ranges::sort(segments);
  segments.erase(std::unique(segments.begin(), segments.end()), segments.end());
}

}  // namespace urbiome
