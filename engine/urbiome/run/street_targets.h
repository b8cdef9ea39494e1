// Where places to walk to are entered from streets.
//
// An entrance is given, or made for each polygon that has none given to any: where a street crosses its outline, and
// every `spacing_m` along it where a street comes within `street_within_m`. Points are entrances of themselves, from
// farther away.
#pragma once

#include <string>
#include <vector>

#include "urbiome/graph/street_reach.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/target_shapes.h"

namespace urbiome {

struct EntranceRule {
  std::string entrances, entrances_layer;  // a layer of points; empty: they are made
  double spacing_m = 20, street_within_m = 30;
  double point_within_m = 250;  // of targets that are points
};

// Entrances that are given.
struct Gates {
  std::string name;  // of the layer
  std::vector<Place> points;
  std::vector<char> of_place;  // 1: the place is entered by gates only; as many as places
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
  StreetTargets(std::vector<Place> places, const std::string& name, const Gates& gates, const EntranceRule& rule,
                const StreetNetwork& streets, AuditLog& audit);

  const std::vector<StreetEntrance>& entrances() const { return entrances_; }

 private:
  void add_given(const Gates& gates, double street_within_m, AuditLog& audit);
  void add_made(const Shape& shape, const EntranceRule& rule);
  void add_entrances(const std::string& name, const Gates& gates, const EntranceRule& rule, AuditLog& audit);
  void add_crossings(const Shape& shape);
  void add_spaced(const Shape& shape, const EntranceRule& rule);
  void add(const StreetPosition& at, std::uint32_t target) { entrances_.push_back({at, target}); }

  const StreetNetwork& streets_;
  std::vector<StreetEntrance> entrances_;
};

}  // namespace urbiome
