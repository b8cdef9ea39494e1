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
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "urbiome/base/cancel.h"
#include "urbiome/base/error.h"
#include "urbiome/exec/shared_rows.h"
#include "urbiome/raster/tile_source.h"
#include "urbiome/raster/value_source.h"

namespace urbiome {

struct ExecutionSettings {
  int threads = 0;                      // 0: all cores
  std::int64_t memory_bytes = 0;        // 0: a quarter of the machine
  std::int64_t tile_size = 0;           // cells per side; 0: from the file's blocks
  std::string scratch_folder;           // for tables that outgrow memory_bytes; empty: the system's temporary folder
  const CancelToken* cancel = nullptr;  // work stops at the next item with Error{cancelled}
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
// side when > 0). They have about `cells` cells: a million where tiles have edges to be joined, few enough to stay in a
// core's own cache where they have none.
inline constexpr std::int64_t kJoinedTileCells = 1 << 20, kLooseTileCells = 1 << 18;
std::vector<Window> tiles_of(const TileSource& source, const Window& area, std::int64_t tile_size,
                             std::int64_t cells = kJoinedTileCells);
std::vector<Window> tiles_of(const ValueSource& source, const Window& area, std::int64_t tile_size,
                             std::int64_t cells = kJoinedTileCells);

// A stretch of whole rows: `core` is computed, `read` is what has to be seen for it (more rows above and below, as many
// as it takes to decode whole blocks; the same columns).
struct Band {
  Window core, read;
};

class Executor;

// Bands from top to bottom that cover `area`. `halo_rows` above and below each core are in its `read`, cut at the area.
// Heights follow the source's blocks and the budget: the cells of all bands at work at once, at `bytes_per_cell` each,
// stay below a quarter of it. With tile_size > 0 in the settings cores have that many rows. Results must not depend on
// them.
std::vector<Band> bands_of(const TileSource& source, const Window& area, std::int64_t halo_rows,
                           std::int64_t bytes_per_cell, const Executor& executor);
// The same for a file whose blocks have `block_rows` rows, such as that of a ValueSource.
std::vector<Band> bands_of(std::int64_t block_rows, const Window& area, std::int64_t halo_rows,
                           std::int64_t bytes_per_cell, const Executor& executor);

// Resident memory of this process now (0 where the system does not tell), and its peak so far, bytes.
std::int64_t resident_memory_bytes();
std::int64_t peak_memory_bytes();
std::int64_t machine_memory_bytes();

class Executor {
  class TileSeats;

 public:
  // The cells of a band, for work on the thread that it is handed to.
  class BandCells {
   public:
    std::optional<ClassIndex> constant() const;  // as TileReader has it
    std::span<const ClassIndex> read() const;

   private:
    friend class Executor;
    BandCells(TileSeats& seats, int slot, const Window& window) : seats_(seats), slot_(slot), window_(window) {}
    TileSeats& seats_;
    int slot_;
    const Window& window_;
  };

  explicit Executor(ExecutionSettings settings);
  ~Executor();

  int threads() const { return threads_; }
  MemoryBudget& memory() { return memory_; }
  const MemoryBudget& memory() const { return memory_; }
  const ExecutionSettings& settings() const { return settings_; }
  void throw_if_cancelled() const;

  // Calls body(i) for 0 <= i < count on the threads; exceptions of the smallest failing index are rethrown.
  void items(std::int64_t count, std::string_view phase, const std::function<void(std::int64_t)>& body);

  // The same without progress, for a small part of a phase that has its own; `what` names what it holds in errors.
  void parts(std::int64_t count, std::string_view what, const std::function<void(std::int64_t)>& body);
  // Progress of a phase made of parts.
  void tell(std::string_view phase, double done) const {
    if (settings_.progress) settings_.progress(phase, done);
  }

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

