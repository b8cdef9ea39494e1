// Polygon set operations: the only door to GEOS.
//
// All work in the plane of the coordinates given; orientation of the input does not matter. Results are valid
// polygons (shells counter-clockwise, holes clockwise); lines and points that fall out of an operation are dropped.
// Errors: Error{contradiction} when GEOS cannot make sense of the coordinates (NaN, infinite).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/vector/geometry.h"

namespace urbiome {

struct Repair {
  MultiPolygon shape;
  bool changed = false;  // the input was invalid
  std::string reason;    // GEOS' words for what was wrong
};

// A valid polygon covering the same ground (GEOS MakeValid, structure method); self-crossing rings are resolved,
// collapsed parts dropped. A valid input comes back as it was, with changed = false.
Repair repaired(const MultiPolygon& shape);

// Calls a function for 0 .. count - 1, on threads if it likes.
using ForEach = std::function<void(std::int64_t count, const std::function<void(std::int64_t)>& body)>;

// Ground that one or more of the shapes cover. Shapes whose boxes lie apart are joined apart, each group in one call of
// `for_each`; polygons come in the order of the groups' first shapes.
MultiPolygon union_of(std::span<const MultiPolygon> shapes, const ForEach& for_each = {});
MultiPolygon intersection_of(const MultiPolygon& a, const MultiPolygon& b);
// The part inside an axis-parallel rectangle; linear in the vertices, far cheaper than intersection_of.
MultiPolygon clipped(const MultiPolygon& shape, const Box& box);
// Ground at most `width` from a line, with round ends (circles of 32 corners). Lines of two points or more.
MultiPolygon beside(std::span<const Ring> lines, double width);
MultiPolygon difference_of(const MultiPolygon& a, const MultiPolygon& b);

// The centroid where it lies inside, else another point inside. The shape is valid and not empty.
Point point_inside(const MultiPolygon& shape);

// Which of the polygons belong together: those that touch, also in one point, or lie at most `gap` apart (in units of
// the coordinates), directly or by way of others. A number for each polygon, from 0 in the order of first polygons.
std::vector<std::uint32_t> groups_within(const MultiPolygon& shapes, double gap);

// Planar area in squared units of the coordinates, >= 0.
double planar_area(const MultiPolygon& shape);

// Total planar area in which two or more of the shapes lie on each other (0 when they tile or keep apart); each call
// takes one shape and those that may meet it.
double overlapping_area(std::span<const MultiPolygon> shapes, const ForEach& for_each = {});

// Well-known text of any polygonal geometry; Error{contradiction} for other types or broken text.
MultiPolygon polygons_from_wkt(const std::string& wkt);

// Release of GEOS, for provenance.
std::string geos_version();

}  // namespace urbiome
