// Where lines of a layer without topology meet: the same places get the same numbers.
//
// Lines meet at points that they share; where the end of one lies on another; where they cross. What crosses on
// different levels - a bridge over a road - does not meet unless both have the point. Points are added where lines meet
// between theirs; none is moved. The order of lines changes numbers, not meetings.
//
//   MeetingLines streets = meet(lines, levels, 0.1);
//   streets.places[i][k];      // of point k of streets.lines[i]
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "urbiome/vector/geometry.h"

namespace urbiome {

// Where the segments a-b and c-d cross or touch; one such point where they overlap.
std::optional<Point> crossing_of(const Point& a, const Point& b, const Point& c, const Point& d);

struct MeetingLines {
  std::vector<Ring> lines;                        // as given, with points added
  std::vector<std::vector<std::int64_t>> places;  // of their points
  std::int64_t crossings = 0, ends_on_lines = 0, ends_joined = 0;
};

// `tolerance`: how near an end has to come to a line or another end of its level to lie on it, >= 0, in units of the
// coordinates. `levels`: one for each line. Lines of fewer than two points stay as they are. Throws
// Error{contradiction} for coordinates that are not finite.
MeetingLines meet(std::span<const Ring> lines, std::span<const int> levels, double tolerance);

}  // namespace urbiome
