#include "urbiome/run/network_reach.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/graph/street_reach.h"
#include "urbiome/io/tables.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/street_network.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr std::int64_t kOriginsAtOnce = 4096;

void require_positive(double value, const char* option, bool zero_too = false) {
  if (value > 0 || (zero_too && value == 0)) return;
  throw Error(ErrorCode::usage, fmt::format("{} is {}", option, value), zero_too ? "0 or more" : "more than 0");
}

// Lengths are known to a micrometre; more digits would pretend.
double rounded(double metres) { return std::round(metres * 1e6) / 1e6; }

StreetLength limit_of(double max_m) {
  constexpr double kLongest = 1e9;
  return street_length(std::min(max_m, kLongest));
}

}  // namespace

struct NetworkReachJob::Data {
  NetworkReachRequest request;
  StreetNetwork streets;
  StreetTargets targets;
  std::vector<Place> origins;
  StreetReach reach;

  struct Answer {
    std::optional<double> straight_m, street_m, snap_m;
    std::optional<std::uint32_t> target;
  };

  Data(const NetworkReachRequest& asked, AuditLog& audit)
      : request(asked),
        streets(read_network(asked.streets, asked.streets_crs, audit)),
        targets(asked.targets, asked.entrances, streets, audit),
        origins(is_vector(asked.origins.path)
                    ? read_places(asked.origins, streets.plane, audit)
                    : read_cells(asked.origins.path, asked.origins_band, asked.origins.crs, streets.plane, audit)),
        reach(streets.graph, targets.entrances(), limit_of(asked.max_m)) {}

  std::optional<Point> point_of(const Place& origin) const {
    if (!origin.points.empty()) return origin.points.front();
    if (!origin.polygons.empty()) return point_inside(origin.polygons);
    return {};
  }

  Answer answer(const Place& origin) const {
    Answer answer;
    const std::optional<Point> point = point_of(origin);
    if (!point) return answer;
    const StreetTargets::Nearest straight = targets.nearest(*point);
    answer.straight_m = rounded(straight.metres);
    if (straight.metres == 0) {
      answer.target = straight.target;
      answer.street_m = 0;
      answer.snap_m = 0;
      return answer;
    }
    const std::optional<StreetPosition> at = streets.graph.nearest(*point, request.snap_max_m);
    if (!at) return answer;
    answer.snap_m = rounded(at->away_m);
    if (const auto found = reach.from(*at)) {
      answer.street_m = rounded(metres_of(found->length));
      answer.target = found->target;
    }
    return answer;
  }

  void add_row(const Place& origin, std::string& records, Summary& summary) const {
    const auto cell = [](const std::optional<double>& value) { return value ? Cell(*value) : Cell(); };
    const Answer found = answer(origin);
    const bool reached = found.street_m.has_value();
    const std::array<Cell, 8> row{origin.id,
                                  cell(origin.amount),
                                  cell(found.straight_m),
                                  cell(found.street_m),
                                  reached ? Cell(rounded(*found.street_m * 3.6 / request.speed_kmh)) : Cell(),
                                  found.target ? Cell(targets.ids()[*found.target]) : Cell(),
                                  cell(found.snap_m),
                                  std::string(reached ? "ok" : "unreached")};
    append_csv_row(records, row);
    const double people = origin.amount.value_or(0);
    const bool snapped = found.snap_m && found.straight_m != 0.0;
    summary.add({1, reached ? 1 : 0, snapped ? 1 : 0, snapped ? *found.snap_m : 0, snapped ? *found.snap_m : 0, people,
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
  executor.throw_if_cancelled();
  NetworkReachRequest asked = request;
  asked.entrances.point_within_m = request.snap_max_m;
  data_ = std::make_unique<Data>(asked, audit);
  std::int64_t placeless = 0, unknown = 0;
  for (const Place& origin : data_->origins) {
    placeless += origin.points.empty() && origin.polygons.empty() ? 1 : 0;
    unknown += !request.origins.amount.empty() && !origin.amount ? 1 : 0;
  }
  const std::string& path = request.origins.path;
  if (data_->origins.empty()) throw Error(ErrorCode::contradiction, path + " holds no places", "origins");
  if (placeless > 0) audit.warn(path, fmt::format("{} origins have no place and are unreached", placeless));
  if (unknown > 0) audit.warn(path, fmt::format("{} origins do not say how many people live there", unknown));
}

NetworkReachJob::~NetworkReachJob() = default;

NetworkReachJob::Summary NetworkReachJob::write(const std::string& path, Executor& executor) {
  CsvWriter file(path, {"origin_id", "people", "straight_m", "street_m", "time_s", "target_id", "snap_m", "status"});
  const auto count = static_cast<std::int64_t>(data_->origins.size());
  struct Part {
    std::string records;
    Summary summary;
  };
  Summary all;
  executor.in_order((count + kOriginsAtOnce - 1) / kOriginsAtOnce, "reaching",
                    [&](std::int64_t number) {
                      Part part;
                      const std::int64_t begin = number * kOriginsAtOnce, end = std::min(begin + kOriginsAtOnce, count);
                      for (std::int64_t i = begin; i < end; ++i)
                        data_->add_row(data_->origins[static_cast<std::size_t>(i)], part.records, part.summary);
                      return part;
                    },
                    [&](std::int64_t, const Part& part) {
                      file.write(part.records);
                      all.add(part.summary);
                    });
  file.close();
  return all;
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
