#include "urbiome/facts/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> made_counts(std::mt19937& random, std::int64_t cells) {
  std::gamma_distribution<double> people(0.5, 40);
  std::vector<double> counts;
  for (std::int64_t i = 0; i < cells; ++i) counts.push_back(random() % 6 == 0 ? kNan : people(random));
  return counts;
}

struct Outcome {
  std::vector<double> values;
  double placed = 0;
  CountTotal total;
};

Outcome resampled(const Grid& from, const std::vector<double>& counts, const std::optional<Crs>& crs, const Grid& to,
                  const std::optional<Crs>& to_crs, std::int64_t rows, int threads) {
  const auto source = memory_values(from, counts);
  Executor executor({.threads = threads});
  const CountTotal total = total_of(*source, "people.tif", executor);
  const Resampling resampling(*source, crs, to, to_crs, total, threads);
  CountRounding rounding(total);
  Outcome outcome;
  outcome.total = total;
  executor.in_order(
      (to.height + rows - 1) / rows, "resampling",
      [&](std::int64_t band) {
        return resampling.rows(intersection({band * rows, 0, rows, to.width}, whole(to)), executor.current_slot());
      },
      [&](std::int64_t, const CountRows& done) {
        for (const double value : rounding.values(done)) outcome.values.push_back(value);
      });
  outcome.placed = rounding.placed();
  return outcome;
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::isnan(value) ? 0 : value;
  return sum;
}

// Sums of doubles are exact here, forwards and backwards.
TEST(Resampling, SumIsConservedInAnyOrder) {
  std::mt19937 random(1);
  const Grid from{500000, 4650000, 100, 100, 90, 80};
  const auto counts = made_counts(random, from.cells());
  for (const Grid& to : {Grid{499900, 4650100, 37, 41, 260, 210}, Grid{490000, 4660000, 1000, 1000, 30, 30}, from}) {
    const Outcome outcome = resampled(from, counts, {}, to, {}, 16, 2);
    std::vector<double> backwards(outcome.values.rbegin(), outcome.values.rend());
    EXPECT_EQ(sum_of(outcome.values), sum_of(backwards));
    EXPECT_EQ(sum_of(outcome.values), outcome.placed);
    EXPECT_NEAR(outcome.placed, outcome.total.people(), std::ldexp(1.0, outcome.total.exponent + 9));
    EXPECT_NEAR(outcome.total.people(), sum_of(counts), 1e-12 * sum_of(counts));
  }
  const Outcome same = resampled(from, counts, {}, from, {}, 16, 2);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(std::isnan(same.values[i]), std::isnan(counts[i])) << "nodata stays out";
    if (std::isnan(counts[i])) continue;
    EXPECT_NEAR(same.values[i], counts[i], 1e-9);
  }
}

TEST(Resampling, BandsAndThreadsDoNotMatter) {
  std::mt19937 random(2);
  const Crs utm = Crs::parse("EPSG:32633"), geographic = Crs::parse("EPSG:4326");
  const Grid from{500000, 4650000, 100, 100, 60, 50}, to{14.99, 42.01, 0.0009, 0.0007, 110, 90};
  const auto counts = made_counts(random, from.cells());
  for (const bool across : {false, true}) {
    const Grid target = across ? to : Grid{499000, 4651000, 70, 130, 100, 60};
    const auto in = across ? std::optional<Crs>(geographic) : std::optional<Crs>(utm);
    const Outcome expected = resampled(from, counts, utm, target, in, 1000, 1);
    for (const std::int64_t rows : {1, 7, 32}) {
      const Outcome found = resampled(from, counts, utm, target, in, rows, 1 + static_cast<int>(rows % 3));
      for (std::size_t i = 0; i < expected.values.size(); ++i) {
        ASSERT_EQ(std::isnan(found.values[i]), std::isnan(expected.values[i]));
        if (std::isnan(expected.values[i])) continue;
        ASSERT_EQ(found.values[i], expected.values[i]);
      }
    }
  }
}

// Each cell cut into 64 x 64 parts, and a point anywhere in each carried over by itself.
TEST(Resampling, OtherCrsAgreesWithSubsampling) {
  std::mt19937 random(3);
  const Crs utm = Crs::parse("EPSG:32633"), geographic = Crs::parse("EPSG:4326");
  const Grid from{500000, 4650000, 500, 500, 12, 10}, to{14.99, 42.01, 0.006, 0.005, 16, 14};
  const auto counts = made_counts(random, from.cells());
  const Outcome outcome = resampled(from, counts, utm, to, geographic, 5, 2);
  std::vector<double> expected(static_cast<std::size_t>(to.cells()), 0);
  const Transformer transformer(utm, geographic);
  constexpr int kFine = 64;
  std::uniform_real_distribution<double> anywhere(0, 1);
  for (std::int64_t r = 0; r < from.height; ++r) {
    for (std::int64_t c = 0; c < from.width; ++c) {
      const double count = counts[static_cast<std::size_t>(r * from.width + c)];
      if (std::isnan(count)) continue;
      for (int i = 0; i < kFine * kFine; ++i) {
        const Point p = transformer({from.x_of(static_cast<double>(c) + (i % kFine + anywhere(random)) / kFine),
                                     from.y_of(static_cast<double>(r) + (i / kFine + anywhere(random)) / kFine)});
        const auto row = static_cast<std::int64_t>(std::floor(to.row_of(p.y))),
                   col = static_cast<std::int64_t>(std::floor(to.col_of(p.x)));
        if (row >= 0 && row < to.height && col >= 0 && col < to.width)
          expected[static_cast<std::size_t>(row * to.width + col)] += count / (kFine * kFine);
      }
    }
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double found = std::isnan(outcome.values[i]) ? 0 : outcome.values[i];
    EXPECT_NEAR(found, expected[i], 0.02 * std::max(expected[i], 40.0)) << i;
  }
  EXPECT_NEAR(outcome.placed, outcome.total.people(), 1e-9) << "all lie inside";
}

TEST(Resampling, WhatLiesBeyondIsCounted) {
  const Grid from{0, 10, 1, 1, 10, 10}, to{5, 10, 1, 1, 10, 10};
  const Outcome outcome = resampled(from, std::vector<double>(100, 3.0), {}, to, {}, 4, 1);
  EXPECT_EQ(outcome.placed, 150);
  EXPECT_EQ(outcome.total.people(), 300);
  EXPECT_EQ(resampled(from, std::vector<double>(100, kNan), {}, to, {}, 4, 1).placed, 0);
  EXPECT_EQ(resampled(from, std::vector<double>(100, 0.0), {}, to, {}, 4, 1).values[0], 0);
}

TEST(Resampling, TinyAndHugeCountsKeepTheirSum) {
  const Grid from{0, 2, 1, 1, 2, 2}, to{0, 2, 0.3, 0.3, 7, 7};
  for (const double factor : {1e-200, 1e-9, 1.0, 1e12, 1e200}) {
    const Outcome outcome = resampled(from, {factor, 2 * factor, 3 * factor, kNan}, {}, to, {}, 3, 2);
    EXPECT_NEAR(sum_of(outcome.values) / factor, 6, 1e-12);
  }
}

TEST(Resampling, RefusesWhatIsNoCount) {
  const Grid from{0, 2, 1, 1, 2, 2};
  for (const double bad : {-1.0, -99999.0, std::numeric_limits<double>::infinity()}) {
    try {
      resampled(from, {1, 2, bad, kNan}, {}, from, {}, 3, 2);
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::contradiction);
      EXPECT_NE(std::string(error.what()).find("row 1, column 0"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace urbiome
