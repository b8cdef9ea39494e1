// Street lines from an OSM PBF or any line layer that OGR opens.
//
// A PBF says which lines meet: their points are nodes with ids. Other layers say nothing of it (vector/line_meetings.h
// finds out); their columns `layer`, `bridge` and `tunnel` tell levels apart, and those that the walkable table names
// are asked as tags. A layer without a column `highway` is taken whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "urbiome/vector/geometry.h"

namespace urbiome {

struct StreetRequest {
  std::string path, layer;  // layer: of OGR's files
  std::string walkable;     // a table (walkable.h); empty: the shipped one
};

struct StreetLayer {
  std::string path, crs;                         // crs: WKT or "EPSG:4326"; empty when the file has none
  std::vector<Ring> lines;                       // those that can be walked, of two points or more
  std::vector<std::vector<std::int64_t>> nodes;  // ids of their points; empty for layers that know none
  std::vector<int> levels;                       // of lines without ids: 0 on the ground
  std::int64_t read = 0;                         // lines or ways with a highway, walkable or not
  std::int64_t not_walkable = 0;
  std::int64_t missing_points = 0;  // points of ways whose nodes an extract left out: the way is cut there
  std::vector<std::string> warnings;

  bool has_nodes() const { return !nodes.empty(); }
};

// Error{unreadable}: missing, truncated; Error{contradiction}: no lines, none that can be walked.
StreetLayer read_streets(const StreetRequest& request);

}  // namespace urbiome
