// The way of everyone to the nearest park along streets: loaded once, then one search and the nearest street of
// everyone. What NetworkReachJob does between reading and writing.
#include "urbiome/graph/street_reach.h"

#include <algorithm>
#include <limits>

#include "contender.h"
#include "urbiome/exec/executor.h"
#include "urbiome/run/places.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/street_targets.h"

namespace urbiome::versus {

void reach(const Asked& asked) {
  constexpr std::int64_t kAtOnce = 4096;
  constexpr double kNowhere = std::numeric_limits<double>::infinity(), kSnapped_m = 250, kFar_m = 1e9;
  AuditLog audit;
  Executor executor({.threads = asked.threads});
  const StreetNetwork streets =
      read_network({.path = asked.path("streets.osm.pbf"), .layer = {}, .walkable = {}}, {}, 0, executor, audit);
  const auto places = [](const std::string& path, const std::string& crs, const std::string& x, const std::string& y) {
    return PlacesRequest{.path = path, .layer = {}, .id = {}, .crs = crs, .x = x, .y = y, .amount = {}};
  };
  const StreetTargets targets(places(asked.path("parks.gpkg"), {}, {}, {}),
                              {.entrances = asked.path("entrances.gpkg"), .entrances_layer = {}}, streets, executor,
                              audit);
  const std::vector<Place> origins =
      read_places(places(asked.path("origins.csv"), "EPSG:32633", "x", "y"), streets.plane, executor, audit);
  const auto count = static_cast<std::int64_t>(origins.size());
  std::vector<double> metres(origins.size());
  const auto work = [&] {
    const StreetReach search(streets.graph, targets.entrances(), street_length(kFar_m));
    const auto metres_from = [&](const Point& home) {
      if (targets.nearest(home).metres == 0) return 0.0;
      const auto at = streets.graph.nearest(home, kSnapped_m);
      const auto found = at ? search.from(*at) : std::nullopt;
      return found ? metres_of(found->length) : kNowhere;
    };
    executor.parts((count + kAtOnce - 1) / kAtOnce, "reaching", [&](std::int64_t part) {
      const std::int64_t end = std::min((part + 1) * kAtOnce, count);
      for (std::int64_t i = part * kAtOnce; i < end; ++i)
        metres[static_cast<std::size_t>(i)] = metres_from(origins[static_cast<std::size_t>(i)].points.front());
    });
  };
  contend(asked, work,
          [&](const Answers& answers) { answers.array("street_m", 1, count, std::span<const double>(metres)); });
}

}  // namespace urbiome::versus
