#include "urbiome/run/street_network.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/reach_limits.h"
#include "urbiome/vector/line_meetings.h"

namespace urbiome {
namespace {

constexpr std::int64_t kLinesAtOnce = 1024;
constexpr double kNearCity_m = 250;
constexpr double kJoined_m = 0.1;  // ends that come so near to a line lie on it

// A sample of the lines' points tells where the middle is. `remedy`: how to say the right system.
LocalPlane plane_of(const StreetLayer& layer, const Crs& crs, const std::string& remedy) {
  const Crs geographic = crs.geographic();
  const Transformer to_geographic(crs, geographic);
  std::vector<Point> sample;
  const std::size_t step = layer.lines.size() / 4096 + 1;
  for (std::size_t i = 0; i < layer.lines.size(); i += step) {
    if (const auto lonlat = to_geographic.find(layer.lines[i].front())) sample.push_back(*lonlat);
  }
  if (sample.empty()) {
    throw Error(ErrorCode::contradiction, fmt::format("{} does not lie in {}", layer.path, crs.name()),
                "coordinates of that system", remedy);
  }
  return {geographic, middle_of(sample)};
}

// A line in the plane; what leaves the reach of the projection is cut out of it, and counted.
std::int64_t to_plane(StreetLayer& layer, std::size_t line, const PlaneTransformer& in) {
  Ring& points = layer.lines[line];
  std::size_t kept = 0;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const auto point = in.find(points[k]);
    if (!point) continue;
    if (layer.has_nodes()) layer.nodes[line][kept] = layer.nodes[line][k];
    points[kept++] = *point;
  }
  const auto lost = static_cast<std::int64_t>(points.size() - kept);
  points.resize(kept);
  if (layer.has_nodes()) layer.nodes[line].resize(kept);
  return lost;
}

void to_plane(StreetLayer& layer, const Crs& crs, const LocalPlane& plane, Executor& executor, AuditLog& audit) {
  const auto count = static_cast<std::int64_t>(layer.lines.size());
  std::vector<std::optional<PlaneTransformer>> in(static_cast<std::size_t>(executor.threads()));
  std::atomic<std::int64_t> lost = 0;
  executor.items((count + kLinesAtOnce - 1) / kLinesAtOnce, "placing streets", [&](std::int64_t block) {
    auto& own = in[static_cast<std::size_t>(executor.current_slot())];
    if (!own) own.emplace(crs, plane);
    for (std::int64_t i = block * kLinesAtOnce; i < std::min((block + 1) * kLinesAtOnce, count); ++i)
      lost += to_plane(layer, static_cast<std::size_t>(i), *own);
  });
  if (lost > 0) {
    audit.warn(layer.path,
               fmt::format("{} points of streets lie nowhere in their system and are left out", lost.load()));
  }
}

// The graph is not yet made: every point is one of a shape and may be one of a segment, and most lines are an edge or
// more. Together with what it is made from it needs this at least.
void require_memory(const StreetLayer& layer, Executor& executor) {
  constexpr std::int64_t kBytesOfPoint = 40, kBytesOfLine = 100;
  std::int64_t points = 0;
  for (const Ring& line : layer.lines) points += static_cast<std::int64_t>(line.size());
  executor.memory().check("the graph of the streets",
                          points * kBytesOfPoint + static_cast<std::int64_t>(layer.lines.size()) * kBytesOfLine);
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

void require_edges(const StreetLayer& layer, const StreetGraph& graph, double least_island_m) {
  if (graph.edges() > 0) return;
  if (graph.left_out().islands > 0) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{}: every street lies on an island of less than {} m", layer.path, least_island_m),
                "one longer island at least", "give a smaller --min-island-m");
  }
  throw Error(ErrorCode::contradiction,
              fmt::format("{}: none of {} streets that can be walked has a length", layer.path, layer.lines.size()),
              "lines between different points", "repair the layer");
}

StreetNetwork network_of(StreetLayer layer, const std::string& crs, const std::string& say_crs, double least_island_m,
                         Executor& executor, AuditLog& audit) {
  const Crs from = crs_of(layer.path, layer.crs, crs, "the streets", say_crs);
  const LocalPlane plane = plane_of(layer, from, say_crs);
  require_memory(layer, executor);
  to_plane(layer, from, plane, executor, audit);
  const std::vector<StreetLine> lines = lines_that_meet(layer, audit);
  const auto metres = [plane](const Point& a, const Point& b) { return plane.metres(a, b); };
  StreetNetwork network{from, plane, StreetGraph(lines, metres, limit_of(least_island_m))};
  executor.memory().reserve(network.graph.bytes(), "the graph of the streets");
  require_edges(layer, network.graph, least_island_m);
  tell_of(layer, network.graph, audit);
  return network;
}

}  // namespace

StreetNetwork read_network(const StreetRequest& request, const std::string& crs, double least_island_m,
                           Executor& executor, AuditLog& audit) {
  return network_of(read_streets(request), crs, "say it (--streets-crs EPSG:...), or write it into the file",
                    least_island_m, executor, audit);
}

StreetNetwork read_network(const StreetsInput& input, Executor& executor, AuditLog& audit) {
  return network_of(read_streets({.path = input.path, .layer = input.layer, .walkable = input.walkable}),
                    input.provenance.crs, "add crs = \"EPSG:...\" to [streets]", 0, executor, audit);
}

void require_streets_in_city(const StreetNetwork& streets, const StreetsInput& input, const Landscape& landscape,
                             const Crs& crs) {
  const PlaneTransformer in(crs, streets.plane);
  Box city;
  for (const Zone& zone : landscape.zones) {
    for (const Polygon& polygon : zone.shape.polygons) {
      for (const Point& corner : polygon.shell) {
        if (const auto point = in.find(corner)) city.include(*point);
      }
    }
  }
  const Box near{city.xmin - kNearCity_m, city.ymin - kNearCity_m, city.xmax + kNearCity_m, city.ymax + kNearCity_m};
  bool any = false;
  streets.graph.segments().each_near(near, [&](std::uint32_t) { any = true; });
  if (any) return;
  throw Error(ErrorCode::contradiction,
              fmt::format("no street of {} lies within {:g} m of the city", input.path, kNearCity_m),
              "streets of the same place", "check the crs of both layers (urbiome audit)");
}

}  // namespace urbiome
