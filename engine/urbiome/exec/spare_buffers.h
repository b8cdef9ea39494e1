// Buffers that go round between those who fill and those who empty them, so that memory is asked for once and not for
// every band: what comes and goes in large pieces leaves holes.
//
//   SpareBuffers<double> spare;
//   std::vector<double> out = spare.take(cells);     // what it holds is left from before
//   spare.give(std::move(out));
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace urbiome {

template <class T>
class SpareBuffers {
 public:
  std::vector<T> take(std::size_t size) {
    std::vector<T> buffer;
    {
      const std::lock_guard lock(mutex_);
      if (!spare_.empty()) {
        buffer = std::move(spare_.back());
        spare_.pop_back();
      }
    }
    buffer.resize(size);
    return buffer;
  }
  void give(std::vector<T>&& buffer) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(buffer));
  }

 private:
  std::mutex mutex_;
  std::vector<std::vector<T>> spare_;
};

}  // namespace urbiome
