#include "urbiome/run/network_reach.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/exec/free_memory.h"
#include "urbiome/graph/street_reach.h"
#include "urbiome/io/raster_reader.h"
#include "urbiome/io/tables.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/reach_catchments.h"
#include "urbiome/run/reach_limits.h"
#include "urbiome/run/reach_opportunities.h"
#include "urbiome/run/reach_origins.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_slopes.h"

namespace urbiome {
namespace {

void require_positive(double value, const char* option, bool zero_too = false) {
  if (value > 0 || (zero_too && value == 0)) return;
  throw Error(ErrorCode::usage, fmt::format("{} is {}", option, value), zero_too ? "0 or more" : "more than 0");
}

// Lengths are known to a micrometre; more digits would pretend.
double rounded(double metres) { return std::round(metres * 1e6) / 1e6; }

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

StreetNetwork read_streets_with_slopes(const NetworkReachRequest& request, Executor& executor, AuditLog& audit) {
  std::optional<ValueLayer> heights;  // opened first: what is not there is said before streets are read
  const ElevationRequest& elevation = request.elevation;
  if (!elevation.path.empty()) heights = open_values(elevation.path, elevation.band);
  StreetNetwork streets = read_network(request.streets, request.streets_crs, request.least_island_m, executor, audit);
  if (heights) lay_slopes(streets, elevation, *heights, executor, audit);
  return streets;
}

}  // namespace

struct NetworkReachJob::Data {
  NetworkReachRequest request;
  std::vector<ReachLimit> limits;
  StreetNetwork streets;
  StreetTargets targets;
  StreetReach reach;
  ReachOrigins origins;

  Data(const NetworkReachRequest& asked, std::vector<ReachLimit> asked_limits, Executor& executor, AuditLog& audit)
      : request(asked),
        limits(std::move(asked_limits)),
        streets(read_streets_with_slopes(asked, executor, audit)),
        targets(asked.targets, asked.entrances, streets, executor, audit),
        reach(streets.graph, targets.entrances(), limit_of(timed() ? kNoLimit : asked.max_m),
              timed() ? StreetMeasure::time : StreetMeasure::length),
        origins(read_origins(executor, audit), streets, targets, reach, {asked.snap_max_m, limit_of(asked.max_m)},
                executor) {}

  bool timed() const { return streets.graph.has_times(); }

  std::vector<Place> read_origins(Executor& executor, AuditLog& audit) const {
    std::vector<Place> places =
        is_vector(request.origins.path)
            ? read_places(request.origins, streets.plane, executor, audit)
            : read_cells(request.origins.path, request.origins_band, request.origins.crs, streets.plane, audit);
    std::int64_t placeless = 0, unknown = 0;
    for (const Place& place : places) {
      placeless += place.points.empty() && place.polygons.empty() ? 1 : 0;
      unknown += !request.origins.amount.empty() && !place.amount ? 1 : 0;
    }
    const std::string& path = request.origins.path;
    if (places.empty()) throw Error(ErrorCode::contradiction, path + " holds no places", "origins");
    if (placeless > 0) audit.warn(path, fmt::format("{} origins have no place and are unreached", placeless));
    if (unknown > 0) audit.warn(path, fmt::format("{} origins do not say how many people live there", unknown));
    return_free_memory();
    return places;
  }

  bool people_are_told() const { return !request.origins.amount.empty() || !is_vector(request.origins.path); }

  std::string in_words(const std::vector<double>& reached) const {
    return fmt::format("{} that reach a target: {}", people_are_told() ? "people" : "origins",
                       urbiome::in_words(limits, reached));
  }

