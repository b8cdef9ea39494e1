// The nearest place of many for every origin, along streets and in a straight line, side by side.
//
//   NetworkReachJob job({.streets = {.path = "city.osm.pbf"}, .origins = ..., .targets = ...}, executor, audit);
//   job.write("reach.csv", executor);
//   job.write_opportunities("opportunities.csv", executor);    // run/reach_opportunities.h tells the columns
//   job.write_catchments("catchments.gpkg", executor);         // run/reach_catchments.h
//
// Columns of the table: origin_id, people, straight_m, street_m, time_s, target_id, snap_m, status; one row for every
// origin in the order of its file. street_m counts the ways to and from the street (of the origin: snap_m) and the
// parts of edges; an origin inside a target has 0. straight_m is to the nearest outline or point of any target, which
// may be another than target_id. status: ok; unreached where no street lies within snap_max_m (then snap_m is empty),
// or no target along streets within max_m. Polygons stand for a point inside them.
//
// With a raster of heights the quickest way counts instead of the shortest: street_m is its length, time_s its time,
// and limits in minutes are of such times; those in metres stay lengths of shortest ways.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/io/street_reader.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_slopes.h"
#include "urbiome/run/street_targets.h"

namespace urbiome {

struct NetworkReachRequest {
  StreetRequest streets;
  std::string streets_crs;         // override
  double least_island_m = 0;       // shorter islands of streets are left out
  PlacesRequest origins, targets;  // origins may be a raster of counts: its cells
  int origins_band = 1;            // of that
  EntranceRule entrances;
  ElevationRequest elevation;                              // slopes of streets; an empty path: they are flat
  double max_m = std::numeric_limits<double>::infinity();  // farther is unreached
  double snap_max_m = 250;                                 // from an origin to the street
  double speed_kmh = 4.8;                                  // walking on flat ground: 400 m in 5 minutes
  std::vector<double> within_m, within_min;                // limits of the other tables; both empty: 300, 400, 500 m
  double catchment_width_m = 30;                           // ground on both sides of a street
};

class NetworkReachJob {
 public:
  // Reads everything and searches. Throws Error: unreadable, contradiction, usage (numbers out of range).
  NetworkReachJob(const NetworkReachRequest& request, Executor& executor, AuditLog& audit);
  ~NetworkReachJob();

  struct Summary {
    std::int64_t origins = 0, reached = 0;
    std::int64_t snapped = 0;  // of those outside every target: near enough to a street
    double snap_sum_m = 0, snap_most_m = 0;
    double people = 0, people_reached = 0;
    void add(const Summary& other);
  };
  // Writes the table.
  Summary write(const std::string& path, Executor& executor) const;
  // Writes the table of what is within the limits, and says in words how many people reach something.
  std::string write_opportunities(const std::string& path, Executor& executor) const;
  // Writes a GeoPackage of the ground from which a target is reached within them, and says the same.
  std::string write_catchments(const std::string& path, Executor& executor) const;

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

// "18 of 29 origins reach a target, with 900 of 1200 people; ..."
std::string in_words(const NetworkReachJob::Summary& summary);

}  // namespace urbiome
