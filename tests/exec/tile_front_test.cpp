#include "urbiome/exec/tile_front.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>

namespace urbiome {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

TileFront::Offers nothing() {
  TileFront::Offers offers;
  offers.fill(kNever);
  return offers;
}

TEST(TileFront, TheLeastDueComesFirst) {
  TileFront front(1, 5);
  front.offer(0, 3);
  front.offer(2, 1);
  front.offer(4, 2);
  front.offer(4, 0.5);  // earlier than it was
  front.offer(2, 7);    // waits already
  Executor executor({.threads = 1});
  std::vector<std::int64_t> order;
  front.run(executor, "test", kNever, [&](std::int64_t tile) {
    order.push_back(tile);
    TileFront::Offers offers = nothing();
    if (order.size() == 2) offers[5] = 2.5;  // tile 2 offers it to tile 3
    return offers;
  });
  EXPECT_EQ(order, (std::vector<std::int64_t>{4, 2, 3, 0}));
}

TEST(TileFront, WhatWaitsLongerThanAskedForStays) {
  TileFront front(3, 3);
  for (std::int64_t tile = 0; tile < 9; ++tile) front.offer(tile, static_cast<double>(tile));
  Executor executor({.threads = 2});
  std::atomic<int> visits{0};
  const auto visit = [&](std::int64_t) { return ++visits, nothing(); };
  front.run(executor, "test", 4, visit);
  EXPECT_EQ(visits, 5);
  front.run(executor, "test", kNever, visit);
  EXPECT_EQ(visits, 9);
}

// Every tile passes a wave on until each has been reached from the corner; steps are counted as costs would be.
TEST(TileFront, SpreadsOverAllTilesAndNoTwoNeighboursAtOnce) {
  constexpr std::int64_t kSide = 17;
  for (const int threads : {1, 2, 7}) {
    std::vector<double> steps(kSide * kSide, kNever);
    std::vector<std::atomic<int>> busy(kSide * kSide);
    std::atomic<bool> together{false};
    const auto each = [&](std::int64_t tile, const auto& call) {
      for (std::int64_t side = 0; side < 9; ++side) {
        const std::int64_t row = tile / kSide + side / 3 - 1, col = tile % kSide + side % 3 - 1;
        if (side != 4 && row >= 0 && row < kSide && col >= 0 && col < kSide)
          call(static_cast<std::size_t>(row * kSide + col), static_cast<std::size_t>(side));
      }
    };
    steps[0] = 0;
    TileFront front(kSide, kSide);
    front.offer(0, 0);
    Executor executor({.threads = threads});
    front.run(executor, "test", kNever, [&](std::int64_t tile) {
      const auto at = static_cast<std::size_t>(tile);
      ++busy[at];
      TileFront::Offers offers = nothing();
      each(tile, [&](std::size_t to, std::size_t side) {
        if (busy[to] != 0) together = true;
        steps[at] = std::min(steps[at], steps[to] + 1);
        if (steps[to] > steps[at] + 1) offers[side] = steps[at] + 1;
      });
      --busy[at];
      return offers;
    });
    EXPECT_FALSE(together) << threads;
    for (std::int64_t tile = 0; tile < kSide * kSide; ++tile)
      EXPECT_EQ(steps[static_cast<std::size_t>(tile)], static_cast<double>(std::max(tile / kSide, tile % kSide)));
  }
}

TEST(TileFront, AFailureEndsItOnAllThreads) {
  TileFront front(20, 20);
  for (std::int64_t tile = 0; tile < 400; ++tile) front.offer(tile, 0);
  Executor executor({.threads = 3});
  EXPECT_THROW(front.run(executor, "test", kNever,
                         [&](std::int64_t tile) {
                           if (tile == 50) throw std::runtime_error("no");
                           return nothing();
                         }),
               std::runtime_error);
}

TEST(TileFront, CanBeCancelled) {
  CancelToken cancel;
  TileFront front(1, 2);
  front.offer(0, 0);
  Executor executor({.threads = 2, .cancel = &cancel});
  const auto visit = [&](std::int64_t) {
    cancel.cancel();
    TileFront::Offers offers = nothing();
    offers[3] = offers[5] = 0;  // would go on for ever
    return offers;
  };
  EXPECT_THROW(front.run(executor, "test", kNever, visit), Error);
}

}  // namespace
}  // namespace urbiome
