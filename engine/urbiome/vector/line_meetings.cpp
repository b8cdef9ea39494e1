#include "urbiome/vector/line_meetings.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <tuple>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/vector/geos_handle.h"
#include "urbiome/vector/segment_index.h"

namespace urbiome {
namespace {

// A point that a segment gets besides its ends.
struct Added {
  std::uint32_t segment;
  double share;
  Point point;
  std::uint32_t place;
};

double distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

class Meeting {
 public:
  Meeting(std::span<const Ring> lines, std::span<const int> levels, double tolerance)
      : lines_(lines), levels_(levels), tolerance_(tolerance) {
    first_points_.push_back(0);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].size() < 2) continue;
      points_.insert(points_.end(), lines[i].begin(), lines[i].end());
      if (points_.size() >= (std::size_t{1} << 31)) throw Error(ErrorCode::memory, "streets have too many points");
      first_points_.push_back(static_cast<std::uint32_t>(points_.size()));
      line_of_.push_back(i);
    }
    if (!std::ranges::all_of(points_, [](const Point& p) { return std::isfinite(p.x) && std::isfinite(p.y); })) {
      throw Error(ErrorCode::contradiction, "a street has a coordinate that is not finite", "numbers",
                  "repair the layer");
    }
    places_.resize(points_.size());
    std::iota(places_.begin(), places_.end(), 0U);
    index_ = SegmentIndex(points_, first_points_);
  }

  MeetingLines result() {
    join_equal_points();
    for (std::uint32_t line = 0; line + 1 < first_points_.size(); ++line) {
      if (line % 1024 == 0) stop_if_cancelled();
      join_end(line, first_points_[line]);
      join_end(line, first_points_[line + 1] - 1);
    }
    for (std::uint32_t line = 0; line + 1 < first_points_.size(); ++line) {
      if (line % 1024 == 0) stop_if_cancelled();
      for (std::uint32_t i = first_points_[line]; i + 1 < first_points_[line + 1]; ++i) join_crossings(line, i);
    }
    put_together();
    return std::move(result_);
  }

 private:
  std::uint32_t place(std::uint32_t i) {
    while (places_[i] != i) i = places_[i] = places_[places_[i]];
    return i;
  }
  void unite(std::uint32_t a, std::uint32_t b) {
    a = place(a), b = place(b);
    places_[std::max(a, b)] = std::min(a, b);
  }
  int level(std::uint32_t line) const { return levels_[line_of_[line]]; }

  void join_equal_points() {
    std::vector<std::uint32_t> order(points_.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto key = [&](std::uint32_t i) { return std::pair(points_[i].x, points_[i].y); };
    std::ranges::sort(order,
                      [&](std::uint32_t a, std::uint32_t b) { return std::pair(key(a), a) < std::pair(key(b), b); });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (points_[order[i]] == points_[order[i - 1]]) unite(order[i], order[i - 1]);
    }
  }

  // An end of a line and what it lies on; its own line does not count.
  void join_end(std::uint32_t line, std::uint32_t end) {
    const Point& at = points_[end];
    index_.find({at.x - tolerance_, at.y - tolerance_, at.x + tolerance_, at.y + tolerance_}, found_);
    for (const std::uint32_t segment : found_) {
      const std::uint32_t other = index_.line_of(segment);
      if (other == line || level(other) != level(line)) continue;
      const NearestOnSegment on = nearest_on_segment(points_[segment], points_[segment + 1], at);
      if (on.distance > tolerance_) continue;
      const std::uint32_t corner = segment + (on.share > 0.5 ? 1 : 0);
      if (place(corner) == place(end)) continue;
      if (distance(points_[corner], at) <= tolerance_) {
        unite(corner, end);
        ++result_.ends_joined;
      } else {
        added_.push_back({segment, on.share, on.point, end});
        ++result_.ends_on_lines;
      }
    }
  }

  void join_crossings(std::uint32_t line, std::uint32_t segment) {
    const Point &a = points_[segment], &b = points_[segment + 1];
    Box box;
    box.include(a);
    box.include(b);
    index_.find(box, found_);
    for (const std::uint32_t other : found_) {
      if (other <= segment) continue;
      const std::uint32_t other_line = index_.line_of(other);
      if (level(other_line) != level(line) || share_a_place(segment, other)) continue;
      const std::optional<Point> at = crossing_of(a, b, points_[other], points_[other + 1]);
      if (!at) continue;
      const std::uint32_t here = place_on(segment, *at, {}), there = place_on(other, *at, here);
      if (place(here) == place(there)) continue;
      unite(here, there);
    }
  }

  bool share_a_place(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t a0 = place(a), a1 = place(a + 1), b0 = place(b), b1 = place(b + 1);
    return a0 == b0 || a0 == b1 || a1 == b0 || a1 == b1;
  }

  // The place of a point of a segment: that of an end which lies there, or one that is added, `known` if there is one.
  std::uint32_t place_on(std::uint32_t segment, const Point& at, std::optional<std::uint32_t> known) {
    const Point &from = points_[segment], &to = points_[segment + 1];
    const double share = nearest_on_segment(from, to, at).share;
    const std::uint32_t corner = segment + (share > 0.5 ? 1 : 0);
    if (distance(points_[corner], at) <= tolerance_) return corner;
    if (!known) {
      known = static_cast<std::uint32_t>(places_.size());
      places_.push_back(*known);
    } else {
      ++result_.crossings;
    }
    added_.push_back({segment, share, at, *known});
    return *known;
  }

  void put_together() {
    std::ranges::sort(added_, [](const Added& a, const Added& b) {
      return std::tuple(a.segment, a.share, a.place) < std::tuple(b.segment, b.share, b.place);
    });
    result_.lines.assign(lines_.begin(), lines_.end());
    result_.places.resize(lines_.size());
    auto added = added_.begin();
    for (std::uint32_t line = 0; line + 1 < first_points_.size(); ++line) {
      Ring& points = result_.lines[line_of_[line]];
      std::vector<std::int64_t>& places = result_.places[line_of_[line]];
      points.clear();
      for (std::uint32_t i = first_points_[line]; i < first_points_[line + 1]; ++i) {
        points.push_back(points_[i]);
        places.push_back(place(i));
        for (; added != added_.end() && added->segment == i; ++added) {
          points.push_back(added->point);
          places.push_back(place(added->place));
        }
      }
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].size() == 1) result_.places[i].push_back(static_cast<std::int64_t>(places_.size() + i));
    }
  }

  std::span<const Ring> lines_;
  std::span<const int> levels_;
  double tolerance_;
  std::vector<Point> points_;
  std::vector<std::uint32_t> first_points_;
  std::vector<std::size_t> line_of_;   // which of lines_, for those with a segment
  std::vector<std::uint32_t> places_;  // union-find: points, then places that were added
  SegmentIndex index_;
  std::vector<Added> added_;
  std::vector<std::uint32_t> found_;
  MeetingLines result_;
};

}  // namespace

std::optional<Point> crossing_of(const Point& a, const Point& b, const Point& c, const Point& d) {
  Point at;
  const int found = GEOSSegmentIntersection_r(geos_handle(), a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y, &at.x, &at.y);
  return found == 1 ? std::optional(at) : std::nullopt;
}

MeetingLines meet(std::span<const Ring> lines, std::span<const int> levels, double tolerance) {
  return Meeting(lines, levels, tolerance).result();
}

}  // namespace urbiome
