#include "urbiome/run/supply_layers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/reach_limits.h"
#include "urbiome/run/reach_origins.h"
#include "urbiome/run/street_network.h"

namespace urbiome {
namespace {

void require(bool right, const std::string& found, const std::string& expected, const std::string& remedy = "") {
  if (!right) throw Error(ErrorCode::usage, found, expected, remedy);
}

void check(const SupplyLayers& layers, const SupplyRule& asked) {
  const auto number = [](double value, double least, const char* option) {
    require(value >= least && std::isfinite(value), fmt::format("{} is {}", option, value),
            fmt::format("{} m or more", least));
  };
  number(layers.snap_max_m, 0, "--snap-max-m");
  number(layers.least_island_m, 0, "--min-island-m");
  number(layers.entrances.spacing_m, 0.1, "--entrance-spacing-m");
  number(layers.entrances.street_within_m, 0, "--entrance-within-m");
  require(asked.max_cost.has_value(), "--max is missing", "the farthest way in metres that counts",
          "give --max 500, or --max inf for no limit");
}

// Who lives where, as places in the plane.
std::vector<Place> read_people(const SupplyLayers& layers, const LocalPlane& plane, Executor& executor,
                               AuditLog& audit) {
  const PlacesRequest& request = layers.origins;
  const bool cells = !is_vector(request.path);
  require(cells || !request.amount.empty(), "--people is missing",
          fmt::format("the column of {} with the number of people", request.path));
  require(!cells || request.amount.empty(), fmt::format("--people names a column, but {} is a raster", request.path),
          "a raster of counts without --people", "leave it out");
  std::vector<Place> places = cells ? read_cells(request.path, layers.origins_band, request.crs, plane, audit)
                                    : read_places(request, plane, executor, audit);
  if (places.empty()) throw Error(ErrorCode::contradiction, request.path + " holds no places", "origins");
  std::int64_t placeless = 0;
  for (const Place& place : places) {
    placeless += place.points.empty() && place.polygons.empty() ? 1 : 0;
    if (!place.amount) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{}: {} of {} is empty", request.path, request.amount, place.id), "a number of people",
                  "write 0 where nobody lives, or leave the row out");
    }
    if (*place.amount > kMostAmount) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{}: {} has {:g} people", request.path, place.id, *place.amount),
                  fmt::format("at most {:g}", kMostAmount), "correct it");
    }
  }
  if (placeless > 0) audit.warn(request.path, fmt::format("{} origins have no place and reach nothing", placeless));
  return places;
}

// What each target offers; features with one id offer their sum.
class Amounts {
 public:
  Amounts(const std::vector<Place>& places, const PlacesRequest& request) : request_(request) {
    if (request.amount.empty()) return;
    for (const Place& place : places) {
      if (place.points.empty() && place.polygons.empty()) continue;
      if (!place.amount) {
        throw Error(ErrorCode::contradiction,
                    fmt::format("{}: {} of {} is empty", request.path, request.amount, place.id), "an amount",
                    "write 0 where there is none, or leave the row out");
      }
      of_id_[place.id] += *place.amount;
    }
  }

  std::vector<double> of(const TargetShapes& targets) const {
    std::vector<double> amounts;
    for (std::uint32_t i = 0; i < targets.ids().size(); ++i) {
      const std::string& id = targets.ids()[i];
      amounts.push_back(request_.amount.empty() ? targets.area_m2(i) : of_id_.at(id));
      if (request_.amount.empty() && !(amounts.back() > 0)) {
        throw Error(ErrorCode::contradiction, fmt::format("{}: {} has no area", request_.path, id),
                    "polygons, whose area is the amount", "give the column of amounts: --amount COLUMN");
      }
      if (amounts.back() > kMostAmount) {
        throw Error(ErrorCode::contradiction,
                    fmt::format("{}: the amount of {} is {:g}", request_.path, id, amounts.back()),
                    fmt::format("at most {:g}", kMostAmount), "correct it");
      }
    }
    return amounts;
  }

 private:
  const PlacesRequest& request_;
  std::unordered_map<std::string, double> of_id_;
};

// Searches round all origins, on threads; find(point, limit, found, slot) offers what is near a point.
class WaySearch {
 public:
  WaySearch(const ReachOrigins& origins, std::size_t targets, double farthest_m, SupplyData& data, Executor& executor)
      : origins_(origins),
        targets_(targets),
        // A limit is met by what rounds to it: the rule looks again.
        farthest_(limit_of(farthest_m) + 1),
        data_(data),
        executor_(executor) {}

