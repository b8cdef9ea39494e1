#include "urbiome/exec/executor.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <limits>
#include <mutex>

#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include "urbiome/exec/hand_over.h"

namespace urbiome {
namespace {

constexpr std::int64_t kTargetTileCells = kJoinedTileCells;

// The failure of the smallest item: items before it still run, so the same input always gives the same message.
class FirstFailure {
 public:
  bool before_failure(std::int64_t item) const { return item < item_.load(std::memory_order_relaxed); }
  void record(std::int64_t item) {
    const std::lock_guard lock(mutex_);
    if (item >= item_.load(std::memory_order_relaxed)) return;
    item_.store(item, std::memory_order_relaxed);
    error_ = std::current_exception();
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::atomic<std::int64_t> item_{std::numeric_limits<std::int64_t>::max()};
  std::exception_ptr error_;
  std::mutex mutex_;
};

class ProgressMeter {
 public:
  ProgressMeter(const ExecutionSettings& settings, std::string_view phase, std::int64_t count)
      : settings_(settings), phase_(phase), count_(count), step_(std::max<std::int64_t>(count / 200, 1)) {
    if (settings_.progress) settings_.progress(phase_, count_ == 0 ? 1.0 : 0.0);
  }
  void advance() {
    if (!settings_.progress) return;
    const std::int64_t done = done_.fetch_add(1) + 1;
    if (done % step_ != 0 && done != count_) return;
    const std::lock_guard lock(mutex_);
    if (done <= shown_) return;
    shown_ = done;
    settings_.progress(phase_, static_cast<double>(done) / static_cast<double>(count_));
  }

