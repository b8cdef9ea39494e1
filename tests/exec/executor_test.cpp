// Tiles, items, failures, cancel, budget and progress of the executor.
#include "urbiome/exec/executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <random>

namespace urbiome {
namespace {

// Land cover that does not exist, with the blocks of a file; a cell's class is (row + col) % 5.
class Blocks : public TileSource {
 public:
  Blocks(std::int64_t height, std::int64_t width, std::int64_t block_rows, std::int64_t block_cols)
      : grid_{.dx = 1, .dy = 1, .width = width, .height = height}, block_rows_(block_rows), block_cols_(block_cols) {}
  const Grid& grid() const override { return grid_; }
  const std::vector<LegendClass>& classes() const override { return classes_; }
  ClassIndex nodata_index() const override { return 4; }
  std::int64_t block_rows() const override { return block_rows_; }
  std::int64_t block_cols() const override { return block_cols_; }
  std::unique_ptr<TileReader> open() const override {
    class Reader : public TileReader {
      void read(const Window& window, std::span<ClassIndex> cells) override {
        for (std::int64_t i = 0; i < window.cells(); ++i) {
          cells[static_cast<std::size_t>(i)] = class_at(window.row + i / window.cols, window.col + i % window.cols);
        }
      }
    };
    return std::make_unique<Reader>();
  }
  static ClassIndex class_at(std::int64_t row, std::int64_t col) { return static_cast<ClassIndex>((row + col) % 5); }

 private:
  Grid grid_;
  std::int64_t block_rows_, block_cols_;
  std::vector<LegendClass> classes_ = std::vector<LegendClass>(5);
};

// Every cell of the area lies in exactly one tile, and no other cell in any.
void expect_tiling(const std::vector<Window>& tiles, const Window& area) {
  std::vector<int> times(static_cast<std::size_t>(area.cells()), 0);
  for (const Window& tile : tiles) {
    EXPECT_FALSE(tile.empty());
    ASSERT_EQ(intersection(tile, area), tile) << "a tile leaves the area";
    for (std::int64_t row = tile.row; row < tile.row_end(); ++row) {
      for (std::int64_t col = tile.col; col < tile.col_end(); ++col)
        ++times[static_cast<std::size_t>((row - area.row) * area.cols + col - area.col)];
    }
  }
  EXPECT_TRUE(std::all_of(times.begin(), times.end(), [](int n) { return n == 1; }));
  EXPECT_TRUE(std::is_sorted(tiles.begin(), tiles.end(), [](const Window& a, const Window& b) {
    return a.row != b.row ? a.row < b.row : a.col < b.col;
  })) << "not row-major";
}

TEST(TilesOf, CoverTheAreaOnceInWholeBlocks) {
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    const auto upto = [&](int most) { return static_cast<std::int64_t>(1 + random() % static_cast<unsigned>(most)); };
    const Blocks source(upto(300), upto(300), round % 3 == 0 ? 1 : upto(128), upto(300));
    const std::int64_t row = upto(static_cast<int>(source.grid().height)) - 1,
                       col = upto(static_cast<int>(source.grid().width)) - 1;
    const Window area = intersection({row, col, upto(300), upto(300)}, whole(source.grid()));
    const std::int64_t tile_size = round % 2 == 0 ? 0 : upto(90);
    SCOPED_TRACE(testing::Message() << "round " << round << ", tile size " << tile_size);
    const std::vector<Window> tiles = tiles_of(source, area, tile_size);
    expect_tiling(tiles, area);
    for (const Window& tile : tiles) {
      if (tile_size == 0) {
        EXPECT_TRUE(tile.row == area.row || tile.row % source.block_rows() == 0) << "decodes a row of blocks twice";
        EXPECT_TRUE(tile.col == area.col || tile.col % source.block_cols() == 0) << "decodes a column of blocks twice";
      } else {
        EXPECT_TRUE(tile.row == area.row || tile.row % tile_size == 0);
        EXPECT_TRUE(tile.col == area.col || tile.col % tile_size == 0);
        EXPECT_TRUE(tile.rows <= tile_size && tile.cols <= tile_size);
      }
    }
  }
}

TEST(TilesOf, AnEmptyAreaHasNone) {
  EXPECT_TRUE(tiles_of(Blocks(10, 10, 4, 4), {}, 0).empty());
  EXPECT_TRUE(tiles_of(Blocks(10, 10, 4, 4), {3, 3, 0, 5}, 7).empty());
}

class Threads : public ::testing::TestWithParam<int> {};

TEST_P(Threads, EveryItemIsDoneOnce) {
  Executor executor({.threads = GetParam()});
  EXPECT_EQ(executor.threads(), GetParam());
  std::vector<std::atomic<int>> done(1000);
  executor.items(1000, "counting", [&](std::int64_t i) { ++done[static_cast<std::size_t>(i)]; });
  EXPECT_TRUE(std::all_of(done.begin(), done.end(), [](const auto& n) { return n == 1; }));
  executor.items(0, "nothing", [](std::int64_t) { FAIL() << "called for no item"; });
}

TEST_P(Threads, TheSmallestFailingItemIsReported) {
  Executor executor({.threads = GetParam()});
  for (int round = 0; round < 20; ++round) {
    try {
      executor.items(500, "failing", [](std::int64_t i) {
        if (i % 97 == 96) throw Error(ErrorCode::unreadable, "block " + std::to_string(i));
      });
      FAIL() << "no failure came through";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "block 96");
      EXPECT_EQ(error.code(), ErrorCode::unreadable);
    }
  }
  EXPECT_THROW(executor.items(3, "other", [](std::int64_t) { throw std::runtime_error("x"); }), std::runtime_error);
  std::atomic<int> after{0};
  executor.items(5, "usable afterwards", [&](std::int64_t) { ++after; });
  EXPECT_EQ(after, 5);
}

