#include "urbiome/kernel/edge_tree.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "urbiome/kernel/near.h"

namespace urbiome {
namespace {

constexpr double kNoBound = std::numeric_limits<double>::infinity();

TEST(EdgeTree, FindsTheNearestOfRandomEdges) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> anywhere(0, 100), length(-3, 3);
  for (const std::size_t count : {1U, 2U, 4U, 5U, 9U, 100U, 3000U}) {
    std::vector<SpaceEdge> edges;
    for (std::size_t i = 0; i < count; ++i) {
      const SpacePoint a{anywhere(random), anywhere(random), 0};
      edges.push_back({a, {a.x + length(random), i % 7 == 0 ? a.y : a.y + length(random), 0}});
    }
    edges.push_back({{5, 5, 0}, {5, 5, 0}});  // an edge without length
    const EdgeTree tree(edges);
    for (int i = 0; i < 300; ++i) {
      const Point p{anywhere(random) * 1.5 - 25, anywhere(random) * 1.5 - 25};
      double least = kNoBound;
      for (const SpaceEdge& e : edges) {
        least = std::min(least, segment_distance(p, {e.a.x, e.a.y}, {e.b.x, e.b.y}));
      }
      const double found = std::sqrt(tree.nearest_squared({p.x, p.y, 0}, kNoBound));
      ASSERT_NEAR(found, least, 1e-12 * (1 + least));
      ASSERT_EQ(tree.nearest_squared({p.x, p.y, 0}, found * found / 2), found * found / 2) << "bounds come back";
    }
  }
}

TEST(EdgeTree, OfNoEdgesFindsNone) {
  EXPECT_EQ(EdgeTree({}).nearest_squared({1, 2, 3}, 7), 7);
  EXPECT_TRUE(EdgeTree({}).empty());
}

TEST(EdgeTree, LooksInThreeDimensions) {
  const EdgeTree tree({{{0, 0, 0}, {0, 0, 10}}, {{4, 0, 20}, {4, 0, 30}}});
  EXPECT_EQ(tree.nearest_squared({3, 4, 5}, kNoBound), 25);
  EXPECT_EQ(tree.nearest_squared({4, 1, 40}, kNoBound), 101);
}

}  // namespace
}  // namespace urbiome
