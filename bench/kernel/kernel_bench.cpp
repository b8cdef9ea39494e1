// Kernels on one thread and cells in memory. `cells` is a rate: 1G is a billion cells a second.
#include <benchmark/benchmark.h>

#include "made_cells.h"
#include "urbiome/kernel/connect.h"
#include "urbiome/kernel/coverage.h"
#include "urbiome/kernel/near.h"
#include "urbiome/kernel/tally.h"
#include "urbiome/kernel/window_share.h"

namespace urbiome {
namespace {

constexpr std::int64_t kSide = 1024;

void per_cell(benchmark::State& state, std::int64_t cells) {
  state.counters["cells"] = benchmark::Counter(static_cast<double>(cells) * static_cast<double>(state.iterations()),
                                               benchmark::Counter::kIsRate);
}

// A disc of `radius` cells, centre to centre.
Reach disc(double radius) {
  return reach_within(radius, false, kSide, true, [](std::int64_t, std::int32_t down, std::int32_t across) {
    return std::sqrt(static_cast<double>(down) * down + static_cast<double>(across) * across);
  });
}

void tally(benchmark::State& state) {
  const auto cells = bench::made_cells(kSide, kSide);
  const auto areas = bench::made_areas(kSide, state.range(0), kSide);
  const Window window{0, 0, kSide, kSide};
  const std::vector<Coverage> regions{cover_window(window)};
  for (auto _ : state) {
    ClassTally sums(1, 8);
    sums.consume(window, cells, regions, areas);
    benchmark::DoNotOptimize(sums.area(0, 1));
  }
  per_cell(state, kSide * kSide);
}
BENCHMARK(tally)->ArgName("segments")->Arg(1)->Arg(4);

void tally_of_zones(benchmark::State& state) {
  const auto cells = bench::made_cells(kSide, kSide);
  const auto areas = bench::made_areas(kSide, 1, kSide);
  const Grid grid{0, kSide, 1, 1, kSide, kSide};
  const std::int64_t across = state.range(0);
  const double side = static_cast<double>(kSide) / static_cast<double>(across);
  std::vector<Coverage> regions;
  for (std::int64_t i = 0; i < across * across; ++i) {
    const double x = (static_cast<double>(i % across) + 0.5) * side, y = (static_cast<double>(i / across) + 0.5) * side;
    regions.push_back(cover_exactly(bench::star(x, y, 0.6 * side, 100), grid));
  }
  for (auto _ : state) {
    ClassTally sums(regions.size(), 8);
    sums.consume({0, 0, kSide, kSide}, cells, regions, areas);
    benchmark::DoNotOptimize(sums.area(0, 1));
  }
  per_cell(state, kSide * kSide);
}
BENCHMARK(tally_of_zones)->ArgName("across")->Arg(1)->Arg(8)->Arg(22);

void runs(benchmark::State& state) {
  const auto cells = bench::made_cells(kSide, kSide);
  for (auto _ : state) benchmark::DoNotOptimize(bench::made_runs(cells, kSide, 4).runs.data());
  per_cell(state, kSide * kSide);
}
BENCHMARK(runs);

void patches(benchmark::State& state) {
  const RunTable table = bench::made_runs(bench::made_cells(kSide, kSide), kSide, 3);
  const Reach reach = neighbour_reach(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(connect(table, reach).count());
  per_cell(state, kSide * kSide);
}
BENCHMARK(patches)->ArgName("directions")->Arg(4)->Arg(8);

void linked_patches(benchmark::State& state) {
  const RunTable table = bench::made_runs(bench::made_cells(kSide, kSide), kSide, 3);
  const Reach reach = disc(static_cast<double>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(connect(table, reach).count());
  per_cell(state, kSide * kSide);
}
BENCHMARK(linked_patches)->ArgName("cells")->Arg(10);

void near_green(benchmark::State& state) {
  const RunTable table = bench::made_runs(bench::made_cells(kSide, kSide), kSide, 1);
  const Reach reach = disc(static_cast<double>(state.range(0)));
  const auto runs_of = [&](std::int64_t row) { return table.of_row(row); };
  for (auto _ : state) {
    const RunTable found = near_rows(0, kSide, kSide, kSide, {reach, reach}, runs_of);
    benchmark::DoNotOptimize(found.runs.data());
  }
  per_cell(state, kSide * kSide);
}
BENCHMARK(near_green)->ArgName("cells")->Arg(10)->Arg(30);

void green_around(benchmark::State& state) {
  const RunTable table = bench::made_runs(bench::made_cells(kSide, kSide), kSide, 3);
  const Reach reach = disc(static_cast<double>(state.range(0)));
  std::vector<std::int64_t> counts(kSide);
  for (auto _ : state) {
    for (std::int64_t row = 0; row < kSide; ++row) {
      std::fill(counts.begin(), counts.end(), 0);
      count_in_reach(table, reach, row, counts);
    }
    benchmark::DoNotOptimize(counts.data());
  }
  per_cell(state, kSide * kSide);
}
BENCHMARK(green_around)->ArgName("cells")->Arg(30);

void coverage(benchmark::State& state) {
  const Grid grid{0, kSide, 1, 1, kSide, kSide};
  const MultiPolygon shape = bench::star(kSide / 2.0, kSide / 2.0, kSide / 2.0, static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(cover_exactly(shape, grid).rows());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(coverage)->ArgName("vertices")->Arg(100)->Arg(10000);

}  // namespace
}  // namespace urbiome
