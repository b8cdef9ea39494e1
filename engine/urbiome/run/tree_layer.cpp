#include "urbiome/run/tree_layer.h"

#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

std::vector<Point> read_trees(const NamedLayerInput& input, const Crs& crs, const Grid& grid, AuditLog& audit) {
  if (input.band > 0) {
    throw Error(ErrorCode::contradiction, fmt::format("layer trees ({}) names a band", input.path),
                "points or polygons of trees", "give trees as a vector layer; canopy comes from the land cover");
  }
  const VectorLayer layer =
      read_vector({.path = input.path, .layer = input.layer, .columns = {}, .where = input.where, .x = {}, .y = {}});
  for (const std::string& warning : layer.warnings) audit.warn(input.path, warning);
  const Crs from = crs_of(input.path, layer.crs, input.provenance.crs, "layer trees");
  note_transformation(input.path, from, crs, audit);
  const Transformer transformer(from, crs);
  const double middle = grid.x_of(static_cast<double>(grid.width) / 2);
  std::vector<Point> trees;
  std::int64_t nowhere = 0;
  const auto add = [&](const Point& point) {
    std::optional<Point> at = transformer.find(point);
    if (!at) {
      ++nowhere;
      return;
    }
    if (crs.is_geographic()) at->x -= 360 * std::round((at->x - middle) / 360);
    trees.push_back(*at);
  };
  for (const Feature& feature : layer.features) {
    for (const Point& point : feature.points) add(point);
    for (const Polygon& crown : repaired(feature.polygons).shape.polygons) add(point_inside({{crown}}));
  }
  if (trees.empty() && nowhere == 0) {
    throw Error(ErrorCode::contradiction, fmt::format("layer trees ({}) holds no points or polygons", input.path),
                "points or polygons of trees", "check the layer and where (urbiome audit)");
  }
  if (nowhere > 0) audit.warn(input.path, fmt::format("{} trees lie nowhere in {}", nowhere, crs.name()));
  return trees;
}

}  // namespace urbiome
