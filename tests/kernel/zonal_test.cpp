#include "urbiome/kernel/zonal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "kernel/shapes.h"
#include "reference/polygon_reference.h"
#include "reference/zonal_reference.h"
#include "urbiome/kernel/region_index.h"
#include "urbiome/kernel/zonal_statistics.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();

const std::vector<std::string> kAll = {"count",
                                       "sum",
                                       "mean",
                                       "min",
                                       "max",
                                       "range",
                                       "variance",
                                       "stdev",
                                       "median",
                                       "quantile_25",
                                       "quantile_97.5",
                                       "mode",
                                       "minority",
                                       "variety",
                                       "weight",
                                       "weighted_sum",
                                       "weighted_mean",
                                       "weighted_variance",
                                       "weighted_stdev",
                                       "coefficient_of_variation"};

std::optional<double> get(const ZonalSums& sums, const std::string& name) {
  return value_of(sums, *Statistic::parse(name));
}

ZonalTally tallied(const Grid& grid, const std::vector<double>& values, const std::vector<double>& weights,
                   const std::vector<Coverage>& zones, std::int64_t tile, const CellAreas* areas = nullptr) {
  const ZonalNeeds needs{true, true, !weights.empty() || areas != nullptr};
  ZonalTally result(zones.size(), needs);
  const RegionIndex index(zones, grid.height);
  for (std::int64_t row = 0; row < grid.height; row += tile) {
    for (std::int64_t col = 0; col < grid.width; col += tile) {
      const Window window = intersection({row, col, tile, tile}, whole(grid));
      std::vector<double> v, w;
      for (std::int64_t r = window.row; r < window.row_end(); ++r) {
        for (std::int64_t c = window.col; c < window.col_end(); ++c) {
          const auto i = static_cast<std::size_t>(r * grid.width + c);
          v.push_back(values[i]);
          if (!weights.empty()) w.push_back(weights[i]);
        }
      }
      std::vector<std::uint32_t> wanted;
      index.find(window, wanted);
      ZonalTally part(zones.size(), needs);
      part.consume(window, v, {w, areas}, zones, wanted);
      result.merge(part);
    }
  }
  result.settle();
  return result;
}

double share_at(const Coverage& coverage, std::int64_t row, std::int64_t col) {
  for (const CellSpan& span : coverage.spans_of(row)) {
    if (span.begin <= col && col < span.end) return 1;
  }
  for (const PartialCell& cell : coverage.partials_of(row)) {
    if (cell.col == col) return from_fixed(cell.share);
  }
  return 0;
}

std::vector<reference::WeighedCell> cells_of(const Grid& grid, const std::vector<double>& values,
                                             const std::vector<double>& weights, const Coverage& zone) {
  std::vector<reference::WeighedCell> cells;
  for (std::int64_t row = 0; row < grid.height; ++row) {
    for (std::int64_t col = 0; col < grid.width; ++col) {
      const auto i = static_cast<std::size_t>(row * grid.width + col);
      const double share = share_at(zone, row, col);
      if (share > 0 && !std::isnan(values[i])) cells.push_back({values[i], share, weights.empty() ? 1 : weights[i]});
    }
  }
  return cells;
}

void expect_near(const ZonalSums& sums, const std::string& name, long double expected, double scale) {
  const std::optional<double> found = get(sums, name);
  ASSERT_TRUE(found.has_value()) << name;
  EXPECT_NEAR(*found, static_cast<double>(expected), 1e-12 * std::max(scale, std::abs(static_cast<double>(expected))))
      << name;
}

