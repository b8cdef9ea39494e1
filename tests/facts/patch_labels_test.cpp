#include "urbiome/facts/patch_labels.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "reference/patch_reference.h"
#include "reference/shapes_on_grid.h"

namespace urbiome {
namespace {

using reference::CellMap;
using reference::SlowPatch;

struct Found {
  std::vector<std::int64_t> ids;
  std::vector<Patch> patches;
};

const CellAreas& planar_areas(int rows) {
  static std::map<int, CellAreas> known;
  std::vector<CellAreas::Segment> segments(static_cast<std::size_t>(rows));
  for (auto& segment : segments) segment.first = 12345;
  return known.try_emplace(rows, CellAreas(rows, 1, 1, 0.5, segments)).first->second;
}

Found found_in(const CellMap& map, const LabelRule& rule, const ExecutionSettings& settings, bool wide_ids = false) {
  const Grid grid{0, 0, 10, 20, map.cols, map.rows};
  const auto source = memory_source(grid, std::vector<LegendClass>(kMaxClasses), 255, map.cells);
  Executor executor(settings);
  const CellAreas& areas = planar_areas(map.rows);
  PatchLabels labels(*source, rule, areas, GridMetric::planar(grid, 1), executor);
  Found found;
  std::vector<std::vector<Patch>> lists;
  const auto keep = [&](std::int64_t first_row, std::int64_t rows, auto ids) {
    EXPECT_EQ(first_row * map.cols, static_cast<std::int64_t>(found.ids.size()));
    EXPECT_EQ(static_cast<std::size_t>(rows * map.cols), ids.size());
    found.ids.insert(found.ids.end(), ids.begin(), ids.end());
  };
  PatchLabels::Outputs outputs;
  outputs.records = [](std::span<const Patch> patches) {
    return std::string(reinterpret_cast<const char*>(patches.data()), patches.size_bytes());
  };
  outputs.write_records = [&](std::string_view records) {
    const std::size_t before = found.patches.size();
    found.patches.resize(before + records.size() / sizeof(Patch));
    std::copy_n(records.data(), records.size(), reinterpret_cast<char*>(found.patches.data() + before));
  };
  if (wide_ids)
    outputs.write_long_ids = keep;
  else
    outputs.write_ids = keep;
  labels.write(outputs, executor);
  EXPECT_EQ(labels.count(), static_cast<std::int64_t>(found.patches.size()));
  return found;
}

void expect_as_flood_filled(const CellMap& map, const LabelRule& rule, const ExecutionSettings& settings,
                            const std::string& name) {
  const auto expected = reference::slow_patches(map, rule.members, rule.directions, rule.by_class);
  const Found found = found_in(map, rule, settings, settings.threads == 2);
  ASSERT_EQ(found.ids, expected.ids) << name << ' ' << settings.tile_size;
  ASSERT_EQ(found.patches.size(), expected.patches.size());
  for (std::size_t i = 0; i < expected.patches.size(); ++i) {
    const Patch& patch = found.patches[i];
    SlowPatch slow = expected.patches[i];
    if (!rule.by_class) slow.class_index = 0;
    const SlowPatch as_slow{patch.first_cell, patch.cells,     2 * (patch.cells - patch.shared),
                            2 * patch.runs,   patch.row_begin, patch.row_end,
                            patch.col_begin,  patch.col_end,   patch.class_index};
    ASSERT_EQ(as_slow, slow) << name << ' ' << settings.tile_size << ' ' << i;
    ASSERT_EQ(patch.id, static_cast<std::int64_t>(i) + 1);
    ASSERT_EQ(patch.area, static_cast<Int128>(12345) * slow.cells);
  }
}

ClassSet set_of(std::initializer_list<int> classes) {
  ClassSet set{};
  for (const int c : classes) set[static_cast<std::size_t>(c)] = true;
  return set;
}

TEST(PatchLabels, ShapesInBandsOfEveryHeight) {
  for (const auto& [name, map] : reference::shapes_on_grid(20, 67)) {
    for (std::int64_t height = 1; height <= 20; ++height) {
      const int threads = height % 3 == 0 ? 7 : height % 3 == 1 ? 1 : 2;
      const bool by_class = height % 2 == 0;
      const ExecutionSettings settings{.threads = threads, .tile_size = height};
      expect_as_flood_filled(map, {height % 4 < 2 ? 4 : 8, by_class, set_of({0, 1})}, settings, name);
      expect_as_flood_filled(map, {height % 4 < 2 ? 8 : 4, false, set_of({1})}, settings, name);
    }
  }
}

TEST(PatchLabels, RandomClassesInTilesOfManySizes) {
  std::mt19937 random(9);
  for (int trial = 0; trial < 6; ++trial) {
    const CellMap map = reference::patchy_map(random, 300 + static_cast<int>(random() % 100), 500, 4, 2 + trial);
    for (const std::int64_t tile_size : {0, 64, 100, 256, 4096}) {
      for (const int threads : {1, 2, 7}) {
        expect_as_flood_filled(map, {trial % 2 == 0 ? 8 : 4, trial % 3 != 0, set_of({1, 2, 3})},
                               {.threads = threads, .tile_size = tile_size}, std::to_string(trial));
      }
    }
  }
}

TEST(PatchLabels, BandsFullOfPatchesAreCut) {
  // A budget this small allows a few hundred labels at a time: rows of the checkerboard become pieces of their own.
  const CellMap map = reference::shapes_on_grid(60, 900).at(7).map;
  const auto expected = reference::slow_patches(map, set_of({1}), 4, false);
  const Found found = found_in(map, {4, false, set_of({1})}, {.threads = 1, .memory_bytes = 24 << 20});
  EXPECT_EQ(found.ids, expected.ids);
  EXPECT_EQ(found.patches.size(), 27000U);
}

TEST(PatchLabels, RefusesWithTheNumberNeeded) {
  const CellMap map = reference::shapes_on_grid(600, 900).at(7).map;
  try {
    found_in(map, {4, false, set_of({1})}, {.threads = 1, .memory_bytes = 4 << 20, .tile_size = 1});
    FAIL() << "the open patches of 600 bands do not fit 4 MiB";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::memory);
    EXPECT_NE(std::string(error.what()).find("--memory"), std::string::npos) << error.what();
  }
}

// Along a parallel, in geodesics of a thousandth of a degree.
double arc_m(const Ellipsoid& ellipsoid, double latitude, double degrees) {
  return 1000 * degrees * geodesic_distance_m(ellipsoid, {0, latitude}, {0.001, latitude});
}

TEST(PatchLabels, LatLonSidesAreArcs) {
  const Grid grid{0, 62, 1, 1, 3, 2};
  const CellMap map = reference::map_of({".#.", "###"});
  const auto source = memory_source(grid, std::vector<LegendClass>(2), 0, map.cells);
  const Ellipsoid wgs84;
  const GridMetric metric = GridMetric::geographic(grid, wgs84);
  for (const std::int64_t height : {1, 2}) {
    Executor executor({.threads = 1, .tile_size = height});
    const CellAreas& areas = planar_areas(2);
    PatchLabels labels(*source, {4, false, set_of({1})}, areas, metric, executor);
    std::vector<double> perimeters;
    PatchLabels::Outputs outputs;
    outputs.records = [&](std::span<const Patch> patches) {
      for (const Patch& patch : patches) perimeters.push_back(labels.perimeter_m(patch));
      return std::string{};
    };
    outputs.write_records = [](std::string_view) {};
    labels.write(outputs, executor);
    const double expected = arc_m(wgs84, 62, 1) + arc_m(wgs84, 61, 2) + arc_m(wgs84, 60, 3) +
                            2 * geodesic_distance_m(wgs84, {0, 60}, {0, 62});
    ASSERT_EQ(perimeters.size(), 1U);
    EXPECT_NEAR(perimeters[0], expected, 0.002) << height;
  }
}

}  // namespace
}  // namespace urbiome