 private:
  const ExecutionSettings& settings_;
  std::string phase_;
  std::int64_t count_, step_, shown_ = 0;
  std::atomic<std::int64_t> done_{0};
  std::mutex mutex_;
};

Error too_much(std::string_view what, std::int64_t bytes, std::int64_t limit) {
  constexpr double kMiB = 1024.0 * 1024.0;
  return Error(
      ErrorCode::memory, fmt::format("{} takes {:.0f} MiB in all", what, static_cast<double>(bytes) / kMiB),
      fmt::format("at most {:.0f} MiB (--memory) with a quarter to spare", static_cast<double>(limit) / kMiB),
      "give more memory, or cut the data to the city and its surroundings (gdal_translate -projwin, osmium extract)");
}

}  // namespace

MemoryBudget::MemoryBudget(std::int64_t bytes) : limit_(bytes), resident_at_first_(resident_memory_bytes()) {}

void MemoryBudget::reserve(std::int64_t bytes, std::string_view what) {
  const std::int64_t used = used_.fetch_add(bytes) + bytes;
  if (used <= limit_) return check(what);
  used_ -= bytes;
  throw too_much(what, used, limit_);
}

void MemoryBudget::check(std::string_view what, std::int64_t to_come) const {
  // A quarter is kept for what comes between two checks.
  const std::int64_t grown = resident_memory_bytes() - resident_at_first_, most = limit_ - limit_ / 4;
  if (grown + to_come > most) throw too_much(what, grown + to_come, limit_);
}

namespace {

template <class Source>
std::vector<Window> tiles_along(const Source& source, const Window& area, std::int64_t tile_size, std::int64_t cells) {
  std::vector<Window> tiles;
  if (area.empty()) return tiles;
  std::int64_t tile_rows = tile_size, tile_cols = tile_size;
  if (tile_size <= 0) {
    // Whole blocks, wide rather than tall: rows are what kernels walk along.
    tile_rows = std::max<std::int64_t>(source.block_rows(), 1);
    tile_cols = std::max<std::int64_t>(source.block_cols(), 1);
    if (tile_rows < 64) tile_rows *= (64 + tile_rows - 1) / tile_rows;
    const std::int64_t fit = std::max<std::int64_t>(cells / (tile_rows * tile_cols), 1);
    tile_cols *= fit;
    while (tile_rows * std::min(tile_cols, area.cols) > 16 * kTargetTileCells && tile_rows > 64) tile_rows /= 2;
  }
  const bool one_column =
      tile_size <= 0 && 2 * tile_cols > area.cols;  // strips: a second column would decode them again
  if (one_column) tile_cols = area.cols;
  const std::int64_t first_row = area.row - area.row % tile_rows;
  const std::int64_t first_col = one_column ? area.col : area.col - area.col % tile_cols;
  for (std::int64_t row = first_row; row < area.row_end(); row += tile_rows) {
    for (std::int64_t col = first_col; col < area.col_end(); col += tile_cols) {
      tiles.push_back(intersection(Window{row, col, tile_rows, tile_cols}, area));
    }
  }
  return tiles;
}

}  // namespace

std::vector<Window> tiles_of(const TileSource& source, const Window& area, std::int64_t tile_size, std::int64_t cells) {
  return tiles_along(source, area, tile_size, cells);
}

std::vector<Window> tiles_of(const ValueSource& source, const Window& area, std::int64_t tile_size,
                             std::int64_t cells) {
  return tiles_along(source, area, tile_size, cells);
}

std::vector<Band> bands_of(const TileSource& source, const Window& area, std::int64_t halo_rows,
                           std::int64_t bytes_per_cell, const Executor& executor) {
  // A raster of one block is decoded once for all bands in it, where the budget holds its cells: all threads have work.
  const Grid& grid = source.grid();
  const bool one_block = source.block_rows() >= grid.height && grid.cells() <= executor.shared_bytes();
  return bands_of(one_block ? 1 : source.block_rows(), area, halo_rows, bytes_per_cell, executor);
}

std::vector<Band> bands_of(std::int64_t block_rows, const Window& area, std::int64_t halo_rows,
                           std::int64_t bytes_per_cell, const Executor& executor) {
  std::vector<Band> bands;
  if (area.empty()) return bands;
  const std::int64_t block = std::max<std::int64_t>(block_rows, 1);
  // What is counted of a band fits 32 bits.
  const std::int64_t most_rows =
      std::max<std::int64_t>((std::int64_t{1} << 31) / std::max<std::int64_t>(area.cols, 1), 1);
  std::int64_t rows = std::min(executor.settings().tile_size, most_rows);
  if (rows <= 0) {
    // High enough that halo rows and seams cost little, low enough for the budget and for all threads to have work.
    const std::int64_t at_once = executor.most_waiting() * std::max<std::int64_t>(bytes_per_cell, 1) * area.cols;
    const std::int64_t affordable = std::max<std::int64_t>(executor.memory().limit() / 4 / at_once - 2 * halo_rows, 1);
    const std::int64_t wanted = std::max(4 * kTargetTileCells / area.cols, 4 * halo_rows);
    rows = std::clamp<std::int64_t>(wanted, 1, affordable);
    if (block <= rows) rows -= rows % block;
    if (block > rows && block <= affordable) rows = block;
  }
  for (std::int64_t row = area.row - area.row % rows; row < area.row_end(); row += rows) {
    const Window core = intersection({row, area.col, rows, area.cols}, area);
    std::int64_t first = core.row - halo_rows, last = core.row_end() + halo_rows;
    if (halo_rows > 0 && block <= rows) {  // whole blocks are decoded straight into place
      first = first >= 0 ? first - first % block : 0;
      last = (last + block - 1) / block * block;
    }
    bands.push_back({core, intersection({first, area.col, last - first, area.cols}, area)});
  }
  return bands;
}

std::int64_t resident_memory_bytes() {
#if defined(URBIOME_THREAD_SANITIZER) || defined(URBIOME_ADDRESS_SANITIZER)
  return 0;  // most of it is the sanitizer's own
#endif
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"), std::fclose);
  long long size = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lld %lld", &size, &resident) != 2) return 0;
  return static_cast<std::int64_t>(resident) * sysconf(_SC_PAGE_SIZE);
}

std::int64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

std::int64_t machine_memory_bytes() {
  return static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
}

struct Executor::Pool {
  explicit Pool(int threads)
      : allow(oneapi::tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        arena(threads) {}
  oneapi::tbb::global_control allow;  // so that more threads than cores can be asked for
  oneapi::tbb::task_arena arena;
};

Executor::Executor(ExecutionSettings settings)
    : settings_(std::move(settings)),
      threads_(settings_.threads > 0 ? settings_.threads : oneapi::tbb::info::default_concurrency()),
      memory_(settings_.memory_bytes > 0 ? settings_.memory_bytes : machine_memory_bytes() / 4),
      pool_(std::make_unique<Pool>(threads_)) {}

Executor::~Executor() = default;

void Executor::throw_if_cancelled() const {
  const CancelScope scope(settings_.cancel);
  stop_if_cancelled();
}

namespace {

// work(item) for 0 <= item < count on the arena's threads, which know the token; it must not throw.
template <class Work>
void on_threads(oneapi::tbb::task_arena& arena, int threads, const CancelToken* cancel, std::int64_t count,
                const Work& work) {
  using Range = oneapi::tbb::blocked_range<std::int64_t>;
  HandOver start, end;                                             // from the caller to the threads, and back
  std::vector<HandOver> slots(static_cast<std::size_t>(threads));  // from a slot's work to its next
  const auto some = [&](const Range& range) {
    HandOver& slot = slots[static_cast<std::size_t>(oneapi::tbb::this_task_arena::current_thread_index())];
    slot.take();
    const CancelScope scope(cancel);
    for (std::int64_t item = range.begin(); item < range.end(); ++item) work(item);
    slot.give();
    end.give();
  };
  start.give();
  arena.execute(
      [&] { oneapi::tbb::parallel_for(Range(0, count, 1), Handed(some, start), oneapi::tbb::simple_partitioner()); });
  end.take();
}

}  // namespace

// What the system tells about memory takes longer to ask for than a small tile takes to compute.
void Executor::check_memory(std::string_view phase) {
  constexpr std::int64_t kEvery = 5'000'000;  // nanoseconds
  const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  std::int64_t due = next_check_.load(std::memory_order_relaxed);
  if (now >= due && next_check_.compare_exchange_strong(due, now + kEvery, std::memory_order_relaxed))
    memory_.check(phase);
}

void Executor::items(std::int64_t count, std::string_view phase, const std::function<void(std::int64_t)>& body) {
  FirstFailure failure;
  ProgressMeter meter(settings_, phase, count);
  on_threads(pool_->arena, threads_, settings_.cancel, count, [&](std::int64_t item) {
    if (!failure.before_failure(item)) return;
    try {
      stop_if_cancelled();
      check_memory(phase);
      body(item);
    } catch (...) {
      failure.record(item);
    }
    meter.advance();
  });
  failure.rethrow();
}

void Executor::parts(std::int64_t count, std::string_view what, const std::function<void(std::int64_t)>& body) {
  throw_if_cancelled();
  memory_.check(what);
  FirstFailure failure;
  on_threads(pool_->arena, threads_, settings_.cancel, count, [&](std::int64_t item) {
    if (!failure.before_failure(item)) return;
    try {
      stop_if_cancelled();
      body(item);
    } catch (...) {
      failure.record(item);
    }
  });
  failure.rethrow();
}

void Executor::for_each_tile(const TileSource& source, const std::vector<Window>& windows, std::string_view phase,
                             const std::function<void(int, const Window&, std::span<const ClassIndex>)>& body) {
  TileSeats seats(*this, source);
  items(static_cast<std::int64_t>(windows.size()), phase, [&](std::int64_t item) {
    const Window& window = windows[static_cast<std::size_t>(item)];
    const int slot = current_slot();
    body(slot, window, seats.read(slot, window));
  });
}

int Executor::current_slot() const { return oneapi::tbb::this_task_arena::current_thread_index(); }

std::int64_t Executor::shared_bytes(const TileSource& source, const std::vector<Band>& bands) const {
  const SharedRows shared(source, shared_bytes(), threads_);
  const bool parts = std::ranges::any_of(bands, [&](const Band& band) { return !shared.whole_blocks(band.read); });
  return parts ? shared.bytes() : 0;
}

std::optional<ClassIndex> Executor::TileSeats::constant(int slot, const Window& window) {
  Seat& seat = seats_[static_cast<std::size_t>(slot)];
  if (!seat.reader) seat.reader = source_.open();
  return seat.reader->constant(window);
}

std::span<const ClassIndex> Executor::TileSeats::read(int slot, const Window& window) {
  Seat& seat = seats_[static_cast<std::size_t>(slot)];
  if (!seat.reader) seat.reader = source_.open();
  const auto size = static_cast<std::size_t>(window.cells());
  if (seat.cells.size() < size) seat.cells.resize(size);
  const std::span<ClassIndex> cells(seat.cells.data(), size);
  shared_.read(*seat.reader, window, cells);
  return cells;
}

std::optional<ClassIndex> Executor::BandCells::constant() const { return seats_.constant(slot_, window_); }
std::span<const ClassIndex> Executor::BandCells::read() const { return seats_.read(slot_, window_); }

void Executor::run_in_order(std::int64_t count, std::string_view phase, const std::function<void(std::int64_t)>& make,
                            const std::function<void(std::int64_t)>& emit) {
  namespace tbb = oneapi::tbb;
  FirstFailure failure;
  ProgressMeter meter(settings_, phase, count);
  std::int64_t next = 0;
  HandOver start, end, taken, emitted, taking;
  std::vector<HandOver> slots(static_cast<std::size_t>(threads_)), made(static_cast<std::size_t>(most_waiting()));
  const auto guarded = [&](std::int64_t item, const std::function<void(std::int64_t)>& work) {
    if (!failure.before_failure(item)) return;
    const CancelScope scope(settings_.cancel);
    try {
      stop_if_cancelled();
      check_memory(phase);
      work(item);
    } catch (...) {
      failure.record(item);
    }
  };
  const auto take = [&](tbb::flow_control& flow) -> std::int64_t {
    taking.take();
    emitted.take();  // of the item whose place this one gets
    if (next == count || !failure.before_failure(next)) flow.stop();
    const std::int64_t item = next++;
    taking.give();
    taken.give();
    end.give();
    return item;
  };
  const auto compute = [&](std::int64_t item) {
    taken.take();
    HandOver& slot = slots[static_cast<std::size_t>(current_slot())];
    slot.take();
    guarded(item, make);
    slot.give();
    made[static_cast<std::size_t>(item) % made.size()].give();
    end.give();
    return item;
  };
  const auto pass_on = [&](std::int64_t item) {
    made[static_cast<std::size_t>(item) % made.size()].take();
    emitted.take();  // one at a time
    guarded(item, emit);
    meter.advance();
    emitted.give();
    end.give();
  };
  start.give();
  pool_->arena.execute([&] {
    tbb::parallel_pipeline(
        static_cast<std::size_t>(most_waiting()),
        tbb::make_filter<void, std::int64_t>(tbb::filter_mode::serial_in_order, Handed(take, start)) &
            tbb::make_filter<std::int64_t, std::int64_t>(tbb::filter_mode::parallel, Handed(compute, start)) &
            tbb::make_filter<std::int64_t, void>(tbb::filter_mode::serial_in_order, Handed(pass_on, start)));
  });
  end.take();
  failure.rethrow();
}

}  // namespace urbiome