void expect_like_reference(const ZonalSums& sums, const std::vector<reference::WeighedCell>& cells) {
  ASSERT_FALSE(cells.empty());
  const reference::Moments plain = reference::moments(cells, false), weighted = reference::moments(cells, true);
  double largest = 0;
  for (const auto& cell : cells) largest = std::max(largest, std::abs(cell.value));
  const double scale = static_cast<double>(plain.weight) * largest;
  expect_near(sums, "count", plain.weight, 0);
  expect_near(sums, "sum", plain.sum, scale);
  expect_near(sums, "mean", plain.sum / plain.weight, largest);
  expect_near(sums, "variance", plain.variance, largest * largest);
  expect_near(sums, "stdev", std::sqrt(plain.variance), largest);
  expect_near(sums, "weighted_mean", weighted.sum / weighted.weight, largest);
  expect_near(sums, "weighted_variance", weighted.variance, largest * largest);
  const auto cover = reference::cover_by_value(cells);
  EXPECT_EQ(get(sums, "min"), cover.begin()->first);
  EXPECT_EQ(get(sums, "max"), cover.rbegin()->first);
  EXPECT_EQ(get(sums, "variety"), static_cast<double>(cover.size()));
  auto mode = cover.begin(), minority = cover.begin();
  for (auto entry = cover.begin(); entry != cover.end(); ++entry) {
    if (entry->second >= mode->second) mode = entry;
    if (entry->second < minority->second) minority = entry;
  }
  EXPECT_EQ(get(sums, "mode"), mode->first);
  EXPECT_EQ(get(sums, "minority"), minority->first);
  for (const auto& [name, q] : {std::pair{"median", 0.5},
                                {"quantile_25", 0.25},
                                {"quantile_97.5", 0.975},
                                {"quantile_0", 0.0},
                                {"quantile_100", 1.0}})
    expect_near(sums, name, reference::quantile(cells, q), largest);
}

// What values may look like: whole bytes, 16 bits, prices, heights, anything, with nodata among them.
std::vector<double> made_values(std::mt19937& random, int kind, std::size_t size) {
  std::normal_distribution<double> bell;
  std::vector<double> values;
  for (std::size_t i = 0; i < size; ++i) {
    double value = 0;
    if (kind == 0) value = random() % 7;
    if (kind == 1) value = static_cast<double>(random() % 65536) - 32768;
    if (kind == 2) value = static_cast<double>(random() % 10000) / 100;
    if (kind == 3) value = static_cast<double>(static_cast<float>(400 + 30 * bell(random)));
    if (kind == 4) value = bell(random);
    if (kind == 5) value = std::ldexp(bell(random), static_cast<int>(random() % 400) - 200);
    values.push_back(random() % 11 == 0 ? kNan : value);
  }
  return values;
}

TEST(Zonal, AgreesWithReferenceOnRandomMaps) {
  std::mt19937 random(4);
  for (const std::int64_t width : {1, 5, 63, 64, 65, 97}) {
    for (int kind = 0; kind < 6; ++kind) {
      const Grid grid{0, 70, 1, 1, width, 70};
      std::vector<double> values = made_values(random, kind, static_cast<std::size_t>(grid.cells()));
      values[0] = 3;
      std::vector<double> weights;
      for (std::size_t i = 0; i < values.size(); ++i)
        weights.push_back(0.25 + static_cast<double>(random() % 1000) / 7);
      std::vector<Coverage> zones{cover_window(whole(grid)), cover_window({0, 0, 1, 1})};
      for (int i = 0; i < 4; ++i) {  // they overlap each other and the grid's edge
        const Point centre{static_cast<double>(random() % static_cast<unsigned>(width)),
                           static_cast<double>(random() % 70)};
        zones.push_back(cover_exactly(shapes::random_star(random, centre, 5 + 20.0 * i, 9 + 8 * i, i % 2 == 1), grid));
      }
      const ZonalTally tally = tallied(grid, values, weights, zones, 4096);
      for (std::size_t z = 0; z < zones.size(); ++z) {
        SCOPED_TRACE("width " + std::to_string(width) + ", kind " + std::to_string(kind) + ", zone " +
                     std::to_string(z));
        const auto cells = cells_of(grid, values, weights, zones[z]);
        if (cells.empty()) {
          EXPECT_EQ(get(tally.region(z), "count"), 0.0);
        } else {
          expect_like_reference(tally.region(z), cells);
        }
      }
    }
  }
}

