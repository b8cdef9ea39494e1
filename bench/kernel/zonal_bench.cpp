// Statistics of zones and resampling on one thread, values in memory. `cells` is a rate: 1G is a billion cells a
// second.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "made_cells.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/kernel/resample.h"
#include "urbiome/kernel/zonal_statistics.h"

namespace urbiome {
namespace {

constexpr std::int64_t kSide = 1024;

// Heights as floats hold them: a smooth surface with noise of a metre.
std::vector<double> heights() {
  std::mt19937 random(5);
  std::normal_distribution<float> noise(0, 1);
  std::vector<double> values;
  for (std::int64_t i = 0; i < kSide * kSide; ++i) {
    const auto x = static_cast<float>(i % kSide), y = static_cast<float>(i / kSide);
    values.push_back(static_cast<double>(300 + 200 * std::sin(x / 90) * std::cos(y / 70) + noise(random)));
  }
  return values;
}

// `weighted`: by a raster of weights.
void zonal(benchmark::State& state, bool weighted, const std::string& statistic, const CellAreas* areas) {
  const auto values = heights();
  const auto weights = weighted ? heights() : std::vector<double>{};
  const Grid grid{0, kSide, 1, 1, kSide, kSide};
  std::vector<Coverage> regions;
  std::vector<std::uint32_t> wanted;
  for (std::uint32_t i = 0; i < 64; ++i) {
    wanted.push_back(i);
    regions.push_back(cover_exactly(bench::star(64 + 128.0 * (i % 8), 64 + 128.0 * (i / 8), 77, 100), grid));
  }
  const std::vector<Statistic> statistics{*Statistic::parse(statistic)};
  for (auto _ : state) {
    ZonalTally tally(regions.size(), needs_of(statistics));
    tally.consume(whole(grid), values, {weights, areas}, regions, wanted);
    tally.settle();
    benchmark::DoNotOptimize(value_of(tally.region(0), statistics[0]));
  }
  state.counters["cells"] =
      benchmark::Counter(static_cast<double>(kSide * kSide * state.iterations()), benchmark::Counter::kIsRate);
}

void zonal_mean(benchmark::State& state) { zonal(state, false, "mean", nullptr); }
BENCHMARK(zonal_mean);
void zonal_variance(benchmark::State& state) { zonal(state, false, "variance", nullptr); }
BENCHMARK(zonal_variance);
void zonal_median(benchmark::State& state) { zonal(state, false, "median", nullptr); }
BENCHMARK(zonal_median);

void zonal_by_raster(benchmark::State& state) { zonal(state, true, "weighted_mean", nullptr); }
BENCHMARK(zonal_by_raster);

void zonal_by_area(benchmark::State& state) {
  const CellAreas areas = bench::made_areas(kSide, state.range(0), kSide);
  zonal(state, false, "weighted_mean", &areas);
}
BENCHMARK(zonal_by_area)->ArgName("segments")->Arg(1)->Arg(4);

void resample(benchmark::State& state) {
  const Grid source{0, kSide, 1, 1, kSide, kSide};
  const double size = static_cast<double>(state.range(0)) / 10;
  const auto cells = static_cast<std::int64_t>(static_cast<double>(kSide) / size) + 1;
  const Grid target{0, kSide, size, size, cells, cells};
  const AxisShares columns = AxisShares::of_columns(source, target), rows = AxisShares::of_rows(source, target);
  const std::vector<std::int64_t> amounts(kSide, kOne + 12345);
  for (auto _ : state) {
    CountRows done(whole(target));
    for (std::int64_t row = 0; row < kSide; ++row) spread_row(amounts, 0, rows.of(row), columns, done);
    benchmark::DoNotOptimize(done.amount.data());
  }
  state.counters["cells"] =
      benchmark::Counter(static_cast<double>(kSide * kSide * state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(resample)->ArgName("tenths_of_a_cell")->Arg(7)->Arg(33);

}  // namespace
}  // namespace urbiome
