#include "urbiome/run/raster_zones.h"

#include <algorithm>

#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

std::vector<ZoneCoverage> lay_zones(const Grid& grid, const std::optional<Crs>& crs, const ZonesRequest& zones_request,
                                    Executor& executor, AuditLog& audit) {
  const auto& [path, layer, id, by_centre] = zones_request;
  VectorRequest request{.path = path, .layer = layer, .columns = {}, .where = {}, .x = {}, .y = {}};
  if (!id.empty()) request.columns.push_back(id);
  bool has_crs = false;
  for (const LayerDescription& d : describe_vector(path))
    has_crs = has_crs || ((layer.empty() || d.name == layer) && !d.crs.empty());
  if (!has_crs && crs) audit.warn(path, "names no coordinate reference system; the raster's is taken");
  // Where one side has no CRS both are taken to share one, whatever it is.
  const std::string same = crs ? crs->wkt() : "EPSG:3857";
  const PolygonLayer polygons = read_polygons(request, has_crs ? std::string{} : same, "zones layer", audit);
  std::vector<ZoneCoverage> zones;
  std::vector<std::string> order;
  std::vector<std::vector<MultiPolygon>> parts;
  for (const Feature& feature : polygons.features) {
    const std::string name = id.empty() ? std::to_string(feature.fid) : text_of(feature.attributes[0]);
    if (name.empty()) continue;
    const auto place = std::find(order.begin(), order.end(), name);
    if (place == order.end()) {
      order.push_back(name);
      parts.push_back({feature.polygons});
    } else {
      parts[static_cast<std::size_t>(place - order.begin())].push_back(feature.polygons);
    }
  }
  zones.resize(order.size());
  executor.items(static_cast<std::int64_t>(order.size()), "laying zones on the grid", [&](std::int64_t item) {
    const auto i = static_cast<std::size_t>(item);
    MultiPolygon shape = parts[i].size() == 1 ? parts[i][0] : union_of(parts[i]);
    if (crs && has_crs) {
      const Transformer transformer(polygons.crs, *crs);
      if (!transformer.identity())
        shape = repaired(transformer.transform(shape, 1e-3 * std::min(grid.dx, grid.dy))).shape;
    }
    if (crs && crs->is_geographic()) shape = beside_antimeridian(std::move(shape), grid);
    zones[i] = {order[i], by_centre ? cover_centres(shape, grid) : cover_exactly(shape, grid)};
  });
  return zones;
}

}  // namespace urbiome