  template <class Find>
  void run(const Find& find) {
    executor_.memory().reserve(executor_.threads() * TargetsFound::bytes(targets_), "the search for targets");
    std::vector<std::optional<TargetsFound>> scratch(static_cast<std::size_t>(executor_.threads()));
    data_.costs.resize(origins_.blocks());
    origins_.each_block(executor_, data_.ways, [&](std::size_t block, std::span<const std::uint32_t> numbers) {
      const auto slot = static_cast<std::size_t>(executor_.current_slot());
      auto& found = scratch[slot];
      if (!found) found.emplace(targets_);
      std::vector<CatchmentPair>& pairs = data_.costs[block];
      for (const std::uint32_t i : numbers) {
        if (!origins_[i].point) continue;
        found->clear();
        find(*origins_[i].point, farthest_, *found, slot);
        for (const auto& [target, length] : found->all()) pairs.push_back({i, target, metres_of(length)});
      }
      pairs.shrink_to_fit();
      executor_.memory().reserve(static_cast<std::int64_t>(pairs.size() * sizeof(CatchmentPair)), data_.ways);
    });
  }

 private:
  const ReachOrigins& origins_;
  std::size_t targets_;
  StreetLength farthest_;
  SupplyData& data_;
  Executor& executor_;
};

void search_straight(const ReachOrigins& origins, const TargetShapes& targets, double farthest_m, SupplyData& data,
                     Executor& executor) {
  data.ways = "costs in a straight line";
  WaySearch(origins, targets.ids().size(), farthest_m, data, executor)
      .run([&](const Point& point, StreetLength farthest, TargetsFound& found, std::size_t) {
        targets.offer_within(point, farthest, found);
      });
}

void search_streets(const ReachOrigins& origins, const StreetTargets& targets, const StreetNetwork& streets,
                    double snap_max_m, double farthest_m, SupplyData& data, Executor& executor) {
  data.ways = "costs along streets";
  const StreetDoors doors(streets.graph, targets.entrances(), StreetMeasure::length);
  const std::int64_t bytes = doors.bytes() + executor.threads() * OpportunitySearch::bytes(streets.graph);
  executor.memory().reserve(bytes, "the search along streets");
  std::vector<std::optional<OpportunitySearch>> searches(static_cast<std::size_t>(executor.threads()));
  WaySearch(origins, targets.ids().size(), farthest_m, data, executor)
      .run([&](const Point& point, StreetLength farthest, TargetsFound& found, std::size_t slot) {
        targets.offer_containing(point, found);
        const auto at = streets.graph.nearest(point, snap_max_m);
        if (!at) return;
        auto& search = searches[slot];
        if (!search) search.emplace(doors);
        search->from(*at, farthest, found);
      });
  executor.memory().release(bytes);
}

// Ways of no length have no finite weight in some kernels.
void check_weights(const SupplyData& data, const DistanceDecay& decay) {
  const CatchmentPair* first = nullptr;
  for (const std::vector<CatchmentPair>& pairs : data.costs) {
    for (const CatchmentPair& pair : pairs) {
      if (pair.cost >= 1 || decay(pair.cost) <= kMostDecay) continue;
      const auto key = [](const CatchmentPair& p) { return std::pair(p.place, p.supply); };
      if (first == nullptr || key(pair) < key(*first)) first = &pair;
    }
  }
  if (first == nullptr) return;
  throw Error(ErrorCode::contradiction,
              fmt::format("{} lies {:g} m from {}, which weighs without limit", data.places[first->place], first->cost,
                          data.supplies[first->supply]),
              "costs above 0 with the kernels power and inverse", "give --floor, the cost up to which all weigh alike");
}

void take_places(const ReachOrigins& origins, SupplyData& data) {
  for (std::size_t i = 0; i < origins.size(); ++i) {
    data.places.push_back(origins[i].id);
    data.people.push_back(*origins[i].people);
  }
}

}  // namespace

SupplyData read_supply_layers(const SupplyLayers& layers, const SupplyRule& asked, const CatchmentRule& rule,
                              Executor& executor, AuditLog& audit) {
  check(layers, asked);
  std::optional<StreetNetwork> streets;
  if (!layers.straight)
    streets.emplace(read_network(layers.streets, layers.streets_crs, layers.least_island_m, executor, audit));
  const LocalPlane plane = streets ? streets->plane : plane_of(layers.targets);
  std::vector<Place> places = read_places(layers.targets, plane, executor, audit);
  const Amounts amounts(places, layers.targets);
  const ReachOrigins origins(read_people(layers, plane, executor, audit), executor);
  SupplyData data;
  const auto take = [&](const TargetShapes& targets) {
    data.supplies = targets.ids();
    data.amounts = amounts.of(targets);
  };
  const std::string& name = layers.targets.path;
  if (streets) {
    EntranceRule entrances = layers.entrances;
    entrances.point_within_m = layers.snap_max_m;
    const StreetTargets targets(std::move(places), name, entrances, *streets, executor, audit);
    take(targets);
    search_streets(origins, targets, *streets, layers.snap_max_m, rule.max_cost, data, executor);
  } else {
    const TargetShapes targets(std::move(places), name, plane);
    take(targets);
    search_straight(origins, targets, rule.max_cost, data, executor);
  }
  take_places(origins, data);
  check_weights(data, rule.decay);
  return data;
}

}  // namespace urbiome
