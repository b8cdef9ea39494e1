// The plan of a raster tool: its words, and refusals with the number needed.
#include "urbiome/run/raster_plan.h"

#include <gtest/gtest.h>

namespace urbiome {
namespace {

RasterPlan plan_of(std::int64_t memory_mib) {
  RasterPlan plan{"distance", {.width = 20000, .height = 5000}, {}};
  plan.phases.push_back({"columns", 12, memory_mib << 20, 0, 0.2});
  plan.phases.push_back({"rows", 12, 3 << 20, 7 << 20, 300});
  return plan;
}

TEST(RasterPlan, SaysPhasesMemoryScratchAndTime) {
  EXPECT_EQ(in_words(plan_of(80)),
            "raster distance: 20000 x 5000 cells\n"
            "  phase 1 columns: 12 bands; at most 80 MiB; under 1 s\n"
            "  phase 2 rows: 12 bands; at most 3 MiB, scratch at most 7 MiB; about 5 min");
}

TEST(RasterPlan, ExpectsTimeFromCellsAndThreads) {
  const Executor executor({.threads = 2});
  EXPECT_DOUBLE_EQ(plan_of(1).seconds(25e6, executor), 2);
}

TEST(RasterPlan, RefusesWithTheNumberThatWouldDo) {
  const Executor small({.threads = 1, .memory_bytes = 100 << 20});
  EXPECT_NO_THROW(plan_of(75).require(small));
  try {
    plan_of(90).require(small);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::memory);
    const std::string text = error.what();
    EXPECT_NE(text.find("needs 90 MiB"), std::string::npos) << text;
    EXPECT_NE(text.find("--memory 121MiB"), std::string::npos) << text;
  }
  const Executor enough({.threads = 1, .memory_bytes = 121 << 20});
  EXPECT_NO_THROW(plan_of(90).require(enough));
}

TEST(RasterPlan, CountsTheBandsAtWorkAtOnce) {
  const Executor executor({.threads = 2});
  const std::vector<Band> bands(10, Band{{0, 0, 10, 100}, {0, 0, 12, 100}});
  EXPECT_EQ(RasterPlan::bytes_of(bands, 9, executor), 4 * 1200 * 9);
  EXPECT_EQ(RasterPlan::bytes_of({bands[0]}, 9, executor), 1200 * 9);
}

}  // namespace
}  // namespace urbiome