  // The same where consume_constant(partial, window, class) takes tiles of one class that need not be decoded.
  template <class Make, class Consume, class ConsumeConstant>
  auto tiles(const TileSource& source, const std::vector<Window>& windows, std::string_view phase, Make make,
             Consume consume, ConsumeConstant consume_constant) {
    using Partial = decltype(make());
    std::vector<std::unique_ptr<Partial>> partials(static_cast<std::size_t>(threads_));
    TileSeats seats(*this, source);
    items(static_cast<std::int64_t>(windows.size()), phase, [&](std::int64_t item) {
      const Window& window = windows[static_cast<std::size_t>(item)];
      const int slot = current_slot();
      auto& partial = partials[static_cast<std::size_t>(slot)];
      if (!partial) partial = std::make_unique<Partial>(make());
      const std::optional<ClassIndex> constant = seats.constant(slot, window);
      if (constant) {
        consume_constant(*partial, window, *constant);
      } else {
        consume(*partial, window, seats.read(slot, window));
      }
    });
    Partial result = make();
    for (const auto& partial : partials) {
      if (partial) result.merge(*partial);
    }
    return result;
  }

  // make(i) for 0 <= i < count on the threads; emit(i, result) for one i at a time in ascending order, so that what is
  // written comes out the same for any number of threads. At most twice as many results as threads wait.
  template <class Make, class Emit>
  void in_order(std::int64_t count, std::string_view phase, Make make, Emit emit) {
    using Result = decltype(make(std::int64_t{0}));
    std::vector<std::optional<Result>> waiting(static_cast<std::size_t>(most_waiting()));
    const auto place = [&](std::int64_t item) -> std::optional<Result>& {
      return waiting[static_cast<std::size_t>(item) % waiting.size()];
    };
    run_in_order(
        count, phase, [&](std::int64_t item) { place(item).emplace(make(item)); },
        [&](std::int64_t item) {
          emit(item, std::move(*place(item)));
          place(item).reset();
        });
  }

  // The same over bands of land cover: make(slot, band, cells) with the class indexes of band.read, emit(band, result).
  template <class Make, class Emit>
  void bands_in_order(const TileSource& source, const std::vector<Band>& bands, std::string_view phase, Make make,
                      Emit emit) {
    undecoded_bands_in_order(
        source, bands, phase,
        [&](int slot, const Band& band, BandCells cells) { return make(slot, band, cells.read()); }, emit);
  }

  // The same where make(slot, band, cells) decodes a band only if it needs to.
  template <class Make, class Emit>
  void undecoded_bands_in_order(const TileSource& source, const std::vector<Band>& bands, std::string_view phase,
                                Make make, Emit emit) {
    TileSeats seats(*this, source);
    in_order(
        static_cast<std::int64_t>(bands.size()), phase,
        [&](std::int64_t item) {
          const Band& band = bands[static_cast<std::size_t>(item)];
          const int slot = current_slot();
          return make(slot, band, BandCells(seats, slot, band.read));
        },
        [&](std::int64_t item, auto&& result) {
          emit(bands[static_cast<std::size_t>(item)], std::forward<decltype(result)>(result));
        });
  }

  // As for tiles() with the thread's slot (0 .. threads()-1) instead of a partial.
  void for_each_tile(const TileSource& source, const std::vector<Window>& windows, std::string_view phase,
                     const std::function<void(int slot, const Window&, std::span<const ClassIndex>)>& body);

  int current_slot() const;  // inside work on the threads: 0 .. threads() - 1
  std::int64_t most_waiting() const { return 2 * static_cast<std::int64_t>(threads_); }  // of in_order()
  // Cells of blocks that are kept for bands which hold only parts of them: at most, and for these bands.
  std::int64_t shared_bytes() const { return memory_.limit() / 6; }
  std::int64_t shared_bytes(const TileSource& source, const std::vector<Band>& bands) const;

 private:
  // A reader and a buffer for each thread.
  class TileSeats {
   public:
    TileSeats(const Executor& executor, const TileSource& source)
        : source_(source),
          seats_(static_cast<std::size_t>(executor.threads())),
          shared_(source, executor.shared_bytes(), executor.threads()) {}
    std::span<const ClassIndex> read(int slot, const Window& window);
    std::optional<ClassIndex> constant(int slot, const Window& window);

   private:
    struct Seat {
      std::unique_ptr<TileReader> reader;
      std::vector<ClassIndex> cells;
    };
    const TileSource& source_;
    std::vector<Seat> seats_;
    SharedRows shared_;
  };

  void check_memory(std::string_view phase);
  void run_in_order(std::int64_t count, std::string_view phase, const std::function<void(std::int64_t)>& make,
                    const std::function<void(std::int64_t)>& emit);

  ExecutionSettings settings_;
  int threads_;
  MemoryBudget memory_;
  std::atomic<std::int64_t> next_check_{0};
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace urbiome
