#include "urbiome/run/supply_ways.h"

#include <optional>
#include <string_view>

#include "urbiome/graph/street_opportunities.h"
#include "urbiome/run/reach_limits.h"

namespace urbiome {
namespace {

// find(point, limit, found, slot) offers what is near a point.
template <class Find>
WayCosts search(const WayOrigins& origins, const TargetShapes& targets, double farthest_m, Executor& executor,
                std::string_view what, const Find& find) {
  const std::size_t count = targets.ids().size();
  const StreetLength farthest = limit_of(farthest_m) + 1;
  const std::int64_t bytes = executor.threads() * TargetsFound::bytes(count);
  executor.memory().reserve(bytes, "the search for targets");
  std::vector<std::optional<TargetsFound>> scratch(static_cast<std::size_t>(executor.threads()));
  WayCosts costs(origins.blocks());
  executor.items(static_cast<std::int64_t>(costs.size()), what, [&](std::int64_t block) {
    const int slot = executor.current_slot();
    auto& found = scratch[static_cast<std::size_t>(slot)];
    if (!found) found.emplace(count);
    std::vector<CatchmentPair>& pairs = costs[static_cast<std::size_t>(block)];
    origins.each(static_cast<std::size_t>(block), slot, [&](std::uint32_t number, const Point& point) {
      found->clear();
      find(point, farthest, *found, static_cast<std::size_t>(slot));
      for (const auto& [target, length] : found->all()) pairs.push_back({number, target, metres_of(length)});
    });
    pairs.shrink_to_fit();
    executor.memory().reserve(static_cast<std::int64_t>(pairs.size() * sizeof(CatchmentPair)), what);
  });
  executor.memory().release(bytes);
  return costs;
}

}  // namespace

WayCosts straight_ways(const WayOrigins& origins, const TargetShapes& targets, double farthest_m, Executor& executor) {
  const auto find = [&](const Point& point, StreetLength farthest, TargetsFound& found, std::size_t) {
    targets.offer_within(point, farthest, found);
  };
  return search(origins, targets, farthest_m, executor, "costs in a straight line", find);
}

WayCosts street_ways(const WayOrigins& origins, const StreetTargets& targets, const StreetNetwork& streets,
                     double snap_max_m, double farthest_m, Executor& executor) {
  const StreetDoors doors(streets.graph, targets.entrances(), StreetMeasure::length);
  const std::int64_t bytes = doors.bytes() + executor.threads() * OpportunitySearch::bytes(streets.graph);
  executor.memory().reserve(bytes, "the search along streets");
  std::vector<std::optional<OpportunitySearch>> searches(static_cast<std::size_t>(executor.threads()));
  const auto find = [&](const Point& point, StreetLength farthest, TargetsFound& found, std::size_t slot) {
    targets.offer_containing(point, found);
    const auto at = streets.graph.nearest(point, snap_max_m);
    if (!at) return;
    auto& search = searches[slot];
    if (!search) search.emplace(doors);
    search->from(*at, farthest, found);
  };
  WayCosts costs = search(origins, targets, farthest_m, executor, "costs along streets", find);
  executor.memory().release(bytes);
  return costs;
}

std::int64_t bytes_of(const WayCosts& costs) {
  std::int64_t bytes = 0;
  for (const auto& pairs : costs) bytes += static_cast<std::int64_t>(pairs.size() * sizeof(CatchmentPair));
  return bytes;
}

}  // namespace urbiome
