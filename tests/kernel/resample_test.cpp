#include "urbiome/kernel/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace urbiome {
namespace {

Grid any_grid(std::mt19937& random) {
  std::uniform_real_distribution<double> place(-20, 20), size(0.3, 7);
  std::uniform_int_distribution<std::int64_t> cells(1, 30);
  Grid grid{place(random), place(random), size(random), size(random), cells(random), cells(random)};
  if (random() % 2 == 0)
    grid = {std::round(grid.x0), std::round(grid.y0), 1.0 * (1 + random() % 3), 0.5, grid.width, grid.height};
  return grid;
}

// Length that two stretches share.
double overlap(double a0, double a1, double b0, double b1) {
  return std::max(0.0, std::min(a1, b1) - std::max(a0, b0));
}

TEST(Resample, PartsAreOverlapShares) {
  std::mt19937 random(8);
  for (int round = 0; round < 200; ++round) {
    const Grid source = any_grid(random), target = any_grid(random);
    std::vector<std::int64_t> amounts;
    for (std::int64_t i = 0; i < source.cells(); ++i)
      amounts.push_back(random() % 5 == 0 ? kNoCount : static_cast<std::int64_t>(random()) * 1000003);
    CountRows rows(whole(target));
    const AxisShares columns = AxisShares::of_columns(source, target),
                     source_rows = AxisShares::of_rows(source, target);
    std::vector<double> expected(rows.amount.size(), 0);
    double largest = 0;
    for (std::int64_t r = 0; r < source.height; ++r) {
      const auto start = static_cast<std::size_t>(r * source.width);
      const std::span<const std::int64_t> row(amounts.data() + start, static_cast<std::size_t>(source.width));
      spread_row(row, 0, source_rows.of(r), columns, rows);
      for (std::int64_t c = 0; c < source.width; ++c) {
        const auto amount = static_cast<double>(row[static_cast<std::size_t>(c)]);
        if (amount < 0) continue;
        largest = std::max(largest, amount);
        const auto rd = static_cast<double>(r), cd = static_cast<double>(c);
        for (std::int64_t tr = 0; tr < target.height; ++tr) {
          for (std::int64_t tc = 0; tc < target.width; ++tc) {
            const auto trd = static_cast<double>(tr), tcd = static_cast<double>(tc);
            const double across = overlap(source.x_of(cd), source.x_of(cd + 1), target.x_of(tcd), target.x_of(tcd + 1));
            const double down = overlap(source.y_of(rd + 1), source.y_of(rd), target.y_of(trd + 1), target.y_of(trd));
            expected[static_cast<std::size_t>(tr * target.width + tc)] +=
                amount * across * down / (source.dx * source.dy);
          }
        }
      }
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(rows.amount[i]), expected[i], 100 + 1e-9 * largest) << i;
      ASSERT_LE(expected[i] > 1e-6 * largest, rows.known[i] == 1);
    }
  }
}

TEST(Resample, NothingIsLostInsideTheTarget) {
  std::mt19937 random(9);
  for (int round = 0; round < 200; ++round) {
    const Grid source = any_grid(random);
    Grid target = any_grid(random);
    target.x0 = source.x0 - target.dx * 1.3;
    target.y0 = source.y0 + target.dy * 0.7;
    target.width = 3 + static_cast<std::int64_t>(source.dx * static_cast<double>(source.width) / target.dx);
    target.height = 3 + static_cast<std::int64_t>(source.dy * static_cast<double>(source.height) / target.dy);
    CountRows rows(whole(target));
    const AxisShares columns = AxisShares::of_columns(source, target),
                     source_rows = AxisShares::of_rows(source, target);
    std::int64_t given = 0;
    for (std::int64_t r = 0; r < source.height; ++r) {
      std::vector<std::int64_t> amounts;
      for (std::int64_t c = 0; c < source.width; ++c)
        amounts.push_back(static_cast<std::int64_t>(random() >> (random() % 32)) << (random() % 16));
      given += std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
      spread_row(amounts, 0, source_rows.of(r), columns, rows);
    }
    EXPECT_EQ(std::accumulate(rows.amount.begin(), rows.amount.end(), std::int64_t{0}), given);
    for (const std::int64_t amount : rows.amount) EXPECT_GE(amount, 0);
  }
}

TEST(Resample, BandsGiveTheSameRows) {
  std::mt19937 random(10);
  const Grid source{0, 40, 1.7, 2.3, 20, 17}, target{-1, 41, 0.9, 1.1, 40, 40};
  std::vector<std::vector<std::int64_t>> amounts(17);
  for (auto& row : amounts) {
    for (int c = 0; c < 20; ++c) row.push_back(static_cast<std::int64_t>(random()));
  }
  const AxisShares columns = AxisShares::of_columns(source, target), source_rows = AxisShares::of_rows(source, target);
  const auto filled = [&](const Window& window) {
    CountRows rows(window);
    const AxisShares::Range range = source_rows.meeting(window.row, window.row_end());
    for (std::int64_t r = range.begin; r < range.end; ++r)
      spread_row(amounts[static_cast<std::size_t>(r)], 0, source_rows.of(r), columns, rows);
    return rows.amount;
  };
  const auto expected = filled(whole(target));
  for (const std::int64_t height : {1, 3, 7}) {
    std::vector<std::int64_t> found;
    for (std::int64_t row = 0; row < target.height; row += height) {
      const auto part = filled(intersection({row, 0, height, 40}, whole(target)));
      found.insert(found.end(), part.begin(), part.end());
    }
    EXPECT_EQ(found, expected);
  }
}

TEST(Resample, RunningParts) {
  const std::int64_t most = (std::int64_t{1} << 62) - 1;
  EXPECT_EQ(running_part(most, 0, kOne, kOne), most) << "the whole is the whole";
  EXPECT_EQ(running_part(most, 0, 0, 0), 0);
  EXPECT_EQ(running_part(1000, 0, kOne / 2, kOne), 500);
  EXPECT_EQ(running_part(1000, kOne / 2, kOne / 2, kOne / 2), 750);
  EXPECT_EQ(running_part(3, 0, kOne / 2, kOne / 2), 0) << "rounded down, so the rest comes later";
}

}  // namespace
}  // namespace urbiome