TEST(Zonal, SameBytesForAnyTiles) {
  std::mt19937 random(5);
  const Grid grid{0, 130, 1, 1, 150, 130};
  for (int kind = 0; kind < 6; ++kind) {
    const auto values = made_values(random, kind, static_cast<std::size_t>(grid.cells()));
    const auto weights = made_values(random, 2, values.size());
    std::vector<double> all_weights;
    for (const double w : weights) all_weights.push_back(std::isnan(w) ? 1 : w);
    std::vector<Coverage> zones;
    for (int i = 0; i < 5; ++i)
      zones.push_back(cover_exactly(shapes::random_star(random, {20.0 + 25 * i, 60}, 40, 30, true), grid));
    const ZonalTally expected = tallied(grid, values, all_weights, zones, 4096);
    for (const std::int64_t tile : {1, 7, 64}) {
      const ZonalTally found = tallied(grid, values, all_weights, zones, tile);
      for (std::size_t z = 0; z < zones.size(); ++z) {
        for (const std::string& name : kAll)
          EXPECT_EQ(get(found.region(z), name), get(expected.region(z), name)) << name;
      }
    }
  }
}

TEST(Zonal, LargeNumbersDoNotCancel) {
  const Grid grid{0, 1, 1, 1, 6, 1};
  const std::vector<Coverage> zones{cover_window(whole(grid))};
  const auto of = [&](const std::vector<double>& values) { return tallied(grid, values, {}, zones, 3); };
  const ZonalTally large = of({1e300, 1.0, -1e300, 1e300, 3.0, -1e300});
  EXPECT_EQ(get(large.region(0), "sum"), 4.0);
  EXPECT_EQ(get(large.region(0), "mean"), 4.0 / 6);
  EXPECT_EQ(get(large.region(0), "variance"), kInfinity) << "1e600 is no double";
  EXPECT_NEAR(*get(large.region(0), "stdev") / 1e300, std::sqrt(4.0 / 6), 1e-15);
  const ZonalTally alike = of({1e8 + 4, 1e8 + 7, 1e8 + 13, 1e8 + 16, kNan, kNan});
  EXPECT_EQ(get(alike.region(0), "variance"), 22.5) << "a shifted textbook case";
  const ZonalTally closer = of({1e15 + 4, 1e15 + 7, 1e15 + 13, 1e15 + 16, kNan, kNan});
  EXPECT_EQ(get(closer.region(0), "variance"), 22.5);
  const ZonalTally tiny = of({5e-324, 5e-324, 1e-300, 0.0, -0.0, 1e-310});
  EXPECT_EQ(get(tiny.region(0), "sum"), 1e-300 + 1e-310 + 1e-323);
  EXPECT_EQ(get(tiny.region(0), "variety"), 4.0) << "0 and -0 are one value";
  const ZonalTally mixed = of({1e300, 1e-300, 2e-300, -1e300, 0.0, 5e-324});
  EXPECT_EQ(get(mixed.region(0), "sum"), 3e-300) << "tiny numbers beside huge ones";
}

TEST(Zonal, InfinitiesAndNodata) {
  const Grid grid{0, 1, 1, 1, 4, 1};
  const std::vector<Coverage> zones{cover_window(whole(grid)), cover_window({0, 0, 1, 1}), cover_window({0, 3, 1, 1})};
  const ZonalTally up = tallied(grid, {1, kInfinity, 2, kNan}, {1, 2, 3, 4}, zones, 4);
  EXPECT_EQ(get(up.region(0), "sum"), kInfinity);
  EXPECT_EQ(get(up.region(0), "count"), 3.0);
  EXPECT_EQ(get(up.region(0), "weighted_mean"), kInfinity);
  EXPECT_EQ(get(up.region(0), "min"), 1.0);
  EXPECT_FALSE(get(up.region(0), "variance"));
  EXPECT_EQ(get(up.region(1), "sum"), 1.0);
  const ZonalTally both = tallied(grid, {-kInfinity, kInfinity, 2, kNan}, {1, 2, 0, 4}, zones, 4);
  EXPECT_FALSE(get(both.region(0), "sum"));
  EXPECT_FALSE(get(both.region(0), "weighted_sum"));
  EXPECT_EQ(get(both.region(0), "median"), 2.0);
  for (const std::string& name : kAll) {  // nothing but nodata
    const bool zero =
        name == "count" || name == "sum" || name == "variety" || name == "weight" || name == "weighted_sum";
    EXPECT_EQ(get(up.region(2), name), zero ? std::optional<double>(0) : std::nullopt) << name;
  }
  const ZonalTally missing = tallied(grid, {1, 2, 3, kNan}, {1, kNan, 3, kNan}, zones, 4);
  EXPECT_FALSE(get(missing.region(0), "weighted_mean")) << "a cell with a value has no weight";
  EXPECT_EQ(get(missing.region(1), "weighted_mean"), 1.0);
}

