// Places as shapes in a plane of metres: which of them hold a point, and how far they are in a straight line.
//
//   const TargetShapes parks(read_places(request, plane, executor, audit), request.path, plane);
//   TargetsFound found(parks.ids().size());
//   parks.offer_within(home, street_length(500), found);
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "urbiome/graph/street_opportunities.h"
#include "urbiome/run/places.h"
#include "urbiome/vector/local_plane.h"
#include "urbiome/vector/segment_index.h"

namespace urbiome {

class TargetShapes {
 public:
  // Places with one id are one target; those without a shape are left out. Throws Error{contradiction} when none has a
  // shape, calling them `name`.
  TargetShapes(std::vector<Place> places, const std::string& name, const LocalPlane& plane);
  TargetShapes(const TargetShapes&) = delete;
  TargetShapes& operator=(const TargetShapes&) = delete;

  const std::vector<std::string>& ids() const { return ids_; }  // in the order of their first places
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

 protected:
  struct Shape {
    std::uint32_t target, place;  // place: its number among those that were given
    MultiPolygon polygons;
    std::vector<Point> points;
    Box box;
  };
  std::uint32_t target_of(std::uint32_t segment) const { return shapes_[shape_of_[index_.line_of(segment)]].target; }

  std::vector<std::string> ids_;
  std::vector<Shape> shapes_;
  SegmentIndex index_;  // of all outlines

 private:
  void index_outlines();
  template <class Visit>
  void each_containing(const Point& point, const Visit& visit) const;

  LocalPlane plane_;
  std::vector<double> areas_m2_;
  std::vector<Point> outlines_;                         // of all shapes: rings, and points as lines of no length
  std::vector<std::uint32_t> first_points_, shape_of_;  // of every line of outlines_
  SegmentIndex boxes_;
  std::vector<Point> box_points_;
  std::vector<std::uint32_t> box_first_;
};

}  // namespace urbiome
