#include "urbiome/run/raster_zones.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "urbiome/run/layers.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

namespace {

// As GDAL finds layers: upper and lower case are alike.
bool same_name(const std::string& a, const std::string& b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

struct ZoneShapes::Data {
  const Executor& executor;
  Grid grid;
  std::optional<Crs> crs;
  bool by_centre = false;
  std::optional<Crs> from;  // the polygons' own CRS, where they are to be transformed
  std::vector<std::string> ids;
  std::vector<std::vector<MultiPolygon>> parts;
  std::vector<std::unique_ptr<Transformer>> transformers;  // one for each thread
};

ZoneShapes::ZoneShapes(const Grid& grid, const std::optional<Crs>& crs, const ZonesRequest& zones_request,
                       const Executor& executor, AuditLog& audit)
    : data_(new Data{executor, grid, crs, zones_request.by_centre, {}, {}, {}, {}}) {
  const auto& [path, layer, id, by_centre] = zones_request;
  VectorRequest request{.path = path, .layer = layer, .columns = {}, .where = {}, .x = {}, .y = {}};
  if (!id.empty()) request.columns.push_back(id);
  bool has_crs = false;
  for (const LayerDescription& d : describe_vector(path))
    has_crs = has_crs || ((layer.empty() || same_name(d.name, layer)) && !d.crs.empty());
  warn_of_one_crs(path, has_crs, crs, audit);
  // Where one side has no CRS both are taken to share one, whatever it is.
  const std::string same = crs ? crs->wkt() : "EPSG:3857";
  PolygonLayer polygons = read_polygons(request, has_crs ? std::string{} : same, "zones layer", audit);
  if (crs && has_crs && !Transformer(polygons.crs, *crs).identity()) data_->from = polygons.crs;
  data_->transformers.resize(static_cast<std::size_t>(executor.threads()));
  std::unordered_map<std::string, std::size_t> places;
  std::int64_t nameless = 0;
  for (Feature& feature : polygons.features) {
    const std::string name = id.empty() ? std::to_string(feature.fid) : text_of(feature.attributes[0]);
    if (name.empty()) {
      ++nameless;
      continue;
    }
    const auto [place, is_new] = places.try_emplace(name, data_->ids.size());
    if (is_new) {
      data_->ids.push_back(name);
      data_->parts.emplace_back();
    }
    data_->parts[place->second].push_back(std::move(feature.polygons));
  }
  if (nameless > 0) {
    audit.warn(path, fmt::format("{} polygons have nothing in the column {} and are left out", nameless, id));
  }
}

ZoneShapes::~ZoneShapes() = default;
std::size_t ZoneShapes::size() const { return data_->ids.size(); }
const std::string& ZoneShapes::id(std::size_t zone) const { return data_->ids[zone]; }

Coverage ZoneShapes::lay(std::size_t zone) {
  Data& d = *data_;
  const std::vector<MultiPolygon> parts = std::exchange(d.parts[zone], {});
  MultiPolygon shape = parts.size() == 1 ? parts[0] : union_of(parts);
  if (d.from) {
    auto& transformer = d.transformers[static_cast<std::size_t>(d.executor.current_slot())];
    if (!transformer) transformer = std::make_unique<Transformer>(*d.from, *d.crs);
    shape = repaired(transformer->transform(shape, 1e-3 * std::min(d.grid.dx, d.grid.dy))).shape;
  }
  if (d.crs && d.crs->is_geographic()) shape = beside_antimeridian(std::move(shape), d.grid);
  return d.by_centre ? cover_centres(shape, d.grid) : cover_exactly(shape, d.grid);
}

void warn_that_none_touches(const ZonesRequest& request, std::size_t zones, AuditLog& audit) {
  if (zones > 0) audit.warn(request.path, fmt::format("none of its {} zones touches the raster", zones));
}

std::vector<ZoneCoverage> lay_zones(const Grid& grid, const std::optional<Crs>& crs, const ZonesRequest& request,
                                    Executor& executor, AuditLog& audit) {
  ZoneShapes shapes(grid, crs, request, executor, audit);
  std::vector<ZoneCoverage> zones(shapes.size());
  executor.items(static_cast<std::int64_t>(zones.size()), "laying zones on the grid", [&](std::int64_t item) {
    const auto i = static_cast<std::size_t>(item);
    zones[i] = {shapes.id(i), shapes.lay(i)};
  });
  if (std::ranges::all_of(zones, [](const ZoneCoverage& zone) { return zone.coverage.empty(); }))
    warn_that_none_touches(request, zones.size(), audit);
  return zones;
}

}  // namespace urbiome