TEST(Zonal, AreasWeighLikeARasterOfAreas) {
  std::mt19937 random(6);
  const Grid grid{0, 40, 1, 1, 64, 40};
  for (const std::int64_t segments : {1, 4}) {
    std::vector<CellAreas::Segment> table;
    for (std::int64_t i = 0; i < grid.height * segments; ++i) {
      CellAreas::Segment segment;
      segment.before = (i % segments) * 16 * (kOne - 999);
      segment.first = kOne - 999 - i;
      segment.linear = segments > 1 ? 770000 : 0;
      table.push_back(segment);
    }
    const CellAreas areas(grid.height, segments, grid.width / segments, std::ldexp(1.0, -30), table);
    const auto values = made_values(random, 3, static_cast<std::size_t>(grid.cells()));
    std::vector<double> raster;
    for (std::int64_t row = 0; row < grid.height; ++row) {
      for (std::int64_t col = 0; col < grid.width; ++col) raster.push_back(areas.to_m2(areas.cell(row, col)));
    }
    const std::vector<Coverage> zones{cover_window({3, 5, 30, 40}),
                                      cover_exactly(shapes::random_star(random, {30, 20}, 25, 40, true), grid)};
    const ZonalTally by_area = tallied(grid, values, {}, zones, 17, &areas);
    const ZonalTally by_raster = tallied(grid, values, raster, zones, 17);
    for (const std::string& name : kAll) {
      EXPECT_EQ(get(by_area.region(0), name), get(by_raster.region(0), name)) << name << ": whole cells";
      // Areas of parts of cells are rounded to units of CellAreas.
      const double found = *get(by_area.region(1), name), expected = *get(by_raster.region(1), name);
      EXPECT_NEAR(found, expected, 1e-11 * std::abs(expected)) << name;
    }
  }
}

TEST(Zonal, CountedValuesGiveTheSameSums) {
  ZonalTally counted(1, {true, true, true});
  counted.add(0, 7, 3 * kOne / 2, 12, -1);
  counted.add(0, 9, kOne / 2, 4, -1);
  counted.settle();
  EXPECT_EQ(get(counted.region(0), "mean"), 7.5);
  EXPECT_EQ(get(counted.region(0), "weighted_sum"), 60.0);
  EXPECT_EQ(get(counted.region(0), "variance"), 0.75);
  EXPECT_EQ(get(counted.region(0), "mode"), 7.0);
}

TEST(Zonal, NamesOfStatistics) {
  for (const std::string& name : kAll) EXPECT_TRUE(Statistic::parse(name)) << name;
  for (const char* name : {"", "mea", "quantile", "quantile_", "quantile_101", "quantile_-1", "quantile_1e1",
                           "quantile_5.", "quantile_0.0001", "quantile_nan", "quantile_100.001", "Mean"})
    EXPECT_FALSE(Statistic::parse(name)) << name;
  EXPECT_EQ(Statistic::parse("quantile_2.5")->per_100000, 2500);
}

