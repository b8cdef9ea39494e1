#include "urbiome/run/street_network.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/exec/free_memory.h"
#include "urbiome/run/in_plane.h"
#include "urbiome/run/layers.h"
#include "urbiome/run/reach_limits.h"
#include "urbiome/vector/line_meetings.h"

namespace urbiome {
namespace {

constexpr std::size_t kLinesAtOnce = 1024, kPointsAtOnce = 8192;
constexpr double kNearCity_m = 250;
constexpr double kJoined_m = 0.1;  // ends that come so near to a line lie on it

// A sample of the lines' points tells where the middle is. `remedy`: how to say the right system.
LocalPlane plane_of(const StreetLayer& layer, const Crs& crs, const std::string& remedy) {
  const Crs geographic = crs.geographic();
  const Transformer to_geographic(crs, geographic);
  std::vector<Point> sample;
  const std::size_t step = layer.size() / 4096 + 1;
  for (std::size_t i = 0; i < layer.size(); i += step) {
    if (const auto lonlat = to_geographic.find(layer.start(i))) sample.push_back(*lonlat);
  }
  if (sample.empty()) {
    throw Error(ErrorCode::contradiction, fmt::format("{} does not lie in {}", layer.path, crs.name()),
                "coordinates of that system", remedy);
  }
  return {geographic, middle_of(sample)};
}

// What leaves the reach of the projection is cut out of a line, and counted.
void warn_of_lost(const StreetLayer& layer, std::int64_t lost, AuditLog& audit) {
  if (lost == 0) return;
  audit.warn(layer.path, fmt::format("{} points of streets lie nowhere in their system and are left out", lost));
}

std::int64_t cut_out(StreetLayer& layer, const std::vector<char>& nowhere) {
  std::uint32_t kept = 0, begin = 0;
  for (std::size_t line = 0; line < layer.size(); ++line) {
    const std::uint32_t end = layer.first[line + 1];
    for (std::uint32_t i = begin; i < end; ++i) {
      if (nowhere[layer.place_of[i]] == 0) layer.place_of[kept++] = layer.place_of[i];
    }
    layer.first[line + 1] = kept;
    begin = end;
  }
  const auto lost = static_cast<std::int64_t>(layer.place_of.size() - kept);
  layer.place_of.resize(kept);
  return lost;
}

StreetLines lines_through_places(StreetLayer& layer, const Crs& crs, const LocalPlane& plane, Executor& executor,
                                 AuditLog& audit) {
  std::vector<char> nowhere(layer.places.size(), 0);
  std::atomic<bool> any_nowhere = false;
  InPlane(crs, plane, executor)
      .each(layer.places.size(), kPointsAtOnce, "placing streets", [&](std::size_t i, const PlaneTransformer& in) {
        if (const auto point = in.find(layer.places[i])) {
          layer.places[i] = *point;
        } else {
          nowhere[i] = 1;
          any_nowhere = true;
        }
      });
  if (any_nowhere) warn_of_lost(layer, cut_out(layer, nowhere), audit);
  StreetLines lines;
  lines.place_count = static_cast<std::uint32_t>(layer.places.size());
  lines.places = std::move(layer.place_of);
  lines.first = std::move(layer.first);
  lines.points.reserve(lines.places.size());
  for (const std::uint32_t place : lines.places) lines.points.push_back(layer.places[place]);
  layer.places = {};
  return lines;
}

std::int64_t to_plane(Ring& line, const PlaneTransformer& in) {
  std::size_t kept = 0;
  for (const Point& point : line) {
    if (const auto found = in.find(point)) line[kept++] = *found;
  }
  const auto lost = static_cast<std::int64_t>(line.size() - kept);
  line.resize(kept);
  return lost;
}

StreetLines lines_that_meet(StreetLayer& layer, const Crs& crs, const LocalPlane& plane, Executor& executor,
                            AuditLog& audit) {
  std::atomic<std::int64_t> lost = 0;
  InPlane(crs, plane, executor)
      .each(layer.lines.size(), kLinesAtOnce, "placing streets",
            [&](std::size_t i, const PlaneTransformer& in) { lost += to_plane(layer.lines[i], in); });
  warn_of_lost(layer, lost, audit);
  MeetingLines met = meet(layer.lines, layer.levels, kJoined_m);
  audit.note(layer.path, fmt::format("{} crossings and {} ends on other lines were taken for junctions, {} ends within "
                                     "{} m of another were joined",
                                     met.crossings, met.ends_on_lines, met.ends_joined, kJoined_m));
  std::vector<StreetLine> lines(met.lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i] = {std::move(met.lines[i]), std::move(met.places[i])};
  return StreetLines(lines);
}

// The graph is not yet made: every point is one of a shape and may be one of a segment, and most lines are an edge or
// more. Together with what it is made from it needs this at least.
void require_memory(const StreetLayer& layer, Executor& executor) {
  constexpr std::int64_t kBytesOfPoint = 40, kBytesOfLine = 100;
  executor.memory().check("the graph of the streets",
                          layer.points() * kBytesOfPoint + static_cast<std::int64_t>(layer.size()) * kBytesOfLine);
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

void require_edges(const std::string& path, std::size_t streets, const StreetGraph& graph, double least_island_m) {
  if (graph.edges() > 0) return;
  if (graph.left_out().islands > 0) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{}: every street lies on an island of less than {} m", path, least_island_m),
                "one longer island at least", "give a smaller --min-island-m");
  }
  throw Error(ErrorCode::contradiction,
              fmt::format("{}: none of {} streets that can be walked has a length", path, streets),
              "lines between different points", "repair the layer");
}

StreetNetwork network_of(const StreetRequest& request, const std::string& crs, const std::string& say_crs,
                         double least_island_m, Executor& executor, AuditLog& audit) {
  const OnThreads on_threads = [&](std::int64_t count, const std::function<void(std::int64_t)>& body) {
    executor.parts(count, "the graph of the streets", body);
  };
  StreetLayer layer = read_streets(request, on_threads);
  const Crs from = crs_of(layer.path, layer.crs, crs, "the streets", say_crs);
  const LocalPlane plane = plane_of(layer, from, say_crs);
  require_memory(layer, executor);
  const std::size_t streets = layer.size();
  StreetLines lines = layer.has_places() ? lines_through_places(layer, from, plane, executor, audit)
                                         : lines_that_meet(layer, from, plane, executor, audit);
  const auto metres = [plane](const Point& a, const Point& b) { return plane.metres(a, b); };
  StreetNetwork network{from, plane, StreetGraph(std::move(lines), metres, limit_of(least_island_m), on_threads)};
  return_free_memory();
  executor.memory().reserve(network.graph.bytes(), "the graph of the streets");
  require_edges(layer.path, streets, network.graph, least_island_m);
  tell_of(layer, network.graph, audit);
  return network;
}

}  // namespace

StreetNetwork read_network(const StreetRequest& request, const std::string& crs, double least_island_m,
                           Executor& executor, AuditLog& audit) {
  return network_of(request, crs, "say it (--streets-crs EPSG:...), or write it into the file", least_island_m,
                    executor, audit);
}

StreetNetwork read_network(const StreetsInput& input, Executor& executor, AuditLog& audit) {
  return network_of({.path = input.path, .layer = input.layer, .walkable = input.walkable}, input.provenance.crs,
                    "add crs = \"EPSG:...\" to [streets]", 0, executor, audit);
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
