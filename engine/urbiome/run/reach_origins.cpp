#include "urbiome/run/reach_origins.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "urbiome/base/error.h"
#include "urbiome/base/radix_sort.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

std::optional<Point> point_of(const Place& place) {
  if (!place.points.empty()) return place.points.front();
  if (!place.polygons.empty()) return point_inside(place.polygons);
  return {};
}

}  // namespace

ReachOrigins::ReachOrigins(std::vector<Place> places, Executor& executor) : origins_(places.size()) {
  if (places.size() >= std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorCode::memory, "there are more than 4.29 billion origins");
  executor.memory().reserve(count() * static_cast<std::int64_t>(sizeof(ReachOrigin) + sizeof(std::uint32_t)),
                            "origins");
  executor.items((count() + kAtOnce - 1) / kAtOnce, "placing origins", [&](std::int64_t block) {
    const std::int64_t begin = block * kAtOnce, end = std::min(begin + kAtOnce, count());
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      Place place = std::move(places[i]);
      origins_[i].id = std::move(place.id);
      origins_[i].people = place.amount;
      origins_[i].point = point_of(place);
    }
  });
  order_along_curve();
}

ReachOrigins::ReachOrigins(std::vector<Place> places, const StreetNetwork& streets, const StreetTargets& targets,
                           const StreetReach& reach, const Limits& limits, Executor& executor)
    : ReachOrigins(std::move(places), executor) {
  each(executor, "reaching", [&](std::uint32_t i) {
    ReachOrigin& origin = origins_[i];
    if (!origin.point) return;
    origin.straight = targets.nearest(*origin.point);
    origin.at = streets.graph.nearest(*origin.point, limits.snap_m);
    if (origin.at && !origin.inside_target()) origin.target = reach.from(*origin.at);
    if (origin.target && origin.target->walked > limits.farthest) origin.target.reset();
  });
}

void ReachOrigins::order_along_curve() {
  Box box;
  for (const ReachOrigin& origin : origins_) {
    if (origin.point) box.include(*origin.point);
  }
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order(origins_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    const std::optional<Point>& point = origins_[i].point;
    order[i] = {point ? place_on_curve(box, *point) : 0, i};
  }
  radix_sort(order, [](const auto& entry) { return entry.first; });
  along_curve_.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) along_curve_[i] = order[i].second;
}

}  // namespace urbiome
