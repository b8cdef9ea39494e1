// Where places to walk to are entered from streets.
//
// An entrance is given, or made for each polygon that has none given to any: where a street crosses its outline or ends
// on it, and at every corner, and between corners in equal steps of at most `spacing_m`, where a street comes within
// `street_within_m`. Rings of holes are outlines too. Points are entrances of themselves, from farther away.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "urbiome/graph/street_reach.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/target_shapes.h"
#include "urbiome/vector/segment_index.h"

namespace urbiome {

struct EntranceRule {
  std::string entrances, entrances_layer;  // a layer of points; empty: they are made
  double spacing_m = 20, street_within_m = 30;
  double point_within_m = 250;  // of targets that are points
};

// Gates of a layer of points: enter(segment, street) for each that has a street and one of the outlines within
// `within_m`, with the nearest of both. The others are a warning. Throws as read_places(); Error{contradiction}: the
// layer holds no points.
using EnterByGate = std::function<void(std::uint32_t segment, const StreetPosition& street)>;
void each_gate(const std::string& path, const std::string& layer, const SegmentIndex& outlines,
               const StreetNetwork& streets, double within_m, Executor& executor, AuditLog& audit,
               const EnterByGate& enter);

// Entrances that are given for some of the places: those are entered by them alone.
struct GivenEntrances {
  std::vector<StreetEntrance> entrances;  // `target`: the place, by number
  std::vector<char> of_place;             // 1: has some; as many as places
};

// Places with their entrances.
class StreetTargets : public TargetShapes {
 public:
  // Throws Error: unreadable, contradiction (no CRS, no places, coordinates that are none); what has no entrance is a
  // warning.
  StreetTargets(const PlacesRequest& request, const EntranceRule& rule, const StreetNetwork& streets,
                Executor& executor, AuditLog& audit);
  // Of places at hand; `name` is what warnings call them.
  StreetTargets(std::vector<Place> places, const std::string& name, const EntranceRule& rule,
                const StreetNetwork& streets, Executor& executor, AuditLog& audit);
  StreetTargets(std::vector<Place> places, const std::string& name, const GivenEntrances& given,
                const EntranceRule& rule, const StreetNetwork& streets, AuditLog& audit);

  const std::vector<StreetEntrance>& entrances() const { return entrances_; }

 private:
  void add_made(const Shape& shape, const EntranceRule& rule);
  void add_crossings(const Ring& ring, std::uint32_t target);
  void add_spaced(const Ring& ring, const EntranceRule& rule, std::uint32_t target);
  void add_if_near(const Point& point, double within_m, std::uint32_t target);
  void finish(const std::string& name, const EntranceRule& rule, AuditLog& audit);
  void add(const StreetPosition& at, std::uint32_t target) { entrances_.push_back({at, target}); }

  const StreetNetwork& streets_;
  std::vector<StreetEntrance> entrances_;
};

}  // namespace urbiome
