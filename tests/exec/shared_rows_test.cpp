#include "urbiome/exec/shared_rows.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "urbiome/exec/executor.h"

namespace urbiome {
namespace {

// Cells that tell where they are; counts the rows it decodes: those of all blocks that a window touches.
class Blocks : public TileSource {
 public:
  Blocks(std::int64_t height, std::int64_t width, std::int64_t block_rows)
      : grid_{.width = width, .height = height}, block_rows_(block_rows) {}
  const Grid& grid() const override { return grid_; }
  const std::vector<LegendClass>& classes() const override { return classes_; }
  ClassIndex nodata_index() const override { return 255; }
  std::int64_t block_rows() const override { return block_rows_; }
  std::int64_t block_cols() const override { return 16; }
  std::unique_ptr<TileReader> open() const override {
    class Reader : public TileReader {
     public:
      explicit Reader(const Blocks& source) : source_(source) {}
      void read(const Window& window, std::span<ClassIndex> cells) override {
        const std::int64_t b = source_.block_rows_;
        source_.decoded += (window.row_end() + b - 1) / b * b - window.row / b * b;
        for (std::int64_t i = 0; i < window.cells(); ++i)
          cells[static_cast<std::size_t>(i)] = at(window.row + i / window.cols, window.col + i % window.cols);
      }

     private:
      const Blocks& source_;
    };
    return std::make_unique<Reader>(*this);
  }
  static ClassIndex at(std::int64_t row, std::int64_t col) { return static_cast<ClassIndex>(row * 7 + col); }
  mutable std::atomic<std::int64_t> decoded{0};

 private:
  Grid grid_;
  std::int64_t block_rows_;
  std::vector<LegendClass> classes_ = std::vector<LegendClass>(kMaxClasses);
};

TEST(SharedRows, DecodesEachBlockOnceForBandsOfAnyHeight) {
  for (const std::int64_t height : {1, 3, 16, 20, 64, 100, 1000}) {
    for (const int threads : {1, 2, 7}) {
      const Blocks source(1000, 40, 64);
      Executor executor({.threads = threads, .tile_size = height});
      std::int64_t next = 0;
      executor.bands_in_order(
          source, bands_of(source, whole(source.grid()), 0, 1, executor), "bands",
          [](int, const Band& band, std::span<const ClassIndex> cells) {
            for (std::int64_t i = 0; i < band.core.cells(); ++i)
              EXPECT_EQ(cells[static_cast<std::size_t>(i)], Blocks::at(band.core.row + i / 40, i % 40));
            return 0;
          },
          [&](const Band& band, int) {
            EXPECT_EQ(band.core.row, next);
            next = band.core.row_end();
          });
      EXPECT_EQ(next, 1000);
      // A thread that falls far behind may find a block forgotten.
      EXPECT_GE(source.decoded, 1024);
      EXPECT_LE(source.decoded, threads == 1 ? 1024 : 2048) << height << ' ' << threads;
    }
  }
}

TEST(SharedRows, ARasterOfOneBlockGivesBandsForAllThreads) {
  const Blocks source(9000, 3000, 9000);
  Executor executor({.threads = 2, .memory_bytes = 1 << 30});
  const std::vector<Band> bands = bands_of(source, whole(source.grid()), 0, 1, executor);
  EXPECT_GE(bands.size(), 4U);
  executor.bands_in_order(
      source, bands, "bands", [](int, const Band&, std::span<const ClassIndex>) { return 0; }, [](const Band&, int) {});
  EXPECT_EQ(source.decoded, 9000);
}

TEST(SharedRows, KeepsNothingThatDoesNotFit) {
  const Blocks source(1000, 40, 64);
  SharedRows shared(source, 64 * 40 + 5, 2);
  const auto reader = source.open();
  std::vector<ClassIndex> cells(400);
  for (int i = 0; i < 2; ++i) {
    shared.read(*reader, {60, 0, 10, 40}, cells);
    EXPECT_EQ(cells[399], Blocks::at(69, 39));
  }
  EXPECT_EQ(source.decoded, 2 * 128);
}

TEST(SharedRows, PartsOfRowsAreReadAsTheyAre) {
  const Blocks source(1000, 40, 64);
  SharedRows shared(source, 1 << 20, 2);
  const auto reader = source.open();
  std::vector<ClassIndex> cells(30);
  shared.read(*reader, {62, 5, 10, 3}, cells);
  EXPECT_EQ(cells[29], Blocks::at(71, 7));
}

}  // namespace
}  // namespace urbiome
