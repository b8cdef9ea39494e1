#include "urbiome/kernel/distance.h"

#include <gtest/gtest.h>

#include <random>

#include "reference/distance_reference.h"
#include "reference/shapes_on_grid.h"
#include "urbiome/kernel/member_bytes.h"

namespace urbiome {
namespace {

using reference::CellMap;

template <class Out = double>
std::vector<Out> measured(const CellMap& map, const DistanceKeys& keys, int band_rows) {
  const std::int64_t bands = (map.rows + band_rows - 1) / band_rows;
  const auto part = [&](std::int64_t band, auto& cells) {
    const auto first = static_cast<std::size_t>(band * band_rows * map.cols);
    const auto size = std::min(static_cast<std::size_t>(band_rows * map.cols), cells.size() - first);
    return std::span(cells.data() + first, size);
  };
  std::vector<ColumnEnds> ends;
  for (std::int64_t band = 0; band < bands; ++band) {
    ends.push_back(ends_of(map.cols, band * band_rows, std::span<const std::uint8_t>(part(band, map.cells))));
  }
  const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
  std::vector<Out> out(map.cells.size());
  DistanceBand work(keys, map.cols, map.rows);
  for (std::int64_t band = 0; band < bands; ++band) {
    work.measure(beyond[static_cast<std::size_t>(band)], band * band_rows, part(band, map.cells), part(band, out));
  }
  return out;
}

// Equal to the last few digits, or both NaN.
void expect_same(const std::vector<double>& found, const std::vector<double>& expected, double relative) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::isnan(expected[i])) {
      ASSERT_TRUE(std::isnan(found[i])) << i << ": " << found[i];
    } else {
      ASSERT_NEAR(found[i], expected[i], relative * expected[i]) << i;
    }
  }
}

struct Case {
  double dx, dy, largest;
  DistanceMeasure measure;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const DistanceMeasure measure : {DistanceMeasure::centre, DistanceMeasure::edge}) {
    for (const double largest : {kNoLimit, 30.0, 7.0, 300.0, 5000.0, 0.0}) {
      cases.push_back({10, 10, largest, measure});
      cases.push_back({10, 15, largest, measure});
      cases.push_back({0.3, 0.1, largest, measure});
      cases.push_back({200, 1.5, largest, measure});
      cases.push_back({9.98, 10.017, largest, measure});
    }
  }
  return cases;
}

void check_all_cases(const CellMap& map) {
  for (const Case& c : all_cases()) {
    const DistanceKeys keys(c.dx, c.dy, c.measure, c.largest);
    const auto expected =
        reference::distances_one_by_one(map, c.dx, c.dy, c.measure == DistanceMeasure::edge, c.largest);
    for (const int band_rows : {1, 7, 64, 1000}) {
      SCOPED_TRACE(testing::Message() << map.rows << " x " << map.cols << ", " << c.dx << " x " << c.dy << ", "
                                      << c.largest << ", bands of " << band_rows);
      ASSERT_NO_FATAL_FAILURE(expect_same(measured(map, keys, band_rows), expected, 4e-16));
    }
  }
}

TEST(Distance, IsTheNearestMembersOnRandomMaps) {
  std::mt19937 random(3);
  for (const int cols : {1, 2, 63, 64, 65, 130, 300}) {
    for (const double density : {0.5, 0.05, 0.002}) {
      ASSERT_NO_FATAL_FAILURE(check_all_cases(reference::random_map(random, 1 + cols % 37, cols, density)));
    }
  }
  ASSERT_NO_FATAL_FAILURE(check_all_cases(reference::random_map(random, 170, 9, 0.003)));
}

TEST(Distance, OfLandCoverWithLargePatches) {
  std::mt19937 random(4);
  CellMap map = reference::patchy_map(random, 40, 200, 19, 9);
  for (std::uint8_t& cell : map.cells) cell = cell == 1 ? 1 : 0;
  check_all_cases(map);
}

TEST(Distance, OfSnakesSpiralsAndRings) {
  for (const auto& [name, map] : reference::shapes_on_grid(11, 66)) {
    SCOPED_TRACE(name);
    ASSERT_NO_FATAL_FAILURE(check_all_cases(map));
    ASSERT_NO_FATAL_FAILURE(check_all_cases(reference::inverted(map)));
  }
}

TEST(Distance, OfOneMemberEverywhere) {
  for (const auto& [row, col] : std::vector<std::pair<int, int>>{{0, 0}, {0, 511}, {12, 0}, {12, 511}, {5, 200}}) {
    CellMap map{13, 512, std::vector<std::uint8_t>(13 * 512, 0)};
    map.cells[static_cast<std::size_t>(row * 512 + col)] = 1;
    check_all_cases(map);
  }
}

