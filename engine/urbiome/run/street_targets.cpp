#include "urbiome/run/street_targets.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/run/places.h"
#include "urbiome/vector/line_meetings.h"

namespace urbiome {
namespace {

double metres_from(const StreetNetwork& streets, const Point& point, const NearestOnSegment& on) {
  return streets.plane.metres(point, on.point);
}

}  // namespace

StreetTargets::StreetTargets(const PlacesRequest& request, const EntranceRule& rule, const StreetNetwork& streets,
                             AuditLog& audit)
    : streets_(streets) {
  std::vector<Place> places = read_places(request, streets.plane, audit);
  Gates gates;
  if (!rule.entrances.empty()) {
    const PlacesRequest points{
        .path = rule.entrances, .layer = rule.entrances_layer, .id = {}, .crs = {}, .x = {}, .y = {}};
    gates = {rule.entrances, read_places(points, streets.plane, audit), std::vector<char>(places.size(), 1)};
  }
  take(std::move(places), request.path, gates);
  add_entrances(request.path, gates, rule, audit);
}

StreetTargets::StreetTargets(std::vector<Place> places, const std::string& name, const Gates& gates,
                             const EntranceRule& rule, const StreetNetwork& streets, AuditLog& audit)
    : streets_(streets) {
  take(std::move(places), name, gates);
  add_entrances(name, gates, rule, audit);
}

void StreetTargets::take(std::vector<Place> places, const std::string& name, const Gates& gates) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (std::size_t i = 0; i < places.size(); ++i) {
    Place& place = places[i];
    if (place.points.empty() && place.polygons.empty()) continue;
    const auto [found, is_new] = numbers.try_emplace(place.id, static_cast<std::uint32_t>(ids_.size()));
    if (is_new) ids_.push_back(place.id);
    areas_m2_.resize(ids_.size(), 0);
    areas_m2_[found->second] += streets_.plane.area_m2(place.polygons);
    const bool gated = !gates.of_place.empty() && gates.of_place[i] != 0;
    shapes_.push_back({found->second, std::move(place.polygons), std::move(place.points), {}, gated});
  }
  if (shapes_.empty())
    throw Error(ErrorCode::contradiction, name + " holds no points or polygons", "places to walk to");
  index_outlines();
}

void StreetTargets::add_entrances(const std::string& name, const Gates& gates, const EntranceRule& rule,
                                  AuditLog& audit) {
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    if (i % 256 == 0) stop_if_cancelled();
    if (!shapes_[i].gated) add_made(shapes_[i], rule);
  }
  if (!gates.name.empty()) add_given(gates, rule.street_within_m, audit);
  std::ranges::sort(entrances_, [](const StreetEntrance& a, const StreetEntrance& b) {
    return std::tuple(a.at.edge, a.at.from_start, a.target, a.at.away_m) <
           std::tuple(b.at.edge, b.at.from_start, b.target, b.at.away_m);
  });
  std::vector<char> entered(ids_.size(), 0);
  for (const StreetEntrance& entrance : entrances_) entered[entrance.target] = 1;
  if (const auto without = std::ranges::count(entered, 0); without > 0) {
    audit.warn(name, fmt::format("{} of {} places have no entrance within {} m of a street and are not reached",
                                 without, ids_.size(), rule.street_within_m));
  }
}

