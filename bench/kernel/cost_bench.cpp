// Least cost within one tile, one thread. `cells` is a rate.
#include <benchmark/benchmark.h>

#include <limits>
#include <random>

#include "urbiome/kernel/cost.h"

namespace urbiome {
namespace {

void cost_of_a_tile(benchmark::State& state) {
  constexpr std::int64_t kSide = CostSolver::kMostSide;
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::mt19937 random(5);
  std::vector<double> resistance(static_cast<std::size_t>(kSide * kSide)), cost(resistance.size());
  for (double& r : resistance) r = 1 + static_cast<double>(random() % 100);
  const std::vector<StepLengths> steps(static_cast<std::size_t>(kSide),
                                       {1, 1, 1.4142135623730951, 2.23606797749979, 2.23606797749979});
  CostSolver solver;
  for (auto _ : state) {
    cost.assign(cost.size(), kFar);
    cost[0] = 0;
    const CostMap map{kSide, kSide, resistance, cost, steps, static_cast<int>(state.range(0))};
    bool lowered = solver.solve(map, {0, 0, kSide, kSide}, true).lowered;
    benchmark::DoNotOptimize(lowered);
  }
  state.counters["cells"] = benchmark::Counter(
      static_cast<double>(kSide * kSide) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(cost_of_a_tile)->ArgName("directions")->Arg(4)->Arg(8)->Arg(16);

}  // namespace
}  // namespace urbiome