TEST(Distance, OfAllAndOfNone) {
  const DistanceKeys keys(10, 10, DistanceMeasure::centre);
  const CellMap all{5, 70, std::vector<std::uint8_t>(350, 1)}, none{5, 70, std::vector<std::uint8_t>(350, 0)};
  for (const double d : measured(all, keys, 2)) ASSERT_EQ(d, 0);
  for (const double d : measured(none, keys, 2)) ASSERT_TRUE(std::isnan(d));
}

// A program that is wrong beyond column 4096 is known.
TEST(Distance, IsExactFarFromACornerOfAWideMap) {
  constexpr int kCols = 70000, kRows = 3;
  CellMap map{kRows, kCols, std::vector<std::uint8_t>(kCols * kRows, 0)};
  map.cells[0] = 1;
  const auto found = measured(map, DistanceKeys(10, 10, DistanceMeasure::centre), 2);
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      const double squared = 100.0 * row * row + 100.0 * col * static_cast<double>(col);
      ASSERT_EQ(found[static_cast<std::size_t>(row * kCols + col)], std::sqrt(squared)) << row << " " << col;
    }
  }
}

TEST(Distance, IsExactFarDownATallMap) {
  constexpr int kCols = 2, kRows = 140000;
  CellMap map{kRows, kCols, std::vector<std::uint8_t>(kCols * kRows, 0)};
  map.cells[0] = 1;
  for (const int band_rows : {100, 9999, 65534}) {
    const auto found = measured(map, DistanceKeys(10, 10, DistanceMeasure::centre), band_rows);
    for (int row = 0; row < kRows; ++row) {
      const double squared = 100.0 * row * static_cast<double>(row);
      ASSERT_EQ(found[static_cast<std::size_t>(2 * row)], std::sqrt(squared)) << row;
      ASSERT_EQ(found[static_cast<std::size_t>(2 * row + 1)], std::sqrt(squared + 100)) << row;
    }
  }
}

TEST(Distance, InFloatsIsTheSameWithinAUnit) {
  std::mt19937 random(5);
  const CellMap map = reference::random_map(random, 50, 200, 0.01);
  const DistanceKeys keys(10, 10, DistanceMeasure::edge, 90);
  const auto wide = measured(map, keys, 16);
  const auto narrow = measured<float>(map, keys, 16);
  for (std::size_t i = 0; i < wide.size(); ++i) {
    if (std::isnan(wide[i]))
      ASSERT_TRUE(std::isnan(narrow[i]));
    else
      ASSERT_NEAR(narrow[i], wide[i], wide[i] * 1.2e-7);
  }
}

// Turned, mirrored and scaled maps have turned, mirrored and scaled distances.
TEST(Distance, TurnsAndScalesWithTheMap) {
  std::mt19937 random(6);
  const CellMap map = reference::random_map(random, 75, 131, 0.004);
  CellMap turned{map.cols, map.rows, std::vector<std::uint8_t>(map.cells.size())};
  const auto at = [](int row, int col, int cols) { return static_cast<std::size_t>(row * cols + col); };
  for (int row = 0; row < map.rows; ++row) {
    for (int col = 0; col < map.cols; ++col) {
      turned.cells[at(map.cols - 1 - col, row, map.rows)] = map.at(row, col);
    }
  }
  const auto one = measured(map, DistanceKeys(20, 30, DistanceMeasure::edge), 16);
  const auto two = measured(turned, DistanceKeys(60, 40, DistanceMeasure::edge), 5);
  for (int row = 0; row < map.rows; ++row) {
    for (int col = 0; col < map.cols; ++col) {
      ASSERT_EQ(2 * one[at(row, col, map.cols)], two[at(map.cols - 1 - col, row, map.rows)]);
    }
  }
}

TEST(MemberBytes, MarkEveryClassOfTheSet) {
  std::mt19937 random(8);
  for (const std::size_t size : {0U, 1U, 15U, 16U, 63U, 64U, 65U, 1000U}) {
    ClassSet member{};
    for (bool& is_member : member) is_member = random() % 3 == 0;
    std::vector<ClassIndex> cells(size);
    for (ClassIndex& cell : cells) cell = static_cast<ClassIndex>(random());
    std::vector<std::uint8_t> out(size);
    mark_members(cells, member, out);
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(out[i], member[cells[i]] ? 1 : 0);
  }
}

}  // namespace
}  // namespace urbiome