TEST_P(Threads, CancelStopsAtTheNextItem) {
  CancelToken cancel;
  Executor executor({.threads = GetParam(), .cancel = &cancel});
  std::atomic<int> done{0};
  try {
    executor.items(100000, "long", [&](std::int64_t) {
      if (++done == 10) cancel.cancel();
    });
    FAIL() << "ran on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
  EXPECT_LT(done, 10 + 2 * GetParam());
  EXPECT_THROW(executor.throw_if_cancelled(), Error);
}

TEST_P(Threads, ProgressGrowsFromZeroToOne) {
  std::vector<std::pair<std::string, double>> seen;
  std::mutex mutex;
  Executor executor({.threads = GetParam(), .progress = [&](std::string_view phase, double done) {
                       ASSERT_TRUE(mutex.try_lock()) << "called by two threads at once";
                       seen.emplace_back(phase, done);
                       mutex.unlock();
                     }});
  for (const std::int64_t count : {0, 1, 7, 5000}) {
    seen.clear();
    executor.items(count, "walking", [](std::int64_t) {});
    ASSERT_FALSE(seen.empty());
    EXPECT_TRUE(
        std::is_sorted(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
    EXPECT_EQ(seen.back().second, 1.0);
    EXPECT_EQ(seen.back().first, "walking");
    EXPECT_LE(seen.size(), 210U) << "too often to draw";
    EXPECT_GE(seen.front().second, 0.0);
  }
}

struct Sum {
  std::int64_t cells = 0, classes = 0;
  void merge(const Sum& other) { cells += other.cells, classes += other.classes; }
};

TEST_P(Threads, TilesAreReadOnceAndMerged) {
  const Blocks source(123, 87, 16, 16);
  Executor executor({.threads = GetParam()});
  for (const std::int64_t tile_size : {0, 7, 500}) {
    const std::vector<Window> tiles = tiles_of(source, {2, 3, 120, 80}, tile_size);
    const Sum sum = executor.tiles(
        source, tiles, "summing", [] { return Sum(); },
        [](Sum& mine, const Window& window, std::span<const ClassIndex> cells) {
          EXPECT_EQ(window.cells(), static_cast<std::int64_t>(cells.size()));
          for (const ClassIndex c : cells) ++mine.cells, mine.classes += c;
        });
    std::int64_t wanted = 0;
    for (std::int64_t row = 2; row < 122; ++row) {
      for (std::int64_t col = 3; col < 83; ++col) wanted += Blocks::class_at(row, col);
    }
    EXPECT_EQ(sum.cells, 120 * 80);
    EXPECT_EQ(sum.classes, wanted);
  }
}

TEST_P(Threads, SlotsAreTheThreads) {
  const Blocks source(64, 64, 8, 8);
  Executor executor({.threads = GetParam()});
  executor.for_each_tile(source, tiles_of(source, whole(source.grid()), 8), "slots",
                         [&](int slot, const Window&, std::span<const ClassIndex>) {
                           EXPECT_TRUE(slot >= 0 && slot < GetParam()) << slot;
                         });
}

INSTANTIATE_TEST_SUITE_P(OneToMany, Threads, ::testing::Values(1, 2, 7));

TEST(MemoryBudget, RefusesWhatDoesNotFitAndKeepsItsAccount) {
  MemoryBudget budget(100 << 20);
  budget.reserve(60 << 20, "runs");
  try {
    budget.reserve(50 << 20, "patches");
    FAIL() << "110 of 100 MiB";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::memory);
    const std::string text = error.what();
    for (const char* word : {"patches", "110 MiB", "100 MiB", "--memory"})
      EXPECT_NE(text.find(word), std::string::npos) << text;
  }
  EXPECT_EQ(budget.used(), 60 << 20);
  budget.reserve(40 << 20, "patches");
  budget.release(100 << 20);
  EXPECT_EQ(budget.used(), 0);
  EXPECT_EQ(budget.limit(), 100 << 20);
}

TEST(MemoryBudget, LooksAtWhatTheProcessHolds) {
  if (resident_memory_bytes() == 0) GTEST_SKIP() << "the system does not tell what the process holds";
  MemoryBudget budget(128 << 20);
  budget.check("a start");
  EXPECT_THROW(budget.check("what comes", 120 << 20), Error);
  std::vector<char> table(110 << 20, 1);  // not announced
  EXPECT_THROW(budget.check("a table"), Error);
  EXPECT_THROW(budget.reserve(1, "one more byte"), Error);
  EXPECT_GT(resident_memory_bytes(), 110 << 20) << table.back();
}

TEST(ExecutorSettings, DefaultToTheMachine) {
  const Executor executor({});
  EXPECT_GE(executor.threads(), 1);
  Executor other({.threads = 3, .memory_bytes = 5 << 20});
  EXPECT_EQ(other.memory().limit(), 5 << 20);
  EXPECT_GT(machine_memory_bytes(), std::int64_t{1} << 28);
  EXPECT_GT(peak_memory_bytes(), 1 << 20);
}

TEST(PaddedSource, IsNodataAroundAndTheSameInside) {
  const auto inner = std::make_shared<Blocks>(20, 30, 8, 8);
  for (const Window& place :
       {Window{-3, -4, 30, 40}, Window{5, 6, 10, 10}, Window{-8, 25, 12, 50}, Window{50, 50, 4, 4}}) {
    const auto source = padded(inner, place);
    EXPECT_EQ(source->grid().width, place.cols);
    EXPECT_EQ(source->grid().height, place.rows);
    EXPECT_EQ(source->grid().x0, static_cast<double>(place.col));
    EXPECT_EQ(source->grid().y0, static_cast<double>(-place.row));
    Executor executor({.threads = 2});
    std::atomic<std::int64_t> seen{0};
    executor.for_each_tile(
        *source, tiles_of(*source, whole(source->grid()), 7), "padded",
        [&](int, const Window& w, std::span<const ClassIndex> cells) {
          for (std::int64_t i = 0; i < w.cells(); ++i) {
            const std::int64_t row = w.row + i / w.cols + place.row, col = w.col + i % w.cols + place.col;
            const bool inside = row >= 0 && row < 20 && col >= 0 && col < 30;
            EXPECT_EQ(cells[static_cast<std::size_t>(i)], inside ? Blocks::class_at(row, col) : source->nodata_index());
            ++seen;
          }
        });
    EXPECT_EQ(seen, place.cells());
  }
}

TEST_P(Threads, WorkKnowsTheTokenOfItsExecutor) {
  CancelToken cancel;
  Executor executor({.threads = GetParam(), .cancel = &cancel});
  std::atomic<int> seen{0};
  const auto within_an_item = [&](std::int64_t) {
    EXPECT_FALSE(cancelled());
    cancel.cancel();
    seen += cancelled() ? 1 : 0;
  };
  EXPECT_NO_THROW(executor.items(1, "one", within_an_item));
  EXPECT_EQ(seen, 1);
  EXPECT_FALSE(cancelled());
}

}  // namespace
}  // namespace urbiome
