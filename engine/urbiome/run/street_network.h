// A street file as a graph in a plane of metres, and what there is to say about it.
//
//   const StreetNetwork streets = read_network({.path = "city.osm.pbf"}, {}, 0, executor, audit);
//   PlaneTransformer in(crs_of_parks, streets.plane);
//   streets.graph.nearest(*in.find(point), 250);
#pragma once

#include <string>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/landscape.h"
#include "urbiome/graph/street_graph.h"
#include "urbiome/io/recipe.h"
#include "urbiome/io/street_reader.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/vector/local_plane.h"

namespace urbiome {

struct StreetNetwork {
  Crs crs;  // what the streets came in
  LocalPlane plane;
  StreetGraph graph;
};

// `crs`: an override. Islands of less than `least_island_m` of streets are left out. Notes tell of lines left out,
// meetings found and islands. Throws as read_streets(); Error{contradiction}: no CRS, coordinates that are no places,
// no street with a length, nothing but short islands; Error{memory}: the executor's budget does not hold the graph.
StreetNetwork read_network(const StreetRequest& request, const std::string& crs, double least_island_m,
                           Executor& executor, AuditLog& audit);
// The same of a recipe's streets.
StreetNetwork read_network(const StreetsInput& input, Executor& executor, AuditLog& audit);

// Throws Error{contradiction} when no street lies within 250 m of the city's box. `crs`: that of the landscape's grid.
void require_streets_in_city(const StreetNetwork& streets, const StreetsInput& input, const Landscape& landscape,
                             const Crs& crs);

}  // namespace urbiome
