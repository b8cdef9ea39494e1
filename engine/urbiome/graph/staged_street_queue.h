// Nodes that wait in a search from many places at once, stage by stage of a metre: for graph's own sources.
//
// What waits is spread over the whole map. Only the next stage is kept in order, in a heap that fits in a core's cache;
// what is farther lies in boxes by length. Nodes come out in the order of their lengths all the same.
//
//   while (queue.next_stage()) {
//     for (const StreetQueue::Waiting& entry : queue.stage()) ...   // as it begins, in no order
//     while (!queue.stage_is_done()) queue.pop();                   // push() what follows: nothing nearer
//   }
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/graph/street_queue.h"

namespace urbiome {

class StagedStreetQueue {
 public:
  StagedStreetQueue() : boxes_(kBoxes) {}

  // Not before the stage that is at work.
  void push(const StreetQueue::Waiting& entry) {
    const auto box = static_cast<std::uint64_t>(entry.length - begin_) / kStage;
    if (box < box_)
      heap_.push(entry);
    else if (box < kBoxes)
      boxes_[box].push_back(entry);
    else
      far_.push_back(entry);
  }

  // Goes on to the next stage; false when nothing waits. The one before must be done.
  bool next_stage() {
    for (; box_ < kBoxes; ++box_) {
      if (boxes_[box_].empty()) continue;
      stage_.clear();
      stage_.swap(boxes_[box_++]);
      for (const StreetQueue::Waiting& entry : stage_) heap_.push(entry);
      return true;
    }
    if (far_.empty()) return false;
    begin_ = std::ranges::min(far_, {}, &StreetQueue::Waiting::length).length;
    box_ = 0;
    std::vector<StreetQueue::Waiting> waiting;
    waiting.swap(far_);
    for (const StreetQueue::Waiting& entry : waiting) push(entry);
    return next_stage();
  }

  std::span<const StreetQueue::Waiting> stage() const { return stage_; }
  bool stage_is_done() const { return heap_.empty(); }
  StreetQueue::Waiting pop() { return heap_.pop(); }

 private:
  static constexpr std::uint64_t kStage = static_cast<std::uint64_t>(kLengthsPerMetre);
  static constexpr std::size_t kBoxes = 4096;

  StreetLength begin_ = 0;  // of the first box
  std::size_t box_ = 0;     // the next one; what is before it lies in the heap
  StreetQueue heap_;
  std::vector<StreetQueue::Waiting> stage_, far_;
  std::vector<std::vector<StreetQueue::Waiting>> boxes_;
};

}  // namespace urbiome
