#include "urbiome/facts/least_cost.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

// Tiles of a map, and for each the least cost that it may go on from.
class Waves {
 public:
  Waves(const CostMap& map, double most, Executor& executor)
      : map_(map),
        most_(most),
        executor_(executor),
        side_(executor.settings().tile_size > 0
                  ? std::clamp<std::int64_t>(executor.settings().tile_size, 4, CostSolver::kMostSide)
                  : 128),
        across_((map.width + side_ - 1) / side_),
        down_((map.height + side_ - 1) / side_),
        due_(static_cast<std::size_t>(across_ * down_), kFar),
        settled_(due_.size(), 0),
        solvers_(static_cast<std::size_t>(executor.threads())) {}

  void run() {
    const double wave = look_at_tiles();
    for (;;) {
      const double first = *std::min_element(due_.begin(), due_.end());
      if (!(first <= most_) || first == kFar) break;
      // A wave goes about a tile far, but at least to the next number, and not past what is asked for.
      double horizon = std::max(first + wave, std::nextafter(first, kFar));
      horizon = std::min(horizon, most_ == kFar ? std::numeric_limits<double>::max() : std::nextafter(most_, kFar));
      if (!(horizon > first)) break;
      while (sweep(horizon)) {
      }
    }
  }

 private:
  Window window(std::size_t tile) const {
    const auto i = static_cast<std::int64_t>(tile);
    return intersection({i / across_ * side_, i % across_ * side_, side_, side_}, {0, 0, map_.height, map_.width});
  }

  // Sources make a tile due. Returns the cost of crossing a tile at the mean resistance.
  double look_at_tiles() {
    std::vector<double> sums(due_.size(), 0), cells(due_.size(), 0);
    executor_.items(static_cast<std::int64_t>(due_.size()), "looking for sources", [&](std::int64_t item) {
      const auto tile = static_cast<std::size_t>(item);
      const Window w = window(tile);
      for (std::int64_t row = w.row; row < w.row_end(); ++row) {
        for (std::int64_t at = row * map_.width + w.col; at < row * map_.width + w.col_end(); ++at) {
          const auto i = static_cast<std::size_t>(at);
          if (map_.cost[i] < due_[tile]) due_[tile] = map_.cost[i];
          if (map_.resistance[i] < kFar) sums[tile] += map_.resistance[i], cells[tile] += 1;
        }
      }
    });
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) sum += sums[i], count += cells[i];
    const StepLengths& middle = map_.steps[map_.steps.size() / 2];
    const double wave = sum / std::max(count, 1.0) * std::max(middle.across, middle.down) * static_cast<double>(side_);
    return wave > 0 && wave < kFar ? wave : 1;
  }

  // Solves all tiles that are due below the horizon, in four turns so that no two neighbours work at once.
  bool sweep(double horizon) {
    bool any = false;
    for (std::int64_t turn = 0; turn < 4; ++turn) {
      std::vector<std::size_t> tiles;
      for (std::int64_t y = turn / 2; y < down_; y += 2) {
        for (std::int64_t x = turn % 2; x < across_; x += 2) {
          const auto tile = static_cast<std::size_t>(y * across_ + x);
          if (due_[tile] < horizon) tiles.push_back(tile);
        }
      }
      if (tiles.empty()) continue;
      any = true;
      std::vector<CostSolver::Outcome> outcomes(tiles.size());
      executor_.items(static_cast<std::int64_t>(tiles.size()), "least cost", [&](std::int64_t item) {
        const auto i = static_cast<std::size_t>(item);
        auto& solver = solvers_[static_cast<std::size_t>(executor_.current_slot())];
        if (!solver) solver = std::make_unique<CostSolver>();
        outcomes[i] = solver->solve(map_, window(tiles[i]), settled_[tiles[i]], horizon);
      });
      for (std::size_t i = 0; i < tiles.size(); ++i) book(tiles[i], outcomes[i], horizon);
    }
    return any;
  }

  void book(std::size_t tile, const CostSolver::Outcome& outcome, double horizon) {
    due_[tile] = outcome.waiting;
    settled_[tile] = horizon;
    const auto y = static_cast<std::int64_t>(tile) / across_, x = static_cast<std::int64_t>(tile) % across_;
    for (std::int64_t side = 0; side < 9; ++side) {
      const std::int64_t to_y = y + side / 3 - 1, to_x = x + side % 3 - 1;
      if (side == 4 || to_y < 0 || to_y >= down_ || to_x < 0 || to_x >= across_) continue;
      double& due = due_[static_cast<std::size_t>(to_y * across_ + to_x)];
      due = std::min(due, outcome.sent[static_cast<std::size_t>(side)]);
    }
  }

  const CostMap& map_;
  double most_;
  Executor& executor_;
  std::int64_t side_, across_, down_;
  std::vector<double> due_, settled_;
  std::vector<std::unique_ptr<CostSolver>> solvers_;
};

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
  Waves(map, most, executor).run();
  for (double& cost : map.cost) {
    if (cost > most) cost = kFar;
  }
}

std::int64_t cost_bytes(std::int64_t cells) { return 2 * static_cast<std::int64_t>(sizeof(double)) * cells; }

}  // namespace urbiome
