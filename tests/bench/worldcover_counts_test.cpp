// Class counts of two real tiles of 1.296 billion cells each, against the counts that their README publishes.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include "urbiome/run/raster_tabulate.h"

namespace urbiome {
namespace {

using Counts = std::map<std::string, std::int64_t>;

std::string tile(const std::string& year_and_version) {
  return std::string(URBIOME_TEST_DATA) + "/bigraster/ESA_WorldCover_10m_" + year_and_version + "_N00E006_Map.tif";
}

Counts counted(const std::string& path, const std::string& legend, int threads) {
  TabulateRequest request;
  request.raster.path = path;
  request.raster.legend = legend;
  Executor executor({.threads = threads, .memory_bytes = std::int64_t{512} << 20});
  AuditLog audit;
  Counts counts;
  for (const auto& row : tabulate(request, executor, audit).rows) {
    const std::int64_t cells = std::get<std::int64_t>(row[2]);
    if (cells != 0) counts[std::get<std::string>(row[1])] = cells;
  }
  return counts;
}

const Counts k2021 = {{"10", 10'819'361}, {"20", 778},         {"30", 392'489}, {"40", 4'672}, {"50", 181'604},
                      {"60", 124'660},    {"80", 153'136'048}, {"90", 4'390},   {"95", 4'637}};
const Counts k2020 = {{"10", 10'800'572}, {"20", 3'004},       {"30", 391'758}, {"40", 7'462}, {"50", 131'868},
                      {"60", 205'654},    {"80", 153'118'102}, {"90", 10'120},  {"95", 99}};

TEST(WorldCoverCounts, Tile2021WithAndWithoutLegend) {
  const std::string path = tile("2021_v200");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "WorldCoverCounts.Tile2021WithAndWithoutLegend: no " << path;
  EXPECT_EQ(counted(path, "", 2), k2021);
  EXPECT_EQ(counted(path, "worldcover", 1), k2021);
}

TEST(WorldCoverCounts, Tile2020WithAndWithoutLegend) {
  const std::string path = tile("2020_v100");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "WorldCoverCounts.Tile2020WithAndWithoutLegend: no " << path;
  EXPECT_EQ(counted(path, "", 2), k2020);
  EXPECT_EQ(counted(path, "worldcover", 1), k2020);
}

}  // namespace
}  // namespace urbiome
