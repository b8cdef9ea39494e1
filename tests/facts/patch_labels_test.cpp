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
  std::int64_t scratch_bytes = 0;
};

const CellAreas& planar_areas(int rows) {
  static std::map<int, CellAreas> known;
  std::vector<CellAreas::Segment> segments(static_cast<std::size_t>(rows));
  for (auto& segment : segments) segment.first = 12345;
  return known.try_emplace(rows, CellAreas(rows, 1, 1, 0.5, segments)).first->second;
}

// A file whose structure tells which windows hold one class; those without members are never asked for.
class SparseFile : public TileSource, public TileReader {
 public:
  SparseFile(std::shared_ptr<const TileSource> cells, const ClassSet& members)
      : cells_(std::move(cells)), reader_(cells_->open()), members_(members) {}
  const Grid& grid() const override { return cells_->grid(); }
  const std::vector<LegendClass>& classes() const override { return cells_->classes(); }
  ClassIndex nodata_index() const override { return cells_->nodata_index(); }
  std::int64_t block_rows() const override { return 1; }
  std::int64_t block_cols() const override { return 64; }
  std::unique_ptr<TileReader> open() const override { return std::make_unique<SparseFile>(cells_, members_); }
  void read(const Window& window, std::span<ClassIndex> cells) override {
    reader_->read(window, cells);
    const std::optional<ClassIndex> all = constant(window);
    EXPECT_TRUE(!all || members_[*all]);
  }
  std::optional<ClassIndex> constant(const Window& window) override {
    std::vector<ClassIndex> cells(static_cast<std::size_t>(window.cells()));
    reader_->read(window, cells);
    if (std::ranges::count(cells, cells[0]) == window.cells()) return cells[0];
    return {};
  }

 private:
  std::shared_ptr<const TileSource> cells_;
  std::unique_ptr<TileReader> reader_;
  ClassSet members_;
};

Found found_in(const CellMap& map, const LabelRule& rule, const ExecutionSettings& settings, bool wide_ids = false,
               bool sparse = false) {
  const Grid grid{0, 0, 10, 20, map.cols, map.rows};
  std::shared_ptr<TileSource> source = memory_source(grid, std::vector<LegendClass>(kMaxClasses), 255, map.cells);
  if (sparse) source = std::make_shared<SparseFile>(source, rule.members);
  Executor executor(settings);
  const CellAreas& areas = planar_areas(map.rows);
  const bool keep_labels = settings.threads != 1;  // both ways are tested by every test of several thread counts
  PatchLabels labels(*source, rule, areas, GridMetric::planar(grid, 1), executor, keep_labels);
  Found found;
  std::vector<std::vector<Patch>> lists;
  const auto keep = [&](std::int64_t first_row, std::int64_t rows, auto ids) {
    EXPECT_EQ(first_row * map.cols, static_cast<std::int64_t>(found.ids.size()));
    EXPECT_EQ(static_cast<std::size_t>(rows * map.cols), ids.size());
    found.ids.insert(found.ids.end(), ids.begin(), ids.end());
  };
  found.patches.reserve(static_cast<std::size_t>(labels.count()));
  found.ids.reserve(map.cells.size());
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
  found.scratch_bytes = labels.scratch_bytes();
  EXPECT_LE(found.scratch_bytes, PatchLabels::most_scratch_bytes(*source, rule, executor));
  return found;
}

void expect_equal(const reference::SlowPatches& expected, const CellMap& map, const LabelRule& rule,
                  const ExecutionSettings& settings, const std::string& name) {
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

reference::SlowPatches flood_filled(const CellMap& map, const LabelRule& rule) {
  return reference::slow_patches(map, rule.members, rule.directions, rule.by_class);
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
      const LabelRule all{height % 4 < 2 ? 4 : 8, by_class, set_of({0, 1})},
          one{height % 4 < 2 ? 8 : 4, false, set_of({1})};
      expect_equal(flood_filled(map, all), map, all, settings, name);
      expect_equal(flood_filled(map, one), map, one, settings, name);
    }
  }
}

TEST(PatchLabels, RandomClassesInTilesOfManySizes) {
  std::mt19937 random(9);
  for (int trial = 0; trial < 6; ++trial) {
    const CellMap map = reference::patchy_map(random, 300 + static_cast<int>(random() % 100), 500, 4, 2 + trial);
    const LabelRule rule{trial % 2 == 0 ? 8 : 4, trial % 3 != 0, set_of({1, 2, 3})};
    const auto expected = flood_filled(map, rule);
    for (const std::int64_t tile_size : {0, 64, 100, 256, 4096}) {
      for (const int threads : {1, 2, 7})
        expect_equal(expected, map, rule, {.threads = threads, .tile_size = tile_size}, std::to_string(trial));
    }
  }
}

