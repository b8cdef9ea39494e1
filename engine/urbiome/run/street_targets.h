// Places to walk to, in the plane of a street network: their shapes, and where they are entered.
//
// An entrance is given, or made for each polygon that has none given to any: where a street crosses its outline, and
// every `spacing_m` along it where a street comes within `street_within_m`. Points are entrances of themselves, from
// farther away.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "urbiome/graph/street_opportunities.h"
#include "urbiome/graph/street_reach.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_network.h"

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

// Where shapes of places are, and the nearest of them.
class StreetTargets {
 public:
  // Features with one id are one target. Throws Error: unreadable, contradiction (no CRS, no places, coordinates that
  // are none); what has no entrance is a warning.
  StreetTargets(const PlacesRequest& request, const EntranceRule& rule, const StreetNetwork& streets, AuditLog& audit);
  // Of places at hand; `name` is what warnings call them.
  StreetTargets(std::vector<Place> places, const std::string& name, const Gates& gates, const EntranceRule& rule,
                const StreetNetwork& streets, AuditLog& audit);
  StreetTargets(const StreetTargets&) = delete;
  StreetTargets& operator=(const StreetTargets&) = delete;

  const std::vector<std::string>& ids() const { return ids_; }
  const std::vector<StreetEntrance>& entrances() const { return entrances_; }
  // The target in which a point lies, and else how far the nearest outline or point is, in a straight line.
  struct Nearest {
    std::uint32_t target;
    double metres;  // 0 inside
  };
  Nearest nearest(const Point& point) const;
  // Offers each target in which the point lies, at no distance.
  void offer_containing(const Point& point, TargetsFound& found) const;
  // Offers each target at most `limit` away in a straight line, at the distance that nearest() tells.
  void offer_within(const Point& point, StreetLength limit, TargetsFound& found) const;
  template <class Visit>  // visit(shape) for those that are polygons
  void each_polygon(const Visit& visit) const {
    for (const Shape& shape : shapes_) {
      if (!shape.polygons.empty()) visit(shape.polygons);
    }
  }
  // On the ellipsoid, of all features of a target; what two of them share counts twice.
  double area_m2(std::uint32_t target) const { return areas_m2_[target]; }

 private:
  struct Shape {
    std::uint32_t target;
    MultiPolygon polygons;
    std::vector<Point> points;
    Box box;
    bool gated = false;
  };
  void add_given(const Gates& gates, double street_within_m, AuditLog& audit);
  void add_made(const Shape& shape, const EntranceRule& rule);
  void take(std::vector<Place> places, const std::string& name, const Gates& gates);
  void add_entrances(const std::string& name, const Gates& gates, const EntranceRule& rule, AuditLog& audit);
  void add_crossings(const Shape& shape);
  void add_spaced(const Shape& shape, const EntranceRule& rule);
  void add(const StreetPosition& at, std::uint32_t target) { entrances_.push_back({at, target}); }
  void index_outlines();
  std::uint32_t target_of(std::uint32_t segment) const { return shapes_[shape_of_[index_.line_of(segment)]].target; }
  template <class Visit>
  void each_containing(const Point& point, const Visit& visit) const;

  const StreetNetwork& streets_;
  std::vector<std::string> ids_;
  std::vector<double> areas_m2_;
  std::vector<Shape> shapes_;
  std::vector<StreetEntrance> entrances_;
  std::vector<Point> outlines_;                         // of all shapes: rings, and points as lines of no length
  std::vector<std::uint32_t> first_points_, shape_of_;  // of every line of outlines_
  SegmentIndex index_, boxes_;
  std::vector<Point> box_points_;
  std::vector<std::uint32_t> box_first_;
};

}  // namespace urbiome
