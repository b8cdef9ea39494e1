#include "urbiome/facts/least_cost.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <queue>

namespace urbiome {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

// Tiles of a map in the order of the least cost that each may go on from.
class Front {
 public:
  Front(const CostMap& map, double most, Executor& executor)
      : map_(map),
        most_(most),
        executor_(executor),
        side_(side_of(executor.settings().tile_size)),
        across_((map.width + side_ - 1) / side_),
        down_((map.height + side_ - 1) / side_),
        due_(static_cast<std::size_t>(across_ * down_), kFar),
        state_(due_.size(), State::unseen),
        solvers_(static_cast<std::size_t>(executor.threads())) {}

  void run() {
    look_at_tiles();
    for (;;) {
      while (!queue_.empty() && queue_.top().due != due_[queue_.top().tile]) queue_.pop();
      if (queue_.empty() || queue_.top().due > most_) break;
      solve_until(std::min(queue_.top().due + wave_, most_));
      if (seen_ >= to_tell_) {
        executor_.tell(kPhase, static_cast<double>(seen_) / static_cast<double>(due_.size()));
        to_tell_ = seen_ + static_cast<std::int64_t>(due_.size()) / 200 + 1;
      }
    }
    executor_.tell(kPhase, 1);
  }

 private:
  enum class State : std::uint8_t { unseen, with_sources, seen };
  struct Due {
    double due;
    std::size_t tile;
    bool operator<(const Due& other) const { return due > other.due; }  // the least comes first
  };
  static constexpr const char* kPhase = "least cost";

  static std::int64_t side_of(std::int64_t tile_size) {
    if (tile_size <= 0) return CostSolver::kMostSide;
    const std::int64_t side = tile_size - tile_size % CostSolver::kSideStep;
    return std::clamp<std::int64_t>(side, CostSolver::kSideStep, CostSolver::kMostSide);
  }

  Window window(std::size_t tile) const {
    const auto i = static_cast<std::int64_t>(tile);
    return intersection({i / across_ * side_, i % across_ * side_, side_, side_}, {0, 0, map_.height, map_.width});
  }

  // Sources make a tile due. A wave goes about a quarter of a tile far at the mean resistance of a sample.
  void look_at_tiles() {
    std::vector<double> sums(static_cast<std::size_t>(down_), 0), cells(sums.size(), 0);
    executor_.parts(down_, kPhase, [&](std::int64_t y) {
      for (std::int64_t row = y * side_; row < std::min((y + 1) * side_, map_.height); ++row) {
        const auto at = static_cast<std::size_t>(row * map_.width), width = static_cast<std::size_t>(map_.width);
        const std::span<const double> costs = map_.cost.subspan(at, width);
        for (std::size_t col = 0; col < width; ++col) {
          if (costs[col] == kFar) continue;
          double& due = due_[static_cast<std::size_t>(y * across_) + col / static_cast<std::size_t>(side_)];
          due = std::min(due, costs[col]);
        }
        if (row % side_ != 0) continue;
        for (const double resistance : map_.resistance.subspan(at, width)) {
          if (resistance < kFar)
            sums[static_cast<std::size_t>(y)] += resistance, cells[static_cast<std::size_t>(y)] += 1;
        }
      }
    });
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) sum += sums[i], count += cells[i];
    const StepLengths& middle = map_.steps[map_.steps.size() / 2];
    const double tile = sum / std::max(count, 1.0) * std::max(middle.across, middle.down) * static_cast<double>(side_);
    wave_ = tile / 4 < kFar ? tile / 4 : 0;
    for (std::size_t i = 0; i < due_.size(); ++i) {
      if (due_[i] == kFar) continue;
      queue_.push({due_[i], i});
      state_[i] = State::with_sources;
    }
  }

  // Solves all tiles that are due, in four turns so that no two neighbours work at once.
  void solve_until(double horizon) {
    for (auto& tiles : turns_) tiles.clear();
    for (; !queue_.empty() && queue_.top().due <= horizon; queue_.pop()) {
      const auto [due, tile] = queue_.top();
      if (due != due_[tile]) continue;  // an earlier entry was lower
      const std::size_t across = static_cast<std::size_t>(across_), y = tile / across, x = tile % across;
      turns_[2 * (y % 2) + x % 2].push_back(tile);
    }
    for (const auto& tiles : turns_) {
      if (!tiles.empty()) solve(tiles);
    }
  }

  void solve(const std::vector<std::size_t>& tiles) {
    outcomes_.resize(tiles.size());
    executor_.parts(static_cast<std::int64_t>(tiles.size()), kPhase, [&](std::int64_t item) {
      const std::size_t i = static_cast<std::size_t>(item), tile = tiles[i];
      auto& solver = solvers_[static_cast<std::size_t>(executor_.current_slot())];
      if (!solver) solver = std::make_unique<CostSolver>();
      outcomes_[i] = solver->solve(map_, window(tile), state_[tile] == State::with_sources);
    });
    for (const std::size_t tile : tiles) {
      due_[tile] = kFar;
      if (state_[tile] != State::seen) ++seen_;
      state_[tile] = State::seen;
    }
    for (std::size_t i = 0; i < tiles.size(); ++i) pass_on(tiles[i], outcomes_[i]);
  }

  void pass_on(std::size_t tile, const CostSolver::Outcome& outcome) {
    const auto y = static_cast<std::int64_t>(tile) / across_, x = static_cast<std::int64_t>(tile) % across_;
    for (std::int64_t side = 0; side < 9; ++side) {
      const std::int64_t to_y = y + side / 3 - 1, to_x = x + side % 3 - 1;
      if (to_y < 0 || to_y >= down_ || to_x < 0 || to_x >= across_) continue;
      const auto to = static_cast<std::size_t>(to_y * across_ + to_x);
      const double offered = outcome.offered[static_cast<std::size_t>(side)];
      if (!(offered < due_[to])) continue;
      due_[to] = offered;
      queue_.push({offered, to});
    }
  }

  const CostMap& map_;
  double most_, wave_ = 0;
  Executor& executor_;
  std::int64_t side_, across_, down_, seen_ = 0, to_tell_ = 0;
  std::vector<double> due_;  // infinite where nothing waits
  std::vector<State> state_;
  std::priority_queue<Due> queue_;  // with entries that due_ has left behind
  std::array<std::vector<std::size_t>, 4> turns_;
  std::vector<CostSolver::Outcome> outcomes_;
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
  Front(map, most, executor).run();
  if (most == kFar) return;
  executor.parts(map.height, "least cost", [&](std::int64_t row) {
    for (double& cost :
         map.cost.subspan(static_cast<std::size_t>(row * map.width), static_cast<std::size_t>(map.width))) {
      if (cost > most) cost = kFar;
    }
  });
}

std::int64_t cost_bytes(std::int64_t cells) { return 2 * static_cast<std::int64_t>(sizeof(double)) * cells; }

}  // namespace urbiome
