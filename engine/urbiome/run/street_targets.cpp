#include "urbiome/run/street_targets.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/run/places.h"
#include "urbiome/vector/line_meetings.h"

namespace urbiome {

StreetTargets::StreetTargets(const PlacesRequest& request, const EntranceRule& rule, const StreetNetwork& streets,
                             Executor& executor, AuditLog& audit)
    : StreetTargets(read_places(request, streets.plane, executor, audit), request.path, rule, streets, executor,
                    audit) {}

StreetTargets::StreetTargets(std::vector<Place> places, const std::string& name, const EntranceRule& rule,
                             const StreetNetwork& streets, Executor& executor, AuditLog& audit)
    : TargetShapes(std::move(places), name, streets.plane), streets_(streets) {
  Gates gates;
  if (!rule.entrances.empty()) {
    const PlacesRequest points{
        .path = rule.entrances, .layer = rule.entrances_layer, .id = {}, .crs = {}, .x = {}, .y = {}};
    gates = {rule.entrances, read_places(points, streets.plane, executor, audit),
             std::vector<char>(shapes_.back().place + std::size_t{1}, 1)};
  }
  add_entrances(name, gates, rule, audit);
}

StreetTargets::StreetTargets(std::vector<Place> places, const std::string& name, const Gates& gates,
                             const EntranceRule& rule, const StreetNetwork& streets, AuditLog& audit)
    : TargetShapes(std::move(places), name, streets.plane), streets_(streets) {
  add_entrances(name, gates, rule, audit);
}

void StreetTargets::add_entrances(const std::string& name, const Gates& gates, const EntranceRule& rule,
                                  AuditLog& audit) {
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    if (i % 256 == 0) stop_if_cancelled();
    const std::uint32_t place = shapes_[i].place;
    if (gates.of_place.empty() || gates.of_place[place] == 0) add_made(shapes_[i], rule);
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
