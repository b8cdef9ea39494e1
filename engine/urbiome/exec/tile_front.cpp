#include "urbiome/exec/tile_front.h"

#include <limits>

namespace urbiome {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

TileFront::TileFront(std::int64_t rows, std::int64_t cols)
    : rows_(rows),
      cols_(cols),
      due_(static_cast<std::size_t>(rows * cols), kNever),
      busy_(due_.size(), 0),
      seen_(due_.size(), 0) {}

template <class Call>
void TileFront::for_each_neighbour(std::int64_t tile, const Call& call) const {
  const std::int64_t row = tile / cols_, col = tile % cols_;
  for (std::size_t side = 0; side < 9; ++side) {
    const std::int64_t to_row = row + static_cast<std::int64_t>(side) / 3 - 1;
    const std::int64_t to_col = col + static_cast<std::int64_t>(side) % 3 - 1;
    if (side == 4 || to_row < 0 || to_row >= rows_ || to_col < 0 || to_col >= cols_) continue;
    call(to_row * cols_ + to_col, side);
  }
}

void TileFront::offer(std::int64_t tile, double due) {
  double& waits = due_[static_cast<std::size_t>(tile)];
  if (!(due < waits)) return;
  waits = due;
  queue_.push({due, tile});
}

std::optional<std::int64_t> TileFront::take(double most) {
  while (!queue_.empty() && queue_.top().due <= most) {
    const Waiting next = queue_.top();
    queue_.pop();
    const auto tile = static_cast<std::size_t>(next.tile);
    if (next.due != due_[tile]) continue;
    bool beside_busy = false;
    for_each_neighbour(next.tile, [&](std::int64_t to, std::size_t) {
      beside_busy = beside_busy || busy_[static_cast<std::size_t>(to)] != 0;
    });
    if (beside_busy) {
      held_.push_back(next);
      continue;
    }
    due_[tile] = kNever;
    busy_[tile] = 1;
    if (seen_[tile] == 0) ++visited_;
    seen_[tile] = 1;
    return next.tile;
  }
  return {};
}

void TileFront::give_back(std::int64_t tile, const Offers& offers) {
  busy_[static_cast<std::size_t>(tile)] = 0;
  for (const Waiting& waiting : held_) queue_.push(waiting);
  held_.clear();
  for_each_neighbour(tile, [&](std::int64_t to, std::size_t side) { offer(to, offers[side]); });
}

void TileFront::run(Executor& executor, std::string_view phase, double most,
                    const std::function<Offers(std::int64_t)>& visit) {
  std::int64_t at_work = 0, to_tell = 0;
  const auto work = [&](std::unique_lock<std::mutex>& lock) {
    while (!failed_) {
      executor.throw_if_cancelled();
      const std::optional<std::int64_t> tile = take(most);
      if (!tile) {
        if (at_work == 0) break;
        changed_.wait(lock);
        continue;
      }
      if (visited_ >= to_tell) {
        executor.tell(phase, static_cast<double>(visited_) / static_cast<double>(due_.size()));
        to_tell = visited_ + static_cast<std::int64_t>(due_.size()) / 200 + 1;
      }
      ++at_work;
      lock.unlock();
      const Offers offers = visit(*tile);
      lock.lock();
      --at_work;
      give_back(*tile, offers);
      changed_.notify_all();
    }
    changed_.notify_all();
  };
  executor.parts(executor.threads(), phase, [&](std::int64_t) {
    std::unique_lock lock(mutex_);
    try {
      work(lock);
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      failed_ = true;
      changed_.notify_all();
      throw;
    }
  });
  executor.tell(phase, 1);
}

}  // namespace urbiome
