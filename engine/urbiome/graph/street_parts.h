// The parts of streets from which a target is reached within a limit: edges, cut where the limit is met.
//
//   std::vector<StreetPart> parts;
//   for (std::uint32_t edge = 0; edge < graph.edges(); ++edge) add_parts_within(reach, edge, street_length(300),
//   parts); Ring line = shape_of(graph, parts[0]);
#pragma once

#include <cstdint>
#include <vector>

#include "urbiome/graph/street_reach.h"

namespace urbiome {

struct StreetPart {
  std::uint32_t edge;
  StreetLength begin, end;        // along the edge, from its start; begin < end
  StreetLength at_begin, at_end;  // from there to the nearest target, in the measure of the search
};

// The parts of one edge in their order; they do not touch. `limit` is at most that of the search.
void add_parts_within(const StreetReach& reach, std::uint32_t edge, StreetLength limit, std::vector<StreetPart>& parts);

// A part as a line of the graph's plane: two points at least.
Ring shape_of(const StreetGraph& graph, const StreetPart& part);

}  // namespace urbiome