  void add_row(const ReachOrigin& origin, std::string& records, Summary& summary) const {
    const auto cell = [](const std::optional<double>& value) { return value ? Cell(*value) : Cell(); };
    std::optional<double> straight_m, street_m, time_s, snap_m;
    std::optional<std::uint32_t> target;
    if (origin.point) straight_m = rounded(origin.straight.metres);
    if (origin.inside_target()) {
      street_m = time_s = snap_m = 0;
      target = origin.straight.target;
    } else if (origin.at) {
      snap_m = rounded(origin.at->away_m);
      if (origin.target) {
        street_m = rounded(metres_of(origin.target->walked));
        time_s = rounded((timed() ? metres_of(origin.target->length) : *street_m) * 3.6 / request.speed_kmh);
        target = origin.target->target;
      }
    }
    const bool reached = street_m.has_value();
    const std::array<Cell, 8> row{origin.id,        cell(origin.people),
                                  cell(straight_m), cell(street_m),
                                  cell(time_s),     target ? Cell(targets.ids()[*target]) : Cell(),
                                  cell(snap_m),     std::string(reached ? "ok" : "unreached")};
    append_csv_row(records, row);
    const double people = origin.people.value_or(0);
    const bool snapped = origin.at && !origin.inside_target();
    summary.add({1, reached ? 1 : 0, snapped ? 1 : 0, snapped ? *snap_m : 0, snapped ? *snap_m : 0, people,
                 reached ? people : 0});
  }
};

NetworkReachJob::NetworkReachJob(const NetworkReachRequest& request, Executor& executor, AuditLog& audit) {
  require_positive(request.max_m, "--max-m");
  require_positive(request.snap_max_m, "--snap-max-m", true);
  require_positive(request.speed_kmh, "--speed-kmh");
  if (!(request.entrances.spacing_m >= 0.1))
    throw Error(ErrorCode::usage, fmt::format("--entrance-spacing-m is {}", request.entrances.spacing_m),
                "0.1 m or more");
  require_positive(request.entrances.street_within_m, "--entrance-within-m", true);
  require_positive(request.least_island_m, "--min-island-m", true);
  require_positive(request.catchment_width_m, "--catchment-width-m");
  executor.throw_if_cancelled();
  NetworkReachRequest asked = request;
  asked.entrances.point_within_m = request.snap_max_m;
  data_ = std::make_unique<Data>(asked, reach_limits(request.within_m, request.within_min, request.speed_kmh), executor,
                                 audit);
}

NetworkReachJob::~NetworkReachJob() = default;

NetworkReachJob::Summary NetworkReachJob::write(const std::string& path, Executor& executor) const {
  CsvWriter file(path, {"origin_id", "people", "straight_m", "street_m", "time_s", "target_id", "snap_m", "status"});
  Summary all;
  data_->origins.in_order<Summary>(
      executor, "writing",
      [&](std::size_t origin, std::string& records, Summary& part) {
        data_->add_row(data_->origins[origin], records, part);
      },
      [&](const std::string& records, const Summary& part) {
        file.write(records);
        all.add(part);
      });
  file.close();
  return all;
}

std::string NetworkReachJob::write_opportunities(const std::string& path, Executor& executor) const {
  const ReachOpportunities opportunities(data_->streets, data_->targets, data_->origins, data_->limits, executor);
  return data_->in_words(opportunities.write(path, data_->people_are_told(), executor));
}

std::string NetworkReachJob::write_catchments(const std::string& path, Executor& executor) const {
  const Data& data = *data_;
  return data.in_words(urbiome::write_catchments(path, data.streets, data.targets, data.origins, data.limits,
                                                 data.request.catchment_width_m, data.people_are_told(), executor));
}

void NetworkReachJob::Summary::add(const Summary& other) {
  origins += other.origins;
  reached += other.reached;
  snapped += other.snapped;
  snap_sum_m += other.snap_sum_m;
  snap_most_m = std::max(snap_most_m, other.snap_most_m);
  people += other.people;
  people_reached += other.people_reached;
}

std::string in_words(const NetworkReachJob::Summary& summary) {
  std::string text = fmt::format("{} of {} origins reach a target", summary.reached, summary.origins);
  if (summary.people > 0) text += fmt::format(", with {:.0f} of {:.0f} people", summary.people_reached, summary.people);
  if (summary.snapped > 0) {
    text += fmt::format("; {} lie {:.1f} m from their street on average, {:.1f} m at most", summary.snapped,
                        summary.snap_sum_m / static_cast<double>(summary.snapped), summary.snap_most_m);
  }
  return text;
}

}  // namespace urbiome
