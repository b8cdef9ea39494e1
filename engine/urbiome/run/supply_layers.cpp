#include "urbiome/run/supply_layers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/reach_origins.h"
#include "urbiome/run/street_network.h"
#include "urbiome/run/supply_ways.h"

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
  require(asked.max_cost.has_value() || !asked.needs_max(), "--max is missing",
          "the farthest way in metres that counts", "give --max 500, or --max inf for no limit");
  require(asked.groups.empty() || layers.origins.amount.empty(), "--people does not go with --group",
          "columns of groups, who together are everybody", "leave --people out");
}

// Where the numbers of people stand: one column, or one for each group.
PlacesRequest request_of_people(const SupplyLayers& layers, const SupplyRule& asked) {
  PlacesRequest request = layers.origins;
  for (const SupplyGroup& group : asked.groups) {
    if (request.amount.empty())
      request.amount = group.column;
    else
      request.more.push_back(group.column);
  }
  return request;
}

void check_people(const std::optional<double>& people, const PlacesRequest& request, const std::string& column,
                  const std::string& id) {
  if (!people) {
    throw Error(ErrorCode::contradiction, fmt::format("{}: {} of {} is empty", request.path, column, id),
                "a number of people", "write 0 where nobody lives, or leave the row out");
  }
  if (*people > kMostAmount) {
    throw Error(ErrorCode::contradiction, fmt::format("{}: {} has {:g} people", request.path, id, *people),
                fmt::format("at most {:g}", kMostAmount), "correct it");
  }
}

// Who lives where, as places in the plane.
std::vector<Place> read_people(const SupplyLayers& layers, const SupplyRule& asked, const LocalPlane& plane,
                               Executor& executor, AuditLog& audit) {
  const PlacesRequest request = request_of_people(layers, asked);
  const bool cells = !is_vector(request.path);
  require(cells || !request.amount.empty(), "--people is missing",
          fmt::format("the column of {} with the number of people", request.path));
  require(
      !cells || request.amount.empty(),
      fmt::format("{} names a column, but {} is a raster", asked.groups.empty() ? "--people" : "--group", request.path),
      "a raster of counts without it", "leave it out");
  require(!cells || request.label.empty(),
          fmt::format("--zone-column names a column, but {} is a raster", request.path), "polygons of zones",
          "give --zones");
  std::vector<Place> places = cells ? read_cells(request.path, layers.origins_band, request.crs, plane, audit)
                                    : read_places(request, plane, executor, audit);
  if (places.empty()) throw Error(ErrorCode::contradiction, request.path + " holds no places", "origins");
  std::int64_t placeless = 0;
  for (const Place& place : places) {
    placeless += place.points.empty() && place.polygons.empty() ? 1 : 0;
    check_people(place.amount, request, request.amount, place.id);
    for (std::size_t i = 0; i < place.more.size(); ++i) check_people(place.more[i], request, request.more[i], place.id);
  }
  if (placeless > 0) audit.warn(request.path, fmt::format("{} origins have no place and reach nothing", placeless));
  return places;
}

SupplyZones zones_named(const std::vector<Place>& people) {
  std::vector<std::string> names;
  for (const Place& place : people) names.push_back(place.label);
  return SupplyZones::by_name(names);
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

// The limit of each target, in which its features agree.
class Radii {
 public:
  Radii(const std::vector<Place>& places, const std::string& path, const std::string& column) {
    if (column.empty()) return;
    for (const Place& place : places) {
      const std::optional<double>& radius = place.more[0];
      const std::string found = fmt::format("{}: {} of {} is ", path, column, place.id);
      if (!radius) throw Error(ErrorCode::contradiction, found + "empty", "the farthest way in metres that counts");
      const auto [one, is_new] = of_id_.try_emplace(place.id, *radius);
      if (one->second == *radius) continue;
      throw Error(ErrorCode::contradiction, fmt::format("{}{:g} and {:g}", found, one->second, *radius),
                  "one number for all features of a target", "correct it, or give them ids of their own");
    }
  }

  std::vector<double> of(const TargetShapes& targets) const {
    std::vector<double> radii;
    for (const std::string& id : targets.ids()) {
      if (!of_id_.empty()) radii.push_back(of_id_.at(id));
    }
    return radii;
  }

 private:
  std::unordered_map<std::string, double> of_id_;
};

// Origins in the order in which they lie near each other.
class OriginsAlongCurve : public WayOrigins {
 public:
  explicit OriginsAlongCurve(const ReachOrigins& origins) : origins_(origins) {}
  std::size_t blocks() const override { return origins_.blocks(); }
  void each(std::size_t block, int, const Visit& visit) const override {
    for (const std::uint32_t i : origins_.block(block)) {
      if (origins_[i].point) visit(i, *origins_[i].point);
    }
  }

 private:
  const ReachOrigins& origins_;
};

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

void take_people(const std::vector<Place>& places, SupplyData& data) {
  for (const Place& place : places) {
    data.places.push_back(place.id);
    data.people.push_back(*place.amount);
    for (const std::optional<double>& people : place.more) data.people.push_back(*people);
  }
}

double farthest_m(const SupplyData& data, const CatchmentRule& rule) {
  const std::vector<double>& ends = data.radii.empty() ? rule.max_of_group : data.radii;
  return ends.empty() ? rule.max_cost : std::ranges::max(ends);
}

}  // namespace

SupplyData read_supply_layers(const SupplyLayers& layers, const SupplyRule& asked, const CatchmentRule& rule,
                              Executor& executor, AuditLog& audit) {
  check(layers, asked);
  std::optional<StreetNetwork> streets;
  if (!layers.straight)
    streets.emplace(read_network(layers.streets, layers.streets_crs, layers.least_island_m, executor, audit));
  const LocalPlane plane = streets ? streets->plane : plane_of(layers.targets);
  PlacesRequest of_targets = layers.targets;
  if (!asked.radius_column.empty()) of_targets.more.push_back(asked.radius_column);
  std::vector<Place> places = read_places(of_targets, plane, executor, audit);
  const Amounts amounts(places, layers.targets);
  const Radii radii(places, layers.targets.path, asked.radius_column);
  std::vector<Place> people = read_people(layers, asked, plane, executor, audit);
  SupplyData data;
  take_people(people, data);
  if (!layers.origins.label.empty()) data.zones = zones_named(people);
  const ReachOrigins origins(std::move(people), executor);
  if (!layers.zones.path.empty()) data.zones = SupplyZones::by_polygons(layers.zones, origins, plane, executor, audit);
  const std::string& name = layers.targets.path;
  const auto take = [&](const TargetShapes& targets) {
    data.supplies = targets.ids();
    data.amounts = amounts.of(targets);
    data.radii = radii.of(targets);
  };
  const OriginsAlongCurve from(origins);
  if (streets) {
    EntranceRule entrances = layers.entrances;
    entrances.point_within_m = layers.snap_max_m;
    const StreetTargets targets(std::move(places), name, entrances, *streets, executor, audit);
    take(targets);
    data.ways = "costs along streets";
    data.costs = street_ways(from, targets, *streets, layers.snap_max_m, farthest_m(data, rule), executor);
  } else {
    const TargetShapes targets(std::move(places), name, plane);
    take(targets);
    data.ways = "costs in a straight line";
    data.costs = straight_ways(from, targets, farthest_m(data, rule), executor);
  }
  check_weights(data, rule.decay);
  return data;
}

}  // namespace urbiome
