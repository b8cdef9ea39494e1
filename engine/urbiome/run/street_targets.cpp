#include "urbiome/run/street_targets.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/run/places.h"
#include "urbiome/vector/line_meetings.h"

namespace urbiome {
namespace {

constexpr double kOnOutline_m = 0.1;  // a street that ends so near to an outline ends on it

template <class Visit>  // visit(ring) for shells and holes
void each_ring(const MultiPolygon& shape, const Visit& visit) {
  for (const Polygon& polygon : shape.polygons) {
    visit(polygon.shell);
    for (const Ring& hole : polygon.holes) visit(hole);
  }
}

}  // namespace

void each_gate(const std::string& path, const std::string& layer, const SegmentIndex& outlines,
               const StreetNetwork& streets, double within_m, Executor& executor, AuditLog& audit,
               const EnterByGate& enter) {
  PlacesRequest request{.path = path, .layer = layer, .id = {}, .crs = {}, .x = {}, .y = {}, .amount = {}};
  request.say_crs = "write it into the file of entrances";
  std::int64_t far = 0, all = 0;
  for (const Place& place : read_places(request, streets.plane, executor, audit)) {
    for (const Point& gate : place.points) {
      ++all;
      const auto outline = outlines.nearest(gate, within_m);
      const auto street = streets.graph.nearest(gate, within_m);
      if (outline && street)
        enter(outline->segment, *street);
      else
        ++far;
    }
  }
  if (all == 0) {
    throw Error(ErrorCode::contradiction, path + " holds no points", "a layer of entrances",
                "give points, or leave entrances away: they are made where streets meet the outlines");
  }
  if (far > 0) {
    audit.warn(path, fmt::format("{} of {} entrances lie more than {} m from every street or every place and are left "
                                 "out",
                                 far, all, within_m));
  }
}

StreetTargets::StreetTargets(const PlacesRequest& request, const EntranceRule& rule, const StreetNetwork& streets,
                             Executor& executor, AuditLog& audit)
    : StreetTargets(read_places(request, streets.plane, executor, audit), request.path, rule, streets, executor,
                    audit) {}

StreetTargets::StreetTargets(std::vector<Place> places, const std::string& name, const EntranceRule& rule,
                             const StreetNetwork& streets, Executor& executor, AuditLog& audit)
    : TargetShapes(std::move(places), name, streets.plane), streets_(streets) {
  if (rule.entrances.empty()) {
    for (const Shape& shape : shapes_) add_made(shape, rule);
  } else {
    each_gate(rule.entrances, rule.entrances_layer, index_, streets, rule.street_within_m, executor, audit,
              [&](std::uint32_t segment, const StreetPosition& street) { add(street, target_of(segment)); });
  }
  finish(name, rule, audit);
}

StreetTargets::StreetTargets(std::vector<Place> places, const std::string& name, const GivenEntrances& given,
                             const EntranceRule& rule, const StreetNetwork& streets, AuditLog& audit)
    : TargetShapes(std::move(places), name, streets.plane), streets_(streets) {
  std::vector<std::optional<std::uint32_t>> targets(given.of_place.size());  // places without a shape are none
  for (const Shape& shape : shapes_) {
    targets[shape.place] = shape.target;
    if (given.of_place[shape.place] == 0) add_made(shape, rule);
  }
  for (const StreetEntrance& entrance : given.entrances) {
    if (const auto target = targets[entrance.target]) add(entrance.at, *target);
  }
  finish(name, rule, audit);
}

// In an order that is theirs alone; what has none is told.
void StreetTargets::finish(const std::string& name, const EntranceRule& rule, AuditLog& audit) {
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
  stop_if_cancelled();
  for (const Point& point : shape.points) add_if_near(point, rule.point_within_m, shape.target);
  each_ring(shape.polygons, [&](const Ring& ring) {
    add_crossings(ring, shape.target);
    add_spaced(ring, rule, shape.target);
  });
}

void StreetTargets::add_if_near(const Point& point, double within_m, std::uint32_t target) {
  if (const auto street = streets_.graph.nearest(point, within_m)) add(*street, target);
}

// Where streets cross the outline, and where they end on it.
void StreetTargets::add_crossings(const Ring& ring, std::uint32_t target) {
  std::vector<std::uint32_t> near;
  const StreetGraph& graph = streets_.graph;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const Point &a = ring[i - 1], &b = ring[i];
    Box box;
    box.include(a);
    box.include(b);
    graph.segments().find(
        {box.xmin - kOnOutline_m, box.ymin - kOnOutline_m, box.xmax + kOnOutline_m, box.ymax + kOnOutline_m}, near);
    for (const std::uint32_t segment : near) {
      const auto [from, to] = graph.segment(segment);
      const auto add_place = [&](NearestOnSegment on) {
        on.segment = segment;
        add(graph.position(on), target);
      };
      for (const Point& end : {from, to}) {
        if (nearest_on_segment(a, b, end).distance <= kOnOutline_m) add_place(nearest_on_segment(from, to, end));
      }
      if (const std::optional<Point> at = crossing_of(a, b, from, to)) add_place(nearest_on_segment(from, to, *at));
    }
  }
}

// Every corner, and equal steps between corners: the same places wherever the ring begins.
void StreetTargets::add_spaced(const Ring& ring, const EntranceRule& rule, std::uint32_t target) {
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const Point &a = ring[i - 1], &b = ring[i];
    const double steps = std::max(1.0, std::ceil(std::hypot(b.x - a.x, b.y - a.y) / rule.spacing_m));
    for (double step = 0; step < steps; ++step) {
      const double share = step / steps;
      add_if_near({a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)}, rule.street_within_m, target);
    }
  }
}

}  // namespace urbiome