void StreetTargets::index_outlines() {
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
void StreetTargets::each_containing(const Point& point, const Visit& visit) const {
  const Box here{point.x, point.y, point.x, point.y};
  boxes_.each_near(here, [&](std::uint32_t segment) {
    const Shape& shape = shapes_[boxes_.line_of(segment)];
    if (shape.box.intersects(here) && contains(shape.polygons, point)) visit(shape.target);
  });
}

StreetTargets::Nearest StreetTargets::nearest(const Point& point) const {
  std::optional<std::uint32_t> inside;
  each_containing(point, [&](std::uint32_t target) { inside = std::min(target, inside.value_or(target)); });
  if (inside) return {*inside, 0};
  const auto found = index_.nearest(point, std::numeric_limits<double>::infinity());
  return {target_of(found->segment), metres_from(streets_, point, *found)};
}

void StreetTargets::offer_containing(const Point& point, TargetsFound& found) const {
  each_containing(point, [&](std::uint32_t target) { found.offer(target, 0); });
}

void StreetTargets::offer_within(const Point& point, StreetLength limit, TargetsFound& found) const {
  offer_containing(point, found);
  // What is certainly farther than the limit, or than what is known of a target, is left at a glance.
  constexpr double kSure = 1.001;
  const double metres_per_unit = streets_.plane.metres(point, {point.x + 1, point.y});
  const double farthest = metres_of(limit) / metres_per_unit * kSure;
  const Box near{point.x - farthest, point.y - farthest, point.x + farthest, point.y + farthest};
  index_.each_near(near, [&](std::uint32_t segment) {
    const NearestOnSegment on = nearest_on_segment(outlines_[segment], outlines_[segment + 1], point);
    if (on.distance > farthest) return;
    const std::uint32_t target = target_of(segment);
    const StreetLength least = street_length(on.distance * metres_per_unit / kSure);
    if (found.has(target) && found.of(target) <= least) return;
    const StreetLength length = street_length(metres_from(streets_, point, on));
    if (length <= limit) found.offer(target, length);
  });
}

void StreetTargets::add_made(const Shape& shape, const EntranceRule& rule) {
  for (const Point& point : shape.points) {
    if (const auto at = streets_.graph.nearest(point, rule.point_within_m)) add(*at, shape.target);
  }
  add_crossings(shape);
  add_spaced(shape, rule);
}

void StreetTargets::add_crossings(const Shape& shape) {
  std::vector<std::uint32_t> near;
  const SegmentIndex& streets = streets_.graph.segments();
  for (const Polygon& polygon : shape.polygons.polygons) {
    for (std::size_t i = 1; i < polygon.shell.size(); ++i) {
      const Point &a = polygon.shell[i - 1], &b = polygon.shell[i];
      Box box;
      box.include(a);
      box.include(b);
      streets.find(box, near);
      for (const std::uint32_t segment : near) {
        const auto [from, to] = streets_.graph.segment(segment);
        const std::optional<Point> at = crossing_of(a, b, from, to);
        if (!at) continue;
        NearestOnSegment on = nearest_on_segment(from, to, *at);
        on.segment = segment;
        add(streets_.graph.position(on), shape.target);
      }
    }
  }
}

// Points of the outline at equal steps from its first corner.
void StreetTargets::add_spaced(const Shape& shape, const EntranceRule& rule) {
  for (const Polygon& polygon : shape.polygons.polygons) {
    double until_next = 0;
    for (std::size_t i = 1; i < polygon.shell.size(); ++i) {
      const Point &a = polygon.shell[i - 1], &b = polygon.shell[i];
      const double length = std::hypot(b.x - a.x, b.y - a.y);
      for (; until_next < length; until_next += rule.spacing_m) {
        const double share = until_next / length;
        const Point at{a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
        if (const auto street = streets_.graph.nearest(at, rule.street_within_m)) add(*street, shape.target);
      }
      until_next -= length;
    }
  }
}

// A gate belongs to the place whose outline is nearest.
void StreetTargets::add_given(const Gates& gates, double street_within_m, AuditLog& audit) {
  std::int64_t far = 0, all = 0;
  for (const Place& place : gates.points) {
    for (const Point& gate : place.points) {
      ++all;
      const auto outline = index_.nearest(gate, street_within_m);
      const auto street = streets_.graph.nearest(gate, street_within_m);
      if (!outline || !street)
        ++far;
      else
        add(*street, target_of(outline->segment));
    }
  }
  if (all == 0) throw Error(ErrorCode::contradiction, gates.name + " holds no points", "entrances");
  if (far > 0) {
    audit.warn(gates.name, fmt::format("{} of {} entrances lie more than {} m from every street or every place and "
                                       "are left out",
                                       far, all, street_within_m));
  }
}

}  // namespace urbiome