// Every cell becomes k x k cells.
CellMap upsampled(const CellMap& map, int k) {
  return reference::drawn_map(map.rows * k, map.cols * k,
                              [&](int row, int col) { return map.at(row / k, col / k) != 0; });
}

TEST(PatchLabels, UpsampledCopiesKeepPatchesAreasAndEdges) {
  std::mt19937 random(10);
  const CellMap map = reference::random_clumps(random, 90, 130, 0.03);
  for (const int k : {2, 3, 7}) {
    for (const LabelRule& rule : {LabelRule{4, false, set_of({1})}, LabelRule{4, true, set_of({0, 1})}}) {
      const Found small = found_in(map, rule, {.threads = 1});
      const Found large = found_in(upsampled(map, k), rule, {.threads = 2, .tile_size = 64});
      ASSERT_EQ(small.patches.size(), large.patches.size());
      for (std::size_t i = 0; i < small.patches.size(); ++i) {
        const Patch &a = small.patches[i], &b = large.patches[i];
        EXPECT_EQ(a.cells * k * k, b.cells);
        EXPECT_EQ((a.cells - a.shared) * k, b.cells - b.shared);
        EXPECT_EQ(a.runs * k, b.runs);
      }
    }
  }
}

// 70,000 x 70,000 cells of class 0 but for one map laid at (row, col); class 1 in a frame around everything.
class FarAway : public TileSource, public TileReader {
 public:
  static constexpr std::int64_t kSide = 70000;
  FarAway(CellMap map, std::int64_t row, std::int64_t col) : map_(std::move(map)), row_(row), col_(col) {}
  const Grid& grid() const override { return grid_; }
  const std::vector<LegendClass>& classes() const override { return classes_; }
  ClassIndex nodata_index() const override { return 0; }
  std::int64_t block_rows() const override { return 512; }
  std::int64_t block_cols() const override { return 512; }
  std::unique_ptr<TileReader> open() const override { return std::make_unique<FarAway>(map_, row_, col_); }
  void read(const Window& window, std::span<ClassIndex> cells) override {
    std::ranges::fill(cells, 0);
    for (std::int64_t row = window.row; row < window.row_end(); ++row) {
      const auto line = cells.subspan(static_cast<std::size_t>((row - window.row) * kSide), kSide);
      if (row == 0 || row == kSide - 1) std::ranges::fill(line, 1);
      line.front() = line.back() = 1;
      if (row < row_ || row >= row_ + map_.rows) continue;
      const auto from = map_.row(static_cast<int>(row - row_));
      std::ranges::copy(from, line.begin() + col_);
    }
  }

 private:
  CellMap map_;
  std::int64_t row_, col_;
  Grid grid_{0, 0, 1, 1, kSide, kSide};
  std::vector<LegendClass> classes_ = std::vector<LegendClass>(2);
};

TEST(PatchLabelsLong, MoreCellsThan32BitsCount) {
  const CellMap map = reference::snake(2001, 999);
  const FarAway source(map, 60000, 3000);
  CellAreas areas(FarAway::kSide, 1, 1, 1, std::vector<CellAreas::Segment>(FarAway::kSide, {0, 3, 0, 0, 0}));
  Executor executor({.threads = 2, .memory_bytes = 512 << 20});
  PatchLabels labels(source, {4, false, set_of({1})}, areas, GridMetric::planar(source.grid(), 1), executor);
  ASSERT_EQ(labels.count(), 2);
  std::vector<Patch> patches;
  PatchLabels::Outputs outputs;
  outputs.records = [&](std::span<const Patch> some) {
    return std::string(reinterpret_cast<const char*>(some.data()), some.size_bytes());
  };
  outputs.write_records = [&](std::string_view records) {
    const std::size_t before = patches.size();
    patches.resize(before + records.size() / sizeof(Patch));
    std::copy_n(records.data(), records.size(), reinterpret_cast<char*>(patches.data() + before));
  };
  labels.write(outputs, executor);
  ASSERT_EQ(patches.size(), 2U);
  EXPECT_EQ(patches[0].cells, 4 * (FarAway::kSide - 1));
  EXPECT_EQ(labels.perimeter_m(patches[0]), 4.0 * FarAway::kSide + 4.0 * (FarAway::kSide - 2));
  EXPECT_EQ(patches[1].first_cell, 60000 * FarAway::kSide + 3000);
  EXPECT_EQ(patches[1].cells, 1001 * 999 + 1000);
  EXPECT_EQ(patches[1].area, 3 * patches[1].cells);
  EXPECT_EQ(patches[1].row_end, 62001);
  EXPECT_EQ(patches[1].col_end, 3999);
}

