// Nodes that wait in a search, the nearest first: for graph's own sources.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "urbiome/graph/street_graph.h"

namespace urbiome {

// A heap of four children: half as deep as one of two, and the four lie in one cache line.
class StreetQueue {
 public:
  struct Waiting {
    StreetLength length;
    std::uint32_t node;
  };

  bool empty() const { return heap_.empty(); }
  void clear() { heap_.clear(); }
  void push(const Waiting& entry) {
    heap_.push_back(entry);
    std::size_t i = heap_.size() - 1;
    for (; i > 0 && entry.length < heap_[(i - 1) / 4].length; i = (i - 1) / 4) heap_[i] = heap_[(i - 1) / 4];
    heap_[i] = entry;
  }
  Waiting pop() {
    const Waiting least = heap_.front(), last = heap_.back();
    heap_.pop_back();
    if (heap_.empty()) return least;
    std::size_t i = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 4 * i + 1) {
      const std::size_t end = std::min(child + 4, heap_.size());
      std::size_t smallest = child;
      for (std::size_t c = child + 1; c < end; ++c) {
        if (heap_[c].length < heap_[smallest].length) smallest = c;
      }
      if (heap_[smallest].length >= last.length) break;
      heap_[i] = heap_[smallest];
      i = smallest;
    }
    heap_[i] = last;
    return least;
  }

 private:
  std::vector<Waiting> heap_;
};

}  // namespace urbiome
