// Bands of rows, and work whose results are taken in order.
#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <thread>

#include "urbiome/exec/executor.h"

namespace urbiome {
namespace {

std::shared_ptr<TileSource> noise(std::int64_t height, std::int64_t width) {
  std::vector<ClassIndex> cells(static_cast<std::size_t>(height * width));
  std::mt19937 random(3);
  for (ClassIndex& cell : cells) cell = static_cast<ClassIndex>(random() % 7);
  return memory_source({.width = width, .height = height}, std::vector<LegendClass>(8), 7, std::move(cells));
}

TEST(BandsOf, CoverTheAreaOnceAndSeeTheirHalo) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    const auto upto = [&](int most) { return static_cast<std::int64_t>(1 + random() % static_cast<unsigned>(most)); };
    const auto source = noise(upto(120), upto(60));
    const Window area = intersection({upto(60) - 1, upto(30) - 1, upto(120), upto(60)}, whole(source->grid()));
    const std::int64_t halo = round % 3 == 0 ? 0 : upto(40);
    const Executor executor({.threads = 2, .memory_bytes = 64 << 20, .tile_size = round % 2 == 0 ? 0 : upto(30)});
    std::int64_t row = area.row;
    for (const Band& band : bands_of(*source, area, halo, 9, executor)) {
      EXPECT_EQ(band.core.row, row);
      EXPECT_GT(band.core.rows, 0);
      EXPECT_EQ(band.core.col, area.col);
      EXPECT_EQ(band.core.cols, area.cols);
      EXPECT_EQ(intersection(band.read, area), band.read);
      EXPECT_LE(band.read.row, std::max(band.core.row - halo, area.row));
      EXPECT_GE(band.read.row_end(), std::min(band.core.row_end() + halo, area.row_end()));
      row = band.core.row_end();
    }
    EXPECT_TRUE(area.empty() || row == area.row_end());
  }
}

TEST(BandsOf, FitTheBudget) {
  const auto source = noise(3000, 5000);
  const Executor executor({.threads = 4, .memory_bytes = 32 << 20});
  const auto bands = bands_of(*source, whole(source->grid()), 10, 9, executor);
  for (const Band& band : bands) EXPECT_LE(executor.most_waiting() * band.read.cells() * 9, (32 << 20) / 4);
  EXPECT_GT(bands.size(), 30U);
}

TEST(InOrder, ResultsComeInOrderFromAnyNumberOfThreads) {
  for (const int threads : {1, 2, 7}) {
    Executor executor({.threads = threads});
    std::vector<std::int64_t> seen;
    executor.in_order(
        500, "squares",
        [](std::int64_t i) {
          if (i % 37 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
          return std::vector<std::int64_t>{i, i * i};
        },
        [&](std::int64_t i, std::vector<std::int64_t> result) {
          EXPECT_EQ(result, (std::vector<std::int64_t>{i, i * i}));
          seen.push_back(i);
        });
    std::vector<std::int64_t> expected(500);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(seen, expected);
  }
}

TEST(InOrder, TheFirstFailureIsThrownAndNothingAfterItIsTaken) {
  for (const int threads : {1, 2, 7}) {
    Executor executor({.threads = threads});
    std::int64_t last = -1;
    const auto work = [&] {
      executor.in_order(
          200, "failing",
          [](std::int64_t i) {
            if (i == 40 || i == 41 || i == 90) throw Error(ErrorCode::unreadable, "item " + std::to_string(i));
            return i;
          },
          [&](std::int64_t i, std::int64_t) { last = i; });
    };
    try {
      work();
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("item 40"), std::string::npos) << error.what();
    }
    EXPECT_EQ(last, 39);
  }
}

TEST(InOrder, StopsOnRequest) {
  CancelToken cancel;
  Executor executor({.threads = 2, .cancel = &cancel});
  std::int64_t taken = 0;
  EXPECT_THROW(executor.in_order(
                   1000000, "endless", [](std::int64_t i) { return i; },
                   [&](std::int64_t i, std::int64_t) {
                     ++taken;
                     if (i == 10) cancel.cancel();
                   }),
               Error);
  EXPECT_LT(taken, 100);
}

TEST(BandsInOrder, HandOverTheCellsOfEachBand) {
  const auto source = noise(97, 31);
  std::vector<ClassIndex> all(97 * 31);
  source->open()->read(whole(source->grid()), all);
  for (const std::int64_t tile_size : {0, 1, 5, 64}) {
    Executor executor({.threads = 3, .tile_size = tile_size});
    std::vector<ClassIndex> joined;
    executor.bands_in_order(
        *source, bands_of(*source, whole(source->grid()), 4, 1, executor), "copying",
        [](int, const Band& band, std::span<const ClassIndex> cells) {
          const auto begin = cells.begin() + (band.core.row - band.read.row) * band.read.cols;
          return std::vector<ClassIndex>(begin, begin + band.core.cells());
        },
        [&](const Band&, const std::vector<ClassIndex>& cells) {
          joined.insert(joined.end(), cells.begin(), cells.end());
        });
    EXPECT_EQ(joined, all);
  }
}

}  // namespace
}  // namespace urbiome
