#include "urbiome/run/raster_adjacency.h"

#include "urbiome/facts/adjacency.h"

namespace urbiome {
namespace {

constexpr double kCellsPerSecond = 400e6;  // with the decoding of its file

}  // namespace

Table adjacency(const AdjacencyRequest& request, Executor& executor, AuditLog& audit) {
  const ClassLayer layer = open_classes(request.raster, audit);
  const auto& classes = layer.source->classes();
  ZonesRequest by_centre = request.zones;
  by_centre.by_centre = true;
  std::vector<std::string> ids;
  std::vector<Coverage> zones;
  if (by_centre.path.empty()) {
    ids.emplace_back();
    zones.push_back(cover_window(whole(layer.grid())));
  } else {
    for (ZoneCoverage& zone : lay_zones(layer.grid(), layer.crs, by_centre, executor, audit)) {
      ids.push_back(std::move(zone.id));
      zones.push_back(std::move(zone.coverage));
    }
  }

  RasterPlan plan{"adjacency", layer.grid(), {}};
  const auto bands = bands_of(*layer.source, whole(layer.grid()), 0, 1, executor);
  plan.phases.push_back({"counting neighbours", static_cast<std::int64_t>(bands.size()),
                         RasterPlan::bytes_of(*layer.source, bands, 1, executor) +
                             adjacency_bytes(classes.size(), zones.size(), executor),
                         0, plan.seconds(kCellsPerSecond, executor)});
  plan.require(executor);
  if (request.before_work) request.before_work(plan);

  const std::vector<PairCounts> counts = adjacencies(*layer.source, zones, request.directions, executor);
  Table table{"adjacency", {"zone_id", "class_a", "class_b", "count"}, {}};
  for (std::size_t zone = 0; zone < counts.size(); ++zone) {
    for (std::size_t a = 0; a < classes.size(); ++a) {
      for (std::size_t b = 0; b < classes.size(); ++b) {
        const std::int64_t count = counts[zone].both_ways(a, b);
        if (count == 0 || classes[a].missing != Missing::no || classes[b].missing != Missing::no) continue;
        table.rows.push_back({ids[zone].empty() ? Cell{} : Cell{ids[zone]}, classes[a].code, classes[b].code, count});
      }
    }
  }
  return table;
}

}  // namespace urbiome
