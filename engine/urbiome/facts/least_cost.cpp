#include "urbiome/facts/least_cost.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "urbiome/exec/tile_front.h"

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();
constexpr const char* kPhase = "least cost";

std::int64_t side_of_tiles(std::int64_t wanted) {
  if (wanted <= 0) return CostSolver::kMostSide;
  return std::clamp(wanted - wanted % CostSolver::kSideStep, CostSolver::kSideStep, CostSolver::kMostSide);
}

}  // namespace

std::vector<StepLengths> step_lengths(const GridMetric& metric, std::int64_t rows) {
  std::vector<StepLengths> steps(static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    if (row > 0 && !metric.is_geographic()) {
      steps[static_cast<std::size_t>(row)] = steps[0];
      continue;
    }
    steps[static_cast<std::size_t>(row)] = {metric.centre(row, 0, 1), metric.centre(row, 1, 0),
                                            metric.centre(row, 1, 1), metric.centre(row, 1, 2),
                                            metric.centre(row, 2, 1)};
  }
  return steps;
}

void spread_costs(const CostMap& map, double most, Executor& executor) {
  if (map.cost.empty()) return;
  const std::int64_t side = side_of_tiles(executor.settings().tile_size);
  const std::int64_t down = (map.height + side - 1) / side, across = (map.width + side - 1) / side;
  const auto costs_of_row = [&](std::int64_t row) {
    return map.cost.subspan(static_cast<std::size_t>(row * map.width), static_cast<std::size_t>(map.width));
  };
  std::vector<double> first(static_cast<std::size_t>(down * across), kFar);  // by tile: its least cost before a visit
  executor.parts(down, kPhase, [&](std::int64_t y) {
    for (std::int64_t row = y * side; row < std::min((y + 1) * side, map.height); ++row) {
      const std::span<const double> costs = costs_of_row(row);
      for (std::int64_t x = 0; x < across; ++x) {
        double& least = first[static_cast<std::size_t>(y * across + x)];
        for (std::int64_t col = x * side; col < std::min((x + 1) * side, map.width); ++col)
          least = std::min(least, costs[static_cast<std::size_t>(col)]);
      }
    }
  });
  TileFront front(down, across);
  for (std::int64_t tile = 0; tile < down * across; ++tile) front.offer(tile, first[static_cast<std::size_t>(tile)]);
  std::vector<std::unique_ptr<CostSolver>> solvers(static_cast<std::size_t>(executor.threads()));
  front.run(executor, kPhase, most, [&](std::int64_t tile) {
    auto& solver = solvers[static_cast<std::size_t>(executor.current_slot())];
    if (!solver) solver = std::make_unique<CostSolver>();
    const Window window{tile / across * side, tile % across * side, side, side};
    const bool with_sources = std::exchange(first[static_cast<std::size_t>(tile)], kFar) < kFar;
    return solver->solve(map, intersection(window, {0, 0, map.height, map.width}), with_sources).offered;
  });
  if (most == kFar) return;
  executor.parts(map.height, kPhase, [&](std::int64_t row) {
    for (double& cost : costs_of_row(row)) {
      if (cost > most) cost = kFar;
    }
  });
}

std::int64_t cost_bytes(std::int64_t cells) { return 2 * static_cast<std::int64_t>(sizeof(double)) * cells; }

}  // namespace urbiome
