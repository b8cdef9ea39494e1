#include "urbiome/facts/ends_log.h"

#include <gtest/gtest.h>

#include <random>

namespace urbiome {
namespace {

constexpr std::int64_t kWidth = 500, kRows = 7, kBands = 40;

std::vector<ColumnEnds> ends_of_made_bands(bool with_ids) {
  std::mt19937 random(1);
  std::vector<ColumnEnds> ends;
  for (std::int64_t band = 0; band < kBands; ++band) {
    std::vector<std::int64_t> ids(static_cast<std::size_t>(kWidth * kRows));
    for (std::int64_t& id : ids) id = random() % 60 == 0 ? 1 + static_cast<std::int64_t>(random() % 9) : 0;
    if (with_ids) {
      ends.push_back(ends_of(kWidth, band * kRows, ids));
    } else {
      ends.push_back(ends_of(kWidth, band * kRows, std::vector<std::uint8_t>(ids.begin(), ids.end())));
    }
  }
  return ends;
}

void expect_beyond(const std::vector<ColumnEnds>& ends, bool with_ids, std::int64_t memory_bytes) {
  const Executor executor({.threads = 1, .memory_bytes = memory_bytes});
  EndsLog log(kWidth, with_ids, executor);
  for (const ColumnEnds& band : ends) log.append(band);
  log.close();
  const std::vector<ColumnsBeyond> expected = beyond_each(ends);
  Executor threads({.threads = 2});
  threads.parts(kBands, "bands", [&](std::int64_t band) {
    const ColumnsBeyond found = log.beyond(band);
    const ColumnsBeyond& wanted = expected[static_cast<std::size_t>(band)];
    EXPECT_EQ(found.above.rows, wanted.above.rows) << band;
    EXPECT_EQ(found.above.ids, wanted.above.ids) << band;
    EXPECT_EQ(found.below.rows, wanted.below.rows) << band;
    EXPECT_EQ(found.below.ids, wanted.below.ids) << band;
  });
}

TEST(EndsLog, TellsTheNearestMembersBeyondEveryBand) {
  for (const bool with_ids : {false, true}) {
    const std::vector<ColumnEnds> ends = ends_of_made_bands(with_ids);
    // All in memory, and so little of it that most lies in the scratch file.
    for (const std::int64_t memory : {std::int64_t{1} << 30, std::int64_t{256} << 10}) {
      SCOPED_TRACE(testing::Message() << with_ids << ", " << memory);
      expect_beyond(ends, with_ids, memory);
    }
  }
}

TEST(EndsLog, SaysWhatItTakes) {
  const Executor executor({.threads = 1, .memory_bytes = 8 << 20});
  EXPECT_EQ(EndsLog::memory_bytes(1000, 10, false, executor), 80000);
  EXPECT_EQ(EndsLog::scratch_bytes(1000, 10, false, executor), 0);
  EXPECT_EQ(EndsLog::memory_bytes(1000, 1000, true, executor), 1 << 20);
  EXPECT_EQ(EndsLog::scratch_bytes(1000, 1000, true, executor), 24000000);
}

// Every column by itself.
TEST(ColumnEnds, AreTheFirstAndLastMemberOfEveryColumn) {
  const std::vector<std::uint8_t> member = {0, 1, 0,  //
                                            1, 1, 0,  //
                                            1, 0, 0};
  const ColumnEnds ends = ends_of(3, 10, member);
  EXPECT_EQ(ends.first.rows, (std::vector<std::int32_t>{11, 10, -1}));
  EXPECT_EQ(ends.last.rows, (std::vector<std::int32_t>{12, 11, -1}));
  const std::vector<std::int64_t> ids = {0, 4, 0,  //
                                         7, 5, 0,  //
                                         6, 0, 0};
  const ColumnEnds with_ids = ends_of(3, 10, ids);
  EXPECT_EQ(with_ids.first.rows, ends.first.rows);
  EXPECT_EQ(with_ids.last.rows, ends.last.rows);
  EXPECT_EQ(with_ids.first.ids, (std::vector<std::int64_t>{7, 4, 0}));
  EXPECT_EQ(with_ids.last.ids, (std::vector<std::int64_t>{6, 5, 0}));
}

}  // namespace
}  // namespace urbiome