TEST(RegionIndex, FindsWhatALoopFinds) {
  std::mt19937 random(7);
  std::vector<Coverage> regions;
  const auto any = [&](std::int64_t most) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(most)); };
  for (int i = 0; i < 300; ++i) {
    const Window window{any(2000), any(900), 1 + any(i % 10 == 0 ? 1500 : 20), 1 + any(60)};
    regions.push_back(cover_window(intersection(window, {0, 0, 2000, 900})));
  }
  regions.emplace_back();
  const RegionIndex index(regions, 2000);
  for (int i = 0; i < 300; ++i) {
    const Window window = intersection({any(2000), any(900), 1 + any(700), 1 + any(300)}, {0, 0, 2000, 900});
    std::vector<std::uint32_t> found, expected;
    index.find(window, found);
    for (std::uint32_t r = 0; r < regions.size(); ++r) {
      const Coverage& c = regions[r];
      if (!c.empty() && c.first_row < window.row_end() && c.row_end() > window.row && c.col_begin < window.col_end() &&
          c.col_end > window.col)
        expected.push_back(r);
    }
    EXPECT_EQ(found, expected);
  }
}

// Published cases of another program. It prints quantiles of whole numbers cut to whole numbers.
TEST(ZonalTruth, AgreesWithPublishedCases) {
  const std::filesystem::path path = URBIOME_TEST_DATA "/../truth/coverage/stats_cases.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "coverage/stats_cases.json is absent";
  std::ifstream file(path);
  const nlohmann::json cases = nlohmann::json::parse(file);
  int checked = 0;
  for (const nlohmann::json& one : cases) {
    SCOPED_TRACE(one["name"].get<std::string>());
    std::vector<double> values, weights;
    Grid grid;
    std::vector<Coverage> zones;
    const auto number = [](const nlohmann::json& cell) { return cell.is_null() ? kNan : cell.get<double>(); };
    if (one.contains("values")) {
      const auto box = one["extent_xmin_ymin_xmax_ymax"].get<std::vector<double>>();
      for (const auto& row : one["values"]) {
        for (const auto& cell : row) values.push_back(number(cell));
      }
      for (const auto& row : one.value("weights", nlohmann::json::array())) {
        for (const auto& cell : row) weights.push_back(number(cell));
      }
      const auto rows = static_cast<std::int64_t>(one["values"].size()),
                 cols = static_cast<std::int64_t>(one["values"][0].size());
      grid = {
          box[0], box[3], (box[2] - box[0]) / static_cast<double>(cols), (box[3] - box[1]) / static_cast<double>(rows),
          cols,   rows};
      zones.push_back(cover_exactly(polygons_from_wkt(one["wkt"].get<std::string>()), grid));
    }
    ZonalTally tally(1, {true, true, true});
    if (zones.empty()) {  // bare values and weights; a value without weight has its place among the others
      for (std::size_t i = 0; i < one["values_list"].size(); ++i) {
        tally.add(0, one["values_list"][i].get<double>(), to_fixed_wide(one["weights_list"][i].get<double>()), 1, 0);
      }
      tally.settle();
    } else {
      tally = tallied(grid, values, weights, zones, 4096);
    }
    if (one["name"] == "min_coverage_frac 0.49") continue;  // a filter that this engine does not have
    for (const auto& [key, expected] : one["expected"].items()) {
      std::string name = key == "cv" ? "coefficient_of_variation" : key;
      const bool place = std::isdigit(static_cast<unsigned char>(key[0])) != 0;
      if (place) name = "quantile_" + std::to_string(std::lround(100 * std::stod(key)));
      if (!Statistic::parse(name)) continue;  // cover itself, defaults for nodata
      SCOPED_TRACE(name);
      std::optional<double> found = get(tally.region(0), name);
      ++checked;
      if (expected.is_null()) {
        EXPECT_FALSE(found.has_value());
        continue;
      }
      ASSERT_TRUE(found.has_value());
      if (name.starts_with("quantile_") && !place) found = std::floor(*found);
      const double figure = expected.get<double>();
      // Figures are printed with seven digits, or in full.
      const bool in_full = figure == std::round(figure * 4) / 4 || one["name"] == "basic stats 3x3";
      EXPECT_NEAR(*found, figure,
                  in_full ? 1e-12 * std::max(1.0, std::abs(figure)) : 5e-7 * std::max(1.0, std::abs(figure)));
    }
  }
  EXPECT_GE(checked, 40);
}

}  // namespace
}  // namespace urbiome
