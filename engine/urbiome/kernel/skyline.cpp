#include "urbiome/kernel/skyline.h"

namespace urbiome {

void Skyline::lay(std::int64_t row, std::span<const Run> runs, std::span<const std::int32_t> nodes,
                  std::int64_t keep_first, std::int64_t keep_last) {
  next_.clear();
  std::size_t i = 0;
  const bool kept = row >= keep_first && row <= keep_last;
  const auto put_run = [&] {
    if (kept)
      next_.push_back({runs[i].begin, runs[i].end, static_cast<std::int32_t>(row), nodes.empty() ? 0 : nodes[i]});
    ++i;
  };
  for (const SeenRun& old : seen_) {
    if (old.row < keep_first || old.row > keep_last) continue;
    std::int32_t at = old.begin;
    while (at < old.end) {
      while (i < runs.size() && runs[i].end <= at) put_run();
      if (i == runs.size() || runs[i].begin >= old.end) {
        next_.push_back({at, old.end, old.row, old.node});
        break;
      }
      if (runs[i].begin > at) next_.push_back({at, runs[i].begin, old.row, old.node});
      at = runs[i].end;
    }
  }
  while (i < runs.size()) put_run();
  seen_.swap(next_);
}

}  // namespace urbiome
