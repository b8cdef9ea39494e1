#include "urbiome/run/raster_polygons.h"

#include <algorithm>

#include "urbiome/run/layers.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

MultiPolygon polygons_on(const Grid& grid, const std::optional<Crs>& crs, const std::string& path,
                         const std::string& layer, AuditLog& audit) {
  const VectorRequest request{.path = path, .layer = layer, .columns = {}, .where = {}, .x = {}, .y = {}};
  bool has_crs = false;
  for (const LayerDescription& d : describe_vector(path)) {
    has_crs = has_crs || ((layer.empty() || d.name == layer) && !d.crs.empty());
  }
  warn_of_one_crs(path, has_crs, crs, audit);
  const std::string same = crs ? crs->wkt() : "EPSG:3857";  // any CRS does where neither names one
  const PolygonLayer polygons = read_polygons(request, has_crs ? std::string{} : same, "polygon layer", audit);
  std::vector<MultiPolygon> parts;
  for (const Feature& feature : polygons.features) parts.push_back(feature.polygons);
  MultiPolygon shape = parts.size() == 1 ? std::move(parts[0]) : union_of(parts);
  if (crs && has_crs) {
    const Transformer transformer(polygons.crs, *crs);
    if (!transformer.identity())
      shape = repaired(transformer.transform(shape, 1e-3 * std::min(grid.dx, grid.dy))).shape;
  }
  if (crs && crs->is_geographic()) shape = beside_antimeridian(std::move(shape), grid);
  return shape;
}

}  // namespace urbiome
