#include "urbiome/run/residential_land.h"

#include <numeric>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/run/listed_places.h"
#include "urbiome/vector/local_plane.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

double true_area_m2(const MultiPolygon& shape, const Crs& crs) {
  const std::vector<double> parts = true_areas_m2(shape, crs);
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

}  // namespace

ResidentialLand::ResidentialLand(const NamedLayerInput& input, const Landscape& landscape, const Crs& crs,
                                 Executor& executor, AuditLog& audit)
    : landscape_(landscape), crs_(crs), executor_(executor), in_zone_(landscape.zones.size()) {
  if (input.band > 0) {
    throw Error(ErrorCode::contradiction, fmt::format("layer residential ({}) names a band", input.path),
                "polygons of residential land", "give it as a vector layer");
  }
  const PolygonLayer layer =
      read_polygons({.path = input.path, .layer = input.layer, .columns = {}, .where = input.where, .x = {}, .y = {}},
                    input.provenance.crs, "layer residential", audit);
  note_transformation(input.path, layer.crs, crs, audit);
  const Transformer transformer(layer.crs, crs);
  std::vector<MultiPolygon> shapes;
  for (const Feature& feature : layer.features)
    shapes.push_back(on_grid(feature.polygons, transformer, crs, landscape.grid()));
  const MultiPolygon land = union_of(shapes, on_threads(executor));
  const std::vector<Box> boxes = boxes_of(land);
  executor.items(static_cast<std::int64_t>(in_zone_.size()), "residential land in zones", [&](std::int64_t i) {
    const MultiPolygon& zone = landscape.zones[static_cast<std::size_t>(i)].shape;
    in_zone_[static_cast<std::size_t>(i)] = intersection_of(zone, polygons_near(land, boxes, bounds(zone)));
  });
}

std::vector<std::optional<double>> ResidentialLand::within(const MultiPolygon& shapes, double distance_m) const {
  const LocalPlane plane = plane_round(shapes, crs_);
  const MultiPolygon near_in_plane = widened(in_plane(shapes, crs_, plane), distance_m);
  const MultiPolygon near = repaired(FromPlane(plane, crs_).transform(near_in_plane)).shape;
  const std::vector<Box> boxes = boxes_of(near);
  std::vector<std::optional<double>> shares(in_zone_.size());
  executor_.items(static_cast<std::int64_t>(in_zone_.size()), "residential land near places", [&](std::int64_t i) {
    const MultiPolygon& land = in_zone_[static_cast<std::size_t>(i)];
    const double whole = true_area_m2(land, crs_);
    if (whole <= 0) return;
    const MultiPolygon served = intersection_of(land, polygons_near(near, boxes, bounds(land)));
    shares[static_cast<std::size_t>(i)] = std::min(true_area_m2(served, crs_) / whole, 1.0);
  });
  return shares;
}

}  // namespace urbiome
