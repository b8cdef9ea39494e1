// Tells ThreadSanitizer that one thread hands memory over to another; without the sanitizer it is nothing.
//
// The distribution's oneTBB is not instrumented: the sanitizer sees our code on both sides of it, but not the
// synchronisation inside, and would call every hand-over through it a race. exec names these hand-overs, one by one as
// oneTBB documents them, instead of silencing whatever runs on its threads; real races in our code still show.
//
//   HandOver start;
//   start.give();       // the thread that has written
//   start.take();       // the thread that goes on; it may now read what was written before give()
#pragma once

#include <utility>

#if defined(__SANITIZE_THREAD__)
#define URBIOME_THREAD_SANITIZER 1
#elif defined(__SANITIZE_ADDRESS__)
#define URBIOME_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define URBIOME_THREAD_SANITIZER 1
#elif __has_feature(address_sanitizer)
#define URBIOME_ADDRESS_SANITIZER 1
#endif
#endif

#if defined(URBIOME_THREAD_SANITIZER)
extern "C" {
void __tsan_acquire(void* address);  // of the sanitizer's run-time library
void __tsan_release(void* address);
}
#endif

namespace urbiome {

class HandOver {
 public:
#if defined(URBIOME_THREAD_SANITIZER)
  void give() { __tsan_release(&place_); }
  void take() { __tsan_acquire(&place_); }

 private:
  char place_ = 0;
#else
  void give() {}
  void take() {}
#endif
};

// What oneTBB may copy into its tasks instead of the work itself: a pointer to it, and to the place where the caller
// handed it over. Its threads copy tasks among themselves before any of our code runs, so these pointers are all that
// they pass on unseen (tests/sanitizers/tsan.supp).
template <class Work>
class Handed {
 public:
  Handed(const Work& work, HandOver& start) : work_(&work), start_(&start) {}
  template <class... Arguments>
  decltype(auto) operator()(Arguments&&... arguments) const {
    start_->take();
    return (*work_)(std::forward<Arguments>(arguments)...);
  }

 private:
  const Work* work_;
  HandOver* start_;
};

}  // namespace urbiome
