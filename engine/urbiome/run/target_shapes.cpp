#include "urbiome/run/target_shapes.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "urbiome/base/error.h"

namespace urbiome {

TargetShapes::TargetShapes(std::vector<Place> places, const std::string& name, const LocalPlane& plane)
    : plane_(plane) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (std::size_t i = 0; i < places.size(); ++i) {
    Place& place = places[i];
    if (place.points.empty() && place.polygons.empty()) continue;
    const auto [found, is_new] = numbers.try_emplace(place.id, static_cast<std::uint32_t>(ids_.size()));
    if (is_new) ids_.push_back(place.id);
    areas_m2_.resize(ids_.size(), 0);
    areas_m2_[found->second] += plane_.area_m2(place.polygons);
    shapes_.push_back(
        {found->second, static_cast<std::uint32_t>(i), std::move(place.polygons), std::move(place.points), {}});
  }
  if (shapes_.empty())
    throw Error(ErrorCode::contradiction, name + " holds no points or polygons", "places to walk to");
  index_outlines();
}

void TargetShapes::index_outlines() {
  first_points_.push_back(0);
  box_first_.push_back(0);
  const auto add_line = [&](std::span<const Point> points, std::uint32_t shape) {
    outlines_.insert(outlines_.end(), points.begin(), points.end());
    if (points.size() == 1) outlines_.push_back(points[0]);
    first_points_.push_back(static_cast<std::uint32_t>(outlines_.size()));
    shape_of_.push_back(shape);
    for (const Point& point : points) shapes_[shape].box.include(point);
  };
  for (std::uint32_t i = 0; i < shapes_.size(); ++i) {
    for (const Polygon& polygon : shapes_[i].polygons.polygons) {
      add_line(polygon.shell, i);
      for (const Ring& hole : polygon.holes) add_line(hole, i);
    }
    for (const Point& point : shapes_[i].points) add_line({&point, 1}, i);
    const Box& box = shapes_[i].box;
    box_points_.insert(box_points_.end(), {{box.xmin, box.ymin}, {box.xmax, box.ymax}});
    box_first_.push_back(static_cast<std::uint32_t>(box_points_.size()));
  }
  index_ = SegmentIndex(outlines_, first_points_);
  boxes_ = SegmentIndex(box_points_, box_first_);  // by their diagonals, whose boxes they are
}

// visit(target) for each shape that holds the point.
template <class Visit>
void TargetShapes::each_containing(const Point& point, const Visit& visit) const {
  const Box here{point.x, point.y, point.x, point.y};
  boxes_.each_near(here, [&](std::uint32_t segment) {
    const Shape& shape = shapes_[boxes_.line_of(segment)];
    if (shape.box.intersects(here) && contains(shape.polygons, point)) visit(shape.target);
  });
}

TargetShapes::Nearest TargetShapes::nearest(const Point& point) const {
  std::optional<std::uint32_t> inside;
  each_containing(point, [&](std::uint32_t target) { inside = std::min(target, inside.value_or(target)); });
  if (inside) return {*inside, 0};
  const auto found = index_.nearest(point, std::numeric_limits<double>::infinity());
  return {target_of(found->segment), plane_.metres(point, found->point)};
}

void TargetShapes::offer_containing(const Point& point, TargetsFound& found) const {
  each_containing(point, [&](std::uint32_t target) { found.offer(target, 0); });
}

void TargetShapes::offer_within(const Point& point, StreetLength limit, TargetsFound& found) const {
  offer_containing(point, found);
  // What is certainly farther than the limit, or than what is known of a target, is left at a glance.
  constexpr double kSure = 1.001;
  const double metres_per_unit = plane_.metres(point, {point.x + 1, point.y});
  const double farthest = metres_of(limit) / metres_per_unit * kSure;
  const Box near{point.x - farthest, point.y - farthest, point.x + farthest, point.y + farthest};
  index_.each_near(near, [&](std::uint32_t segment) {
    const NearestOnSegment on = nearest_on_segment(outlines_[segment], outlines_[segment + 1], point);
    if (on.distance > farthest) return;
    const std::uint32_t target = target_of(segment);
    const StreetLength least = street_length(on.distance * metres_per_unit / kSure);
    if (found.has(target) && found.of(target) <= least) return;
    const StreetLength length = street_length(plane_.metres(point, on.point));
    if (length <= limit) found.offer(target, length);
  });
}

}  // namespace urbiome
