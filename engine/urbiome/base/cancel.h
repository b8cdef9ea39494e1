// Stopping on request: a flag that another thread or a signal sets, and how long work learns of it.
//
// An Executor looks at its token before every item. What takes long within one, or outside (the features of a reader,
// the rows of a writer, an overlay of polygons), asks for the token of the thread that it runs on:
//
//   const CancelScope scope(&token);   // until the end of the block; an Executor opens one on each of its threads
//   for (const Feature& feature : features) {
//     stop_if_cancelled();             // throws Error{cancelled}
//     ...
//   }
#pragma once

#include <atomic>

namespace urbiome {

class CancelToken {
 public:
  void cancel() noexcept { flag_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return flag_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> flag_{false};
};

// Makes a token that of this thread; without one (nullptr) that of the scope around it stays.
class CancelScope {
 public:
  explicit CancelScope(const CancelToken* token) noexcept;
  ~CancelScope();
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;

 private:
  const CancelToken* before_;
};

inline constexpr const char* kStopped = "stopped on request; nothing was written";

bool cancelled() noexcept;  // of this thread's token; false without one
void stop_if_cancelled();   // Error{cancelled} with these words

}  // namespace urbiome
