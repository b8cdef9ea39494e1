#include "urbiome/run/street_network.h"

#include <fmt/format.h>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/reach_limits.h"
#include "urbiome/vector/line_meetings.h"

namespace urbiome {
namespace {

constexpr double kJoined_m = 0.1;  // ends that come so near to a line lie on it

// A sample of the lines' points tells where the middle is.
LocalPlane plane_of(const StreetLayer& layer, const Crs& crs) {
  const Crs geographic = crs.geographic();
  const Transformer to_geographic(crs, geographic);
  std::vector<Point> sample;
  const std::size_t step = layer.lines.size() / 4096 + 1;
  for (std::size_t i = 0; i < layer.lines.size(); i += step) {
    if (const auto lonlat = to_geographic.find(layer.lines[i].front())) sample.push_back(*lonlat);
  }
  if (sample.empty()) {
    throw Error(ErrorCode::contradiction, fmt::format("{} does not lie in {}", layer.path, crs.name()),
                "coordinates of that system", "say the right one (--streets-crs EPSG:...)");
  }
  return {geographic, middle_of(sample)};
}

// Lines in the plane; one that leaves what the projection reaches is cut there.
void to_plane(StreetLayer& layer, const Crs& crs, const LocalPlane& plane, AuditLog& audit) {
  const PlaneTransformer in(crs, plane);
  std::int64_t lost = 0;
  for (std::size_t i = 0; i < layer.lines.size(); ++i) {
    if (i % 1024 == 0) stop_if_cancelled();
    Ring placed;
    std::vector<std::int64_t> nodes;
    for (std::size_t k = 0; k < layer.lines[i].size(); ++k) {
      const auto point = in.find(layer.lines[i][k]);
      if (!point) {
        ++lost;
        continue;
      }
      placed.push_back(*point);
      if (layer.has_nodes()) nodes.push_back(layer.nodes[i][k]);
    }
    layer.lines[i] = std::move(placed);
    if (layer.has_nodes()) layer.nodes[i] = std::move(nodes);
  }
  if (lost > 0)
    audit.warn(layer.path, fmt::format("{} points of streets lie nowhere in their system and are left out", lost));
}

std::vector<StreetLine> lines_that_meet(StreetLayer& layer, AuditLog& audit) {
  std::vector<StreetLine> lines(layer.lines.size());
  if (layer.has_nodes()) {
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i] = {std::move(layer.lines[i]), std::move(layer.nodes[i])};
    return lines;
  }
  MeetingLines met = meet(layer.lines, layer.levels, kJoined_m);
  audit.note(layer.path, fmt::format("{} crossings and {} ends on other lines were taken for junctions, {} ends within "
                                     "{} m of another were joined",
                                     met.crossings, met.ends_on_lines, met.ends_joined, kJoined_m));
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i] = {std::move(met.lines[i]), std::move(met.places[i])};
  return lines;
}

void tell_of(const StreetLayer& layer, const StreetGraph& graph, AuditLog& audit) {
  for (const std::string& warning : layer.warnings) audit.warn(layer.path, warning);
  double metres = 0, apart = 0;
  for (std::size_t i = 0; i < graph.islands(); ++i) (i == 0 ? metres : apart) += metres_of(graph.island_length(i));
  audit.note(layer.path, fmt::format("{} of {} streets can be walked: {} edges between {} nodes, {:.1f} km",
                                     layer.read - layer.not_walkable, layer.read, graph.edges(), graph.nodes(),
                                     (metres + apart) / 1000));
  if (const auto& [islands, length] = graph.left_out(); islands > 0) {
    audit.note(layer.path,
               fmt::format("{} short islands of {:.1f} km together are left out", islands, metres_of(length) / 1000));
  }
  if (graph.islands() < 2) return;
  audit.note(layer.path, fmt::format("{} islands of {:.1f} km together cannot be walked to from the rest",
                                     graph.islands() - 1, apart / 1000));
}

}  // namespace

StreetNetwork read_network(const StreetRequest& request, const std::string& crs, double least_island_m,
                           AuditLog& audit) {
  StreetLayer layer = read_streets(request);
  const Crs from =
      crs_of(layer.path, layer.crs, crs, "the streets", "say it (--streets-crs EPSG:...), or write it into the file");
  const LocalPlane plane = plane_of(layer, from);
  to_plane(layer, from, plane, audit);
  const std::vector<StreetLine> lines = lines_that_meet(layer, audit);
  const auto metres = [plane](const Point& a, const Point& b) { return plane.metres(a, b); };
  StreetNetwork network{from, plane, StreetGraph(lines, metres, limit_of(least_island_m))};
  const StreetGraph::LeftOut& left_out = network.graph.left_out();
  if (network.graph.edges() == 0 && left_out.islands > 0) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{}: every street lies on an island of less than {} m", layer.path, least_island_m),
                "one longer island at least", "give a smaller --min-island-m");
  }
  tell_of(layer, network.graph, audit);
  return network;
}

}  // namespace urbiome
