// How a projected CRS stretches the ground at a point: the ground under the areas and lengths of a map.
//
// The derivatives of the forward projection are taken by fourth-order central differences along two great circles
// through the point on the sphere of geodetic latitudes and longitudes, so poles are points like any other. Areas are
// good to about 1e-11.
//
//   const MapScale scale(Crs::parse("EPSG:31985"));
//   double m2_per_map_unit2 = scale.at({290000, 9110000}).area;
#pragma once

#include "urbiome/vector/crs.h"

namespace urbiome {

class MapScale {
 public:
  // What was found at a point. `torn`: the point is on the map, but the map is cut or folded beside it.
  enum class Found { scale, torn, outside };

  struct Scale {
    Found found = Found::outside;
    double area = 0;      // true square metres per squared map unit
    double longest = 0;   // largest true length / map length over all directions, both in metres
    double shortest = 0;  // and the smallest
  };

  // Throws Error{contradiction} when PROJ has no way between `projected` and its geographic base.
  explicit MapScale(const Crs& projected);

  // At a point in coordinates of the CRS; from one thread at a time.
  Scale at(const Point& point) const;

 private:
  struct Derivative;
  bool differences(const Point& lonlat, const Point& centre, double step, Derivative& result) const;

  Transformer inverse_, forward_;
  Ellipsoid ellipsoid_;
  double unit_;
};

}  // namespace urbiome