TEST(PatchLabels, BandsFullOfPatchesAreCut) {
  // A budget this small allows a few hundred labels at a time: rows of the checkerboard become pieces of their own.
  const CellMap map = reference::shapes_on_grid(60, 900).at(7).map;
  const auto expected = reference::slow_patches(map, set_of({1}), 4, false);
  for (const int threads : {1, 2}) {
    const Found found = found_in(map, {4, false, set_of({1})}, {.threads = threads, .memory_bytes = 24 << 20});
    EXPECT_EQ(found.ids, expected.ids);
    EXPECT_EQ(found.patches.size(), 27000U);
  }
}

// Borders of one row each, and more of them than the budget takes: single cells that nothing joins, bars of two cells
// across every second border, and clumps that join and part.
TEST(PatchLabels, BordersSpillToScratch) {
  std::mt19937 random(12);
  const CellMap checkerboard = reference::shapes_on_grid(400, 900).at(7).map;
  const CellMap bars = reference::drawn_map(400, 900, [](int row, int col) { return (row / 2 + col) % 2 == 0; });
  const CellMap clumps = reference::random_clumps(random, 400, 900, 0.2),
                noise = reference::random_map(random, 400, 900, 0.55);
  for (const CellMap& map : {checkerboard, bars, clumps, noise}) {
    for (const LabelRule& rule : {LabelRule{4, false, set_of({1})}, LabelRule{8, true, set_of({0, 1})}}) {
      const auto expected = flood_filled(map, rule);
      for (const int threads : {1, 2, 7}) {
        for (const std::int64_t tile_size : {1, 2, 50}) {
          const ExecutionSettings settings{.threads = threads, .memory_bytes = 48 << 20, .tile_size = tile_size};
          const Found found = found_in(map, rule, settings);
          ASSERT_EQ(found.ids, expected.ids) << threads << ' ' << tile_size;
          ASSERT_EQ(found.patches.size(), expected.patches.size());
          for (std::size_t i = 0; i < found.patches.size(); ++i) {
            ASSERT_EQ(found.patches[i].cells, expected.patches[i].cells);
            ASSERT_EQ(found.patches[i].first_cell, expected.patches[i].first_cell);
          }
          const bool full = !rule.by_class && (map.cells == checkerboard.cells || map.cells == bars.cells);
          EXPECT_TRUE(found.scratch_bytes > 0 || !full || tile_size > 1);
        }
      }
    }
  }
}

TEST(PatchLabels, AFullScratchFolderIsSaid) {
  const CellMap map = reference::shapes_on_grid(400, 900).at(7).map;
  const ExecutionSettings settings{
      .threads = 1, .memory_bytes = 8 << 20, .tile_size = 1, .scratch_folder = "/dev/null/nowhere"};
  try {
    found_in(map, {4, false, set_of({1})}, settings);
    FAIL() << "there is no such folder";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unwritable);
    EXPECT_NE(std::string(error.what()).find("--scratch"), std::string::npos) << error.what();
  }
}

TEST(PatchLabels, BandsWithoutMembersAreNotDecoded) {
  std::mt19937 random(13);
  CellMap map = reference::patchy_map(random, 200, 150, 3, 3);
  for (int row = 0; row < map.rows; ++row) {
    if (row < 11 || (row >= 40 && row < 70) || row == 100 || row >= 190)
      std::fill_n(map.cells.begin() + row * map.cols, map.cols, ClassIndex{0});
  }
  for (const LabelRule& rule : {LabelRule{8, false, set_of({1})}, LabelRule{4, true, set_of({1, 2})}}) {
    const auto expected = flood_filled(map, rule);
    for (const std::int64_t tile_size : {1, 2, 10}) {
      for (const int threads : {1, 2, 7}) {
        const Found found = found_in(map, rule, {.threads = threads, .tile_size = tile_size}, false, true);
        ASSERT_EQ(found.ids, expected.ids) << threads << ' ' << tile_size;
        ASSERT_EQ(found.patches.size(), expected.patches.size());
      }
    }
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
