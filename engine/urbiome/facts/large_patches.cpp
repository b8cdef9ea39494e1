#include "urbiome/facts/large_patches.h"

namespace urbiome {

std::span<const std::int32_t> LargePatches::add_row(std::int64_t row, std::span<const Run> runs,
                                                    std::span<const std::int64_t> areas) {
  if (first_run_.empty()) first_row_ = row;
  first_run_.push_back(runs_);
  const std::span<const std::int32_t> nodes = patches_.add_row(row, runs, areas);
  const auto count = static_cast<std::int64_t>(runs.size());
  bits_.resize(static_cast<std::size_t>((runs_ + count + 63) / 64), 0);
  for (const std::int32_t node : nodes) {
    if (least_ == surely_ && patches_.at(patches_.find(node)).area >= least_) {
      set(runs_);
    } else {
      pending_.push_back({runs_, node});
    }
    ++runs_;
  }
  return nodes;
}

void LargePatches::decide_pending(std::span<const std::int32_t> remap) {
  std::size_t kept = 0;
  for (const Pending& entry : pending_) {
    const std::int32_t node = remap[static_cast<std::size_t>(entry.node)];
    const bool open = node >= 0;
    const bool large =
        open ? patches_.at(node).area >= surely_ : closed_large_[static_cast<std::size_t>(entry.node)] != 0;
    if (large) {
      set(entry.run);
    } else if (open) {
      pending_[kept++] = {entry.run, node};
    }
  }
  pending_.resize(kept);
}

void LargePatches::Reader::keep(std::span<const Run> runs, std::vector<Run>& kept) {
  for (const Run& run : runs) {
    if (of_.is_set(next_++)) kept.push_back(run);
  }
}

std::int64_t LargePatches::bytes() const {
  return patches_.bytes() +
         static_cast<std::int64_t>(first_run_.capacity() * sizeof(std::int64_t) +
                                   bits_.capacity() * sizeof(std::uint64_t) + pending_.capacity() * sizeof(Pending));
}

}  // namespace urbiome
