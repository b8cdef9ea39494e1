#include "urbiome/run/reach_catchments.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "urbiome/graph/street_parts.h"
#include "urbiome/io/feature_writer.h"
#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr std::int64_t kLinesAtOnce = 512, kEdgesAtOnce = 4096;

class Catchments {
 public:
  Catchments(const StreetNetwork& streets, const StreetTargets& targets, const ReachOrigins& origins,
             const std::vector<ReachLimit>& limits, double width_m, bool count_people, Executor& executor)
      : streets_(streets),
        targets_(targets),
        origins_(origins),
        width_m_(width_m),
        count_people_(count_people),
        executor_(executor),
        back_(streets.plane, streets.crs) {
    areas_.table = {"catchments", {"within", "unit", "origins", "people", "area_ha"}, {}};
    lines_.table = {"streets", {"within", "unit", "from_start", "from_end"}, {}};
    areas_.crs = lines_.crs = streets.crs.wkt();
    for (const StreetMeasure measure : {StreetMeasure::length, StreetMeasure::time}) {
      const StreetLength most = farthest(limits, measure);
      if (most == 0) continue;
      const StreetReach reach(streets.graph, targets.entrances(), most, measure);
      for (const ReachLimit& limit : limits) {
        if (limit.measure == measure) add(reach, limit, limit.length == most);
      }
    }
  }

  std::vector<double> write(const std::string& path) const {
    write_geopackage(path, std::vector<FeatureLayer>{areas_, lines_});
    return reached_;
  }

 private:
  void add(const StreetReach& reach, const ReachLimit& limit, bool with_streets) {
    const std::vector<StreetPart> parts = parts_within(reach, limit.length);
    std::vector<Ring> shapes;
    for (const StreetPart& part : parts) shapes.push_back(shape_of(streets_.graph, part));
    const MultiPolygon area = ground_of(shapes);
    const auto [count, people] = who_reaches(reach, limit.length);
    reached_.push_back(count_people_ ? people : static_cast<double>(count));
    areas_.table.rows.push_back({limit.within, std::string(limit.unit()), count, count_people_ ? Cell(people) : Cell(),
                                 std::round(streets_.plane.area_m2(area) / 1e4 * 1e6) / 1e6});
    areas_.polygons.push_back(back_.transform(area));
    if (with_streets) add_streets(parts, shapes, limit);
  }

  // In the order of their first nodes, which is along a curve, so that those that follow each other lie together.
  std::vector<StreetPart> parts_within(const StreetReach& reach, StreetLength limit) {
    const StreetGraph& graph = streets_.graph;
    const auto edges = static_cast<std::int64_t>(graph.edges());
    std::vector<StreetPart> all;
    executor_.in_order(
        (edges + kEdgesAtOnce - 1) / kEdgesAtOnce, "cutting streets",
        [&](std::int64_t block) {
          std::vector<StreetPart> parts;
          const std::int64_t begin = block * kEdgesAtOnce, end = std::min(begin + kEdgesAtOnce, edges);
          for (std::int64_t edge = begin; edge < end; ++edge)
            add_parts_within(reach, static_cast<std::uint32_t>(edge), limit, parts);
          return parts;
        },
        [&](std::int64_t, const std::vector<StreetPart>& parts) { all.insert(all.end(), parts.begin(), parts.end()); });
    std::ranges::stable_sort(all, {}, [&](const StreetPart& part) { return graph.edge(part.edge).from; });
    return all;
  }

  MultiPolygon ground_of(std::span<const Ring> lines) {
    const auto count = static_cast<std::int64_t>(lines.size());
    std::vector<MultiPolygon> pieces(static_cast<std::size_t>((count + kLinesAtOnce - 1) / kLinesAtOnce));
    executor_.items(static_cast<std::int64_t>(pieces.size()), "widening streets", [&](std::int64_t i) {
      const std::int64_t begin = i * kLinesAtOnce, size = std::min(kLinesAtOnce, count - begin);
      pieces[static_cast<std::size_t>(i)] =
          beside(lines.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size)), width_m_);
    });
    targets_.each_polygon([&](const MultiPolygon& shape) { pieces.push_back(shape); });
    return union_of(pieces, on_threads(executor_));
  }

  struct Reached {
    std::int64_t origins = 0;
    double people = 0;
  };
  Reached who_reaches(const StreetReach& reach, StreetLength limit) const {
    Reached reached;
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      const ReachOrigin& origin = origins_[i];
      const auto found = origin.at ? reach.from(*origin.at) : std::nullopt;
      if (!origin.inside_target() && !(found && found->length <= limit)) continue;
      ++reached.origins;
      reached.people += origin.people.value_or(0);
    }
    return reached;
  }

  void add_streets(const std::vector<StreetPart>& parts, const std::vector<Ring>& shapes, const ReachLimit& limit) {
    const double per_length = limit.within / metres_of(limit.length);
    const auto amount = [&](StreetLength length) { return std::round(metres_of(length) * per_length * 1e6) / 1e6; };
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Ring line;
      for (const Point& point : shapes[i]) {
        if (const auto found = back_.find(point)) line.push_back(*found);
      }
      if (line.size() < 2) continue;
      lines_.table.rows.push_back(
          {limit.within, std::string(limit.unit()), amount(parts[i].at_begin), amount(parts[i].at_end)});
      lines_.lines.push_back(std::move(line));
    }
  }

  const StreetNetwork& streets_;
  const StreetTargets& targets_;
  const ReachOrigins& origins_;
  double width_m_;
  bool count_people_;
  Executor& executor_;
  FromPlane back_;
  FeatureLayer areas_, lines_;
  std::vector<double> reached_;  // within each limit
};

}  // namespace

std::vector<double> write_catchments(const std::string& path, const StreetNetwork& streets,
                                     const StreetTargets& targets, const ReachOrigins& origins,
                                     const std::vector<ReachLimit>& limits, double width_m, bool count_people,
                                     Executor& executor) {
  return Catchments(streets, targets, origins, limits, width_m, count_people, executor).write(path);
}

}  // namespace urbiome
