#include "urbiome/run/supply_zones.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "urbiome/base/error.h"
#include "urbiome/run/target_shapes.h"

namespace urbiome {

SupplyZones SupplyZones::by_name(const std::vector<std::string>& names) {
  SupplyZones zones;
  std::unordered_map<std::string, std::size_t> numbers;
  for (std::uint32_t place = 0; place < names.size(); ++place) {
    if (names[place].empty()) {
      ++zones.outside;
      continue;
    }
    const auto [found, is_new] = numbers.try_emplace(names[place], zones.ids.size());
    if (is_new) {
      zones.ids.push_back(names[place]);
      zones.places.emplace_back();
    }
    zones.places[found->second].push_back(place);
  }
  return zones;
}

SupplyZones SupplyZones::by_polygons(const PlacesRequest& request, const ReachOrigins& origins, const LocalPlane& plane,
                                     Executor& executor, AuditLog& audit) {
  PlacesRequest asked = request;
  asked.say_crs = "say it (--zones-crs), or write it into the file";
  std::vector<Place> polygons = read_places(asked, plane, executor, audit);
  std::erase_if(polygons, [](const Place& zone) { return zone.id.empty() || zone.polygons.empty(); });
  if (polygons.empty()) {
    throw Error(ErrorCode::contradiction, request.path + " holds no polygons with an id", "zones",
                "name the column that tells them apart: --zone-id");
  }
  const TargetShapes shapes(std::move(polygons), request.path, plane);
  std::vector<std::vector<std::uint32_t>> of_place(origins.size());
  executor.memory().reserve(static_cast<std::int64_t>(origins.size() * (sizeof(of_place[0]) + sizeof(std::uint32_t))),
                            "places in zones");
  origins.each_block(executor, "places in zones", [&](std::size_t, std::span<const std::uint32_t> numbers) {
    TargetsFound found(shapes.ids().size());
    for (const std::uint32_t place : numbers) {
      if (!origins[place].point) continue;
      found.clear();
      shapes.offer_containing(*origins[place].point, found);
      for (const TargetsFound::Found& zone : found.all()) of_place[place].push_back(zone.target);
    }
  });
  SupplyZones zones;
  zones.ids = shapes.ids();
  zones.places.resize(zones.ids.size());
  for (std::uint32_t place = 0; place < of_place.size(); ++place) {
    if (of_place[place].empty()) ++zones.outside;
    for (const std::uint32_t zone : of_place[place]) zones.places[zone].push_back(place);
  }
  return zones;
}

}  // namespace urbiome
