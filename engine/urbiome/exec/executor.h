// Work over tiles and items on threads, within a memory budget, with progress and cancel: the only door to oneTBB.
//
// Partial results are merged in tile order at the end of a phase, so whatever merges is repeatable; facts are
// integers all the same. The library never prints: progress goes to a function that the caller gives.
//
//   Executor executor({.threads = 2, .memory_bytes = 512 << 20});
//   ClassTally tally = executor.tiles(source, tiles, "class areas",
//       [&] { return ClassTally(n, k); },
//       [&](ClassTally& t, const Window& w, std::span<const ClassIndex> cells) { t.consume(w, cells, regions, areas);
//       });
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "urbiome/base/error.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

// Set from a signal handler or another thread; work stops at the next tile with Error{cancelled}.
class CancelToken {
 public:
  void cancel() noexcept { flag_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return flag_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> flag_{false};
};

struct ExecutionSettings {
  int threads = 0;                // 0: all cores
  std::int64_t memory_bytes = 0;  // 0: a quarter of the machine
  std::int64_t tile_size = 0;     // cells per side; 0: from the file's blocks
  const CancelToken* cancel = nullptr;
  // Called now and then with the phase's name and the share done (0..1), from one thread at a time.
  std::function<void(std::string_view phase, double done)> progress;
};

// What a run may take. Large tables are announced with reserve(), best before they are made; check() looks at what the
// process really holds beyond what it held at first. Both throw Error{memory} with the figure and the remedy.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::int64_t bytes);
  void reserve(std::int64_t bytes, std::string_view what);
  void check(std::string_view what, std::int64_t to_come = 0) const;  // `to_come`: what is about to be made for a while
  void release(std::int64_t bytes) { used_ -= bytes; }
  std::int64_t limit() const { return limit_; }
  std::int64_t used() const { return used_; }

 private:
  std::int64_t limit_, resident_at_first_;
  std::atomic<std::int64_t> used_{0};
};

// Rectangles that cover `area` of the source, row-major, aligned to multiples of its blocks (or `tile_size` cells per
// side when > 0).
std::vector<Window> tiles_of(const TileSource& source, const Window& area, std::int64_t tile_size);

// Resident memory of this process now (0 where the system does not tell), and its peak so far, bytes.
std::int64_t resident_memory_bytes();
std::int64_t peak_memory_bytes();
std::int64_t machine_memory_bytes();

class Executor {
 public:
  explicit Executor(ExecutionSettings settings);
  ~Executor();

  int threads() const { return threads_; }
  MemoryBudget& memory() { return memory_; }
  const ExecutionSettings& settings() const { return settings_; }
  void throw_if_cancelled() const;

  // Calls body(i) for 0 <= i < count on the threads; exceptions of the smallest failing index are rethrown.
  void items(std::int64_t count, std::string_view phase, const std::function<void(std::int64_t)>& body);

  // Reads each tile once and hands it to `consume(partial, window, cells)`; each thread has its own partial. The
  // partials must have `merge`; the merged one is returned.
  template <class Make, class Consume>
  auto tiles(const TileSource& source, const std::vector<Window>& windows, std::string_view phase, Make make,
             Consume consume) {
    using Partial = decltype(make());
    std::vector<std::unique_ptr<Partial>> partials(static_cast<std::size_t>(threads_));
    for_each_tile(source, windows, phase, [&](int slot, const Window& window, std::span<const ClassIndex> cells) {
      auto& partial = partials[static_cast<std::size_t>(slot)];
      if (!partial) partial = std::make_unique<Partial>(make());
      consume(*partial, window, cells);
    });
    Partial result = make();
    for (const auto& partial : partials) {
      if (partial) result.merge(*partial);
    }
    return result;
  }

  // As above with the thread's slot (0 .. threads()-1) instead of a partial.
  void for_each_tile(const TileSource& source, const std::vector<Window>& windows, std::string_view phase,
                     const std::function<void(int slot, const Window&, std::span<const ClassIndex>)>& body);

 private:
  ExecutionSettings settings_;
  int threads_;
  MemoryBudget memory_;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace urbiome
