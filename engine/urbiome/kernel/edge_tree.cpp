#include "urbiome/kernel/edge_tree.h"

#include <algorithm>

namespace urbiome {
namespace {

constexpr std::uint32_t kLeafEdges = 4;

double beyond(double value, double low, double high) { return std::max({low - value, value - high, 0.0}); }

double squared_distance(const SpacePoint& p, const SpaceEdge& edge) {
  const double x = edge.b.x - edge.a.x, y = edge.b.y - edge.a.y, z = edge.b.z - edge.a.z;
  double px = p.x - edge.a.x, py = p.y - edge.a.y, pz = p.z - edge.a.z;
  const double length = x * x + y * y + z * z, along = px * x + py * y + pz * z;
  if (along > 0 && length > 0) {
    const double t = std::min(along / length, 1.0);
    px -= t * x, py -= t * y, pz -= t * z;
  }
  return px * px + py * py + pz * pz;
}

}  // namespace

double EdgeTree::Box::squared_distance(const SpacePoint& p) const {
  const double x = beyond(p.x, low.x, high.x), y = beyond(p.y, low.y, high.y), z = beyond(p.z, low.z, high.z);
  return x * x + y * y + z * z;
}

EdgeTree::EdgeTree(std::vector<SpaceEdge> edges) : edges_(std::move(edges)) {
  if (edges_.empty()) return;
  nodes_.reserve(edges_.size());
  build(0, static_cast<std::uint32_t>(edges_.size()));
}

std::uint32_t EdgeTree::build(std::uint32_t first, std::uint32_t end) {
  Box box{edges_[first].a, edges_[first].a};
  for (std::uint32_t i = first; i < end; ++i) {
    for (const SpacePoint& p : {edges_[i].a, edges_[i].b}) {
      box.low = {std::min(box.low.x, p.x), std::min(box.low.y, p.y), std::min(box.low.z, p.z)};
      box.high = {std::max(box.high.x, p.x), std::max(box.high.y, p.y), std::max(box.high.z, p.z)};
    }
  }
  const auto here = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({box, first, end - first});
  if (end - first <= kLeafEdges) return here;
  const std::uint32_t middle = first + (end - first) / 2;
  const double x = box.high.x - box.low.x, y = box.high.y - box.low.y, z = box.high.z - box.low.z;
  double SpacePoint::*const axis = x >= y && x >= z ? &SpacePoint::x : y >= z ? &SpacePoint::y : &SpacePoint::z;
  std::nth_element(edges_.begin() + first, edges_.begin() + middle, edges_.begin() + end,
                   [axis](const SpaceEdge& one, const SpaceEdge& other) {
                     return one.a.*axis + one.b.*axis < other.a.*axis + other.b.*axis;
                   });
  build(first, middle);
  const std::uint32_t right = build(middle, end);
  nodes_[here].first = right;
  nodes_[here].count = 0;
  return here;
}

double EdgeTree::nearest_squared(const SpacePoint& point, double bound) const {
  if (nodes_.empty()) return bound;
  struct Visit {
    std::uint32_t node;
    double distance;
  };
  std::array<Visit, 64> open;  // depth is at most 32
  std::size_t count = 0;
  open[count++] = {0, nodes_[0].box.squared_distance(point)};
  while (count > 0) {
    const Visit visit = open[--count];
    if (visit.distance >= bound) continue;
    const Node& node = nodes_[visit.node];
    if (node.count > 0) {
      for (std::uint32_t i = node.first; i < node.first + node.count; ++i) {
        bound = std::min(bound, squared_distance(point, edges_[i]));
      }
      continue;
    }
    Visit near{visit.node + 1, nodes_[visit.node + 1].box.squared_distance(point)};
    Visit far{node.first, nodes_[node.first].box.squared_distance(point)};
    if (far.distance < near.distance) std::swap(near, far);
    if (far.distance < bound) open[count++] = far;
    if (near.distance < bound) open[count++] = near;
  }
  return bound;
}

std::int64_t EdgeTree::bytes() const {
  return static_cast<std::int64_t>(edges_.capacity() * sizeof(SpaceEdge) + nodes_.capacity() * sizeof(Node));
}

}  // namespace urbiome
