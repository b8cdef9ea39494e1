#include "urbiome/vector/segment_index.h"

#include <gtest/gtest.h>

#include <random>

namespace urbiome {
namespace {

TEST(SegmentIndex, FindsWhatLookingAtAllFinds) {
  std::mt19937 random(3);
  const auto number = [&](double most) { return most * static_cast<double>(random() % 100000) / 100000; };
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Point> points;
    std::vector<std::uint32_t> first{0};
    const double extent = trial % 4 == 0 ? 0 : 1000;  // all on one line or point too
    const int lines = 1 + static_cast<int>(random() % 60);
    for (int line = 0; line < lines; ++line) {
      const double length = trial % 3 == 0 ? 800 : 20;
      Point at{number(1000), number(extent)};
      for (int i = 0, count = 2 + static_cast<int>(random() % 4); i < count; ++i) {
        points.push_back(at);
        at = {at.x + number(length) - length / 2, extent == 0 ? at.y : at.y + number(length) - length / 2};
      }
      first.push_back(static_cast<std::uint32_t>(points.size()));
    }
    const SegmentIndex index(points, first);
    for (int query = 0; query < 50; ++query) {
      const Point point{number(3000) - 1000, number(3000) - 1000};
      const double farthest = query % 5 == 0 ? 5000 : number(300);
      std::optional<NearestOnSegment> best;
      for (std::size_t line = 0; line + 1 < first.size(); ++line) {
        for (std::uint32_t i = first[line]; i + 1 < first[line + 1]; ++i) {
          NearestOnSegment found = nearest_on_segment(points[i], points[i + 1], point);
          found.segment = i;
          if (found.distance <= farthest && (!best || found.distance < best->distance)) best = found;
        }
      }
      const auto found = index.nearest(point, farthest);
      ASSERT_EQ(found.has_value(), best.has_value()) << trial << ' ' << query;
      if (!best) continue;
      ASSERT_EQ(found->distance, best->distance);
      ASSERT_EQ(found->segment, best->segment);
      const std::uint32_t line = index.line_of(found->segment);
      ASSERT_TRUE(first[line] <= found->segment && found->segment + 1 < first[line + 1]);
    }
  }
}

// On a lattice, where many are as near and lie on the borders of squares.
TEST(SegmentIndex, OfSeveralAsNearTheFirstCounts) {
  std::mt19937 random(4);
  const auto whole = [&](int most) { return static_cast<double>(random() % static_cast<unsigned>(most)); };
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<Point> points;
    std::vector<std::uint32_t> first{0};
    for (int line = 0; line < 150; ++line) {
      const Point from{whole(16), whole(16)};
      points.push_back(from);
      points.push_back(line % 2 == 0 ? Point{from.x + 1, from.y} : Point{from.x, from.y + whole(3)});
      first.push_back(static_cast<std::uint32_t>(points.size()));
    }
    const SegmentIndex index(points, first);
    for (int query = 0; query < 100; ++query) {
      const Point point{whole(48) / 2 - 4, whole(48) / 2 - 4};
      std::optional<NearestOnSegment> best;
      for (std::uint32_t i = 0; i < points.size(); i += 2) {
        NearestOnSegment found = nearest_on_segment(points[i], points[i + 1], point);
        found.segment = i;
        if (found.distance <= 3 && (!best || found.distance < best->distance)) best = found;
      }
      const auto found = index.nearest(point, 3);
      ASSERT_EQ(found.has_value(), best.has_value()) << trial << ' ' << query;
      if (!best) continue;
      ASSERT_EQ(found->segment, best->segment) << trial << ' ' << query;
    }
  }
}

TEST(SegmentIndex, OneLongSegmentAmongManyShortOnes) {
  std::vector<Point> points{{0, 0}, {1e6, 1e6}};
  std::vector<std::uint32_t> first{0, 2};
  for (int i = 0; i < 20000; ++i) {
    points.push_back({static_cast<double>(i % 100), static_cast<double>(i / 100)});
    points.push_back({static_cast<double>(i % 100) + 0.5, static_cast<double>(i / 100)});
    first.push_back(static_cast<std::uint32_t>(points.size()));
  }
  const SegmentIndex index(points, first);
  EXPECT_LT(index.bytes(), 4'000'000);
  EXPECT_EQ(index.nearest({5e5, 5e5 + 1}, 10)->segment, 0U);
  std::vector<std::uint32_t> found;
  index.find({3.1, 4.9, 3.2, 5.1}, found);
  EXPECT_TRUE(std::ranges::find(found, 2U + 2U * 503U) != found.end());
}

TEST(SegmentIndex, NothingIsNear) {
  EXPECT_FALSE(SegmentIndex().nearest({0, 0}, 1e9).has_value());
  const std::vector<Point> points{{7, 7}, {7, 7}};  // a point
  const std::vector<std::uint32_t> first{0, 2};
  const SegmentIndex index(points, first);
  EXPECT_EQ(index.nearest({10, 11}, 5)->distance, 5);
  EXPECT_FALSE(index.nearest({10, 11}, 4.999).has_value());
}

}  // namespace
}  // namespace urbiome
