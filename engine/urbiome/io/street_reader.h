// Street lines from an OSM PBF or any line layer that OGR opens.
//
// A PBF says which lines meet: they go through the same places. Other layers say nothing of it (vector/line_meetings.h
// finds out); their columns `layer`, `bridge` and `tunnel` tell levels apart, and those that the walkable table names
// are asked as tags. A layer without a column `highway` is taken whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "urbiome/base/on_threads.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

struct StreetRequest {
  std::string path, layer;  // layer: of OGR's files
  std::string walkable;     // a table (walkable.h); empty: the shipped one
};

// Lines that can be walked, of two points or more: through places that they share, or of their own points.
struct StreetLayer {
  std::string path, crs;                // crs: WKT or "EPSG:4326"; empty when the file has none
  std::vector<Point> places;            // each once, in the order of their ids; empty for layers that know none
  std::vector<std::uint32_t> place_of;  // of the points of all lines, one line after the other
  std::vector<std::uint32_t> first{0};  // of every line, among those; and the end
  std::vector<Ring> lines;              // of layers that know no places
  std::vector<int> levels;              // of those: 0 on the ground
  std::int64_t read = 0;                // lines or ways with a highway, walkable or not
  std::int64_t not_walkable = 0;
  std::int64_t missing_points = 0;  // points of ways whose nodes an extract left out: the way is cut there
  std::vector<std::string> warnings;

  bool has_places() const { return first.size() > 1; }
  std::size_t size() const { return has_places() ? first.size() - 1 : lines.size(); }
  const Point& start(std::size_t line) const {
    return has_places() ? places[place_of[first[line]]] : lines[line].front();
  }
  std::int64_t points() const;  // of all lines
};

// Error{unreadable}: missing, truncated; Error{contradiction}: no lines, none that can be walked.
StreetLayer read_streets(const StreetRequest& request, const OnThreads& on_threads);

}  // namespace urbiome
