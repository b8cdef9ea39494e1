// The nearest of many straight edges to a point: a tree of boxes over them.
//
// Edges are halved by their middles along the longer side of the box, down to four per leaf; a look-up goes into the
// nearer box first and leaves out what is farther than the best found. Points that follow each other along a row know
// a bound from the point before. Space has three dimensions, so that edges on the ellipsoid are straight chords; on a
// plane z is 0.
//
//   EdgeTree tree(edges);
//   double d2 = tree.nearest_squared({x, y, 0}, kNoLimit);
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace urbiome {

struct SpacePoint {
  double x = 0, y = 0, z = 0;
};
struct SpaceEdge {
  SpacePoint a, b;
};

class EdgeTree {
 public:
  explicit EdgeTree(std::vector<SpaceEdge> edges);

  bool empty() const { return edges_.empty(); }
  // The least squared distance from the point to an edge, or `bound` when none is nearer than that.
  double nearest_squared(const SpacePoint& point, double bound) const;
  std::int64_t bytes() const;

 private:
  struct Box {
    SpacePoint low, high;
    double squared_distance(const SpacePoint& point) const;
  };
  struct Node {
    Box box;
    std::uint32_t first, count;  // edges of a leaf; count 0: `first` is the right child, the left one comes next
  };
  std::uint32_t build(std::uint32_t first, std::uint32_t end);

  std::vector<SpaceEdge> edges_;
  std::vector<Node> nodes_;
};

}  // namespace urbiome
