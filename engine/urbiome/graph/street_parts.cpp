#include "urbiome/graph/street_parts.h"

#include <algorithm>
#include <utility>

#include "urbiome/base/exact.h"

namespace urbiome {
namespace {

using Stretch = std::pair<StreetLength, StreetLength>;

// How far from a place of an edge one may start and still get there with what is left of the limit.
StreetLength until_spent(const StreetReach& reach, std::uint32_t edge, bool towards_start, StreetLength left) {
  const StreetLength length = reach.graph().edge(edge).length;
  const StreetLength whole =
      reach.graph().along(reach.measure(), edge, towards_start ? length : 0, towards_start ? 0 : length);
  return left >= whole ? length : scale_exactly(length, left, whole);
}

std::vector<Stretch> stretches(const StreetReach& reach, std::uint32_t edge, StreetLength limit) {
  const StreetGraph::Edge& ends = reach.graph().edge(edge);
  std::vector<Stretch> found;
  const auto add = [&](StreetLength place, StreetLength to_target) {
    if (to_target > limit) return;
    const StreetLength left = limit - to_target;
    found.push_back({std::max<StreetLength>(place - until_spent(reach, edge, false, left), 0),
                     std::min(place + until_spent(reach, edge, true, left), ends.length)});
  };
  if (const auto way = reach.from_node(ends.from)) add(0, *way);
  if (const auto way = reach.from_node(ends.to)) add(ends.length, *way);
  reach.each_entrance_on(
      edge, [&](const StreetEntrance& entrance) { add(entrance.at.from_start, street_length(entrance.at.away_m)); });
  std::ranges::sort(found);
  std::size_t last = 0;
  for (const Stretch& one : found) {
    if (one.first <= found[last].second)
      found[last].second = std::max(found[last].second, one.second);
    else
      found[++last] = one;
  }
  found.resize(found.empty() ? 0 : last + 1);
  return found;
}

}  // namespace

void add_parts_within(const StreetReach& reach, std::uint32_t edge, StreetLength limit,
                      std::vector<StreetPart>& parts) {
  const auto from = [&](StreetLength place) {
    const auto found = reach.from({edge, place, 0, {}});
    return found ? std::min(found->length, limit) : limit;  // a cut may lie a unit beyond
  };
  for (const auto& [begin, end] : stretches(reach, edge, limit)) {
    if (begin < end) parts.push_back({edge, begin, end, from(begin), from(end)});
  }
}

Ring shape_of(const StreetGraph& graph, const StreetPart& part) {
  const std::span<const Point> shape = graph.shape(part.edge);
  const StreetLength whole = graph.edge(part.edge).length;
  if (part.begin <= 0 && part.end >= whole) return {shape.begin(), shape.end()};
  const std::vector<StreetLength> places = graph.places_along(part.edge);
  Ring line;
  const auto point_at = [&](StreetLength place) {
    std::size_t i = 1;
    while (i + 1 < shape.size() && places[i] < place) ++i;
    const StreetLength length = places[i] - places[i - 1];
    const double share =
        length == 0 ? 0
                    : std::clamp(static_cast<double>(place - places[i - 1]) / static_cast<double>(length), 0.0, 1.0);
    return Point{shape[i - 1].x + share * (shape[i].x - shape[i - 1].x),
                 shape[i - 1].y + share * (shape[i].y - shape[i - 1].y)};
  };
  line.push_back(point_at(part.begin));
  for (std::size_t i = 1; i + 1 < shape.size(); ++i) {
    if (places[i] > part.begin && places[i] < part.end) line.push_back(shape[i]);
  }
  line.push_back(point_at(part.end));
  return line;
}

}  // namespace urbiome
