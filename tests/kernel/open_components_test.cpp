// Components while rows come in, against connect() on the whole table.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "reference/cell_map.h"
#include "reference/near_reference.h"
#include "urbiome/kernel/connect.h"
#include "urbiome/kernel/near.h"
#include "urbiome/kernel/open_components.h"

namespace urbiome {
namespace {

using Runs = std::vector<Run>;                                     // named out here: tests have a Run of their own
using Found = std::vector<std::pair<std::int64_t, std::int64_t>>;  // first cell and area

Reach planar(double limit, double dx, double dy, bool strict, std::int64_t rows) {
  return reach_within(limit, strict, rows, true, [=](std::int64_t, std::int32_t down, std::int32_t across) {
    return std::hypot(std::max(across - 1, 0) * dx, std::max(down - 1, 0) * dy);
  });
}

// A line per row; rows between two cells may reach less far than both.
Reach uneven(std::int64_t rows, std::int32_t down) {
  std::vector<std::int32_t> widths;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int32_t own = std::array{6, 2, 4}[static_cast<std::size_t>(row % 3)];
    for (std::int32_t d = 0; d <= down; ++d) widths.push_back(row + d < rows ? std::max(own - d, -1) : -1);
  }
  return {down, true, widths};
}

std::vector<std::int64_t> random_areas(std::mt19937& random, std::size_t count) {
  std::vector<std::int64_t> areas(count);
  for (std::int64_t& area : areas) area = 1 + static_cast<std::int64_t>(random());  // sums tell components apart
  return areas;
}

Found by_connect(const RunTable& table, const Reach& reach, const std::vector<std::int64_t>& areas,
                 std::int64_t width) {
  const Components components = connect(table, reach);
  Found found(static_cast<std::size_t>(components.count()), {0, 0});
  for (std::size_t i = 0; i < areas.size(); ++i)
    found[static_cast<std::size_t>(components.of_run[i])].second += areas[i];
  for (std::size_t c = 0; c < found.size(); ++c) {
    const auto run = components.first_run[c];
    const auto row = std::upper_bound(table.offsets.begin(), table.offsets.end(), run) - table.offsets.begin() - 1;
    found[c].first = row * width + table.runs[run].begin;
  }
  std::sort(found.begin(), found.end());
  return found;
}

Found by_rows(const RunTable& table, const Reach& reach, const std::vector<std::int64_t>& areas, std::int64_t width,
              unsigned close_every) {
  OpenComponents open(reach, width);
  Found found;
  const auto closed = [&](std::int32_t, const Component& c) {
    found.emplace_back(c.first_cell, static_cast<std::int64_t>(c.area));
  };
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const std::size_t first = table.offsets[static_cast<std::size_t>(row)];
    open.add_row(row, table.of_row(row), std::span(areas).subspan(first, table.of_row(row).size()));
    if (close_every > 0 && row % close_every == close_every - 1) open.close(closed);
  }
  open.finish(closed);
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<reference::CellMap> maps() {
  std::mt19937 random(11);
  std::vector<reference::CellMap> all;
  for (const auto& [rows, cols] : {std::pair{1, 1}, {1, 40}, {40, 1}, {9, 64}, {30, 63}, {33, 65}, {50, 130}}) {
    for (const double density : {0.0, 0.03, 0.2, 0.45, 0.7, 1.0})
      all.push_back(reference::random_map(random, rows, cols, density));
    reference::CellMap checkers = all.back(), snake = all.back();
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < cols; ++c) {
        checkers.cells[static_cast<std::size_t>(r * cols + c)] = (r + c) % 2 == 0 ? 1 : 0;
        const bool turn = c == (r % 4 == 1 ? cols - 1 : 0);
        snake.cells[static_cast<std::size_t>(r * cols + c)] = r % 2 == 0 || turn ? 1 : 0;
      }
    }
    all.push_back(checkers);
    all.push_back(snake);
  }
  return all;
}

TEST(OpenComponents, AreThoseOfTheWholeTable) {
  std::mt19937 random(12);
  for (const reference::CellMap& map : maps()) {
    const RunTable table = reference::runs_of(map, 1);
    std::vector<Reach> reaches = {neighbour_reach(4), neighbour_reach(8), uneven(map.rows, 5), uneven(map.rows, 1)};
    for (const double limit : {0.5, 1.0, 2.0, 3.7, 10.0, 25.0})
      reaches.push_back(planar(limit, 1, limit < 3 ? 1 : 0.7, random() % 2 == 0, map.rows));
    const std::vector<std::int64_t> areas = random_areas(random, table.runs.size());
    for (const Reach& reach : reaches) {
      const Found wanted = by_connect(table, reach, areas, map.cols);
      for (const unsigned close_every : {0U, 1U, 7U}) {
        EXPECT_EQ(by_rows(table, reach, areas, map.cols, close_every), wanted)
            << map.rows << " x " << map.cols << ", down " << reach.max_down() << ", nested " << reach.nested();
      }
    }
  }
}

TEST(OpenComponents, BothKindsOfReachAreTried) {
  EXPECT_TRUE(neighbour_reach(4).nested());
  EXPECT_TRUE(planar(10, 1, 1, true, 50).nested());
  EXPECT_FALSE(uneven(40, 5).nested());
}

TEST(OpenComponents, RowsThatAreSkippedAreEmpty) {
  const Reach reach = planar(3, 1, 1, false, 30);
  OpenComponents open(reach, 10);
  const Runs run = {{2, 4}};
  const std::vector<std::int64_t> area = {1};
  for (const std::int64_t row : {0, 4, 9}) open.add_row(row, run, area);  // 3 empty rows are within reach, 4 are not
  Found found;
  open.finish(
      [&](std::int32_t, const Component& c) { found.emplace_back(c.first_cell, static_cast<std::int64_t>(c.area)); });
  EXPECT_EQ(found, (Found{{2, 2}, {92, 1}}));
}

TEST(OpenComponents, PinnedOnesJoinAndStayOpen) {
  const Reach reach = neighbour_reach(8);
  OpenComponents open(reach, 10);
  const std::size_t pin = open.pin(100);
  const Runs runs = {{0, 1}, {5, 6}};
  const std::vector<std::int64_t> areas = {7, 9};
  const auto nodes = open.add_row(0, runs, areas);
  open.unite(open.pinned(pin), nodes[1]);
  for (std::int64_t row = 1; row < 5; ++row) {
    open.add_row(row, {}, {});
    open.close([](std::int32_t, const Component& c) { EXPECT_TRUE(c.area == 7); });
  }
  EXPECT_TRUE(open.at(open.pinned(pin)).area == 109);
}

TEST(NearRows, AreThoseOfEachRow) {
  for (const reference::CellMap& map : maps()) {
    const RunTable table = reference::runs_of(map, 1);
    for (const double limit : {0.4, 1.0, 4.5, 20.0}) {
      const Reach planar_reach = planar(limit, 1, 1, false, map.rows), other = planar(limit / 2, 1, 1, false, map.rows);
      const Reach jagged = uneven(map.rows, 4);
      for (const TwoWayReach& reach : {TwoWayReach{planar_reach, planar_reach}, TwoWayReach{other, planar_reach},
                                       TwoWayReach{jagged, planar_reach}}) {
        for (const std::int64_t step : {std::int64_t{1}, std::int64_t{7}, std::int64_t{map.rows}}) {
          for (std::int64_t first = 0; first < map.rows; first += step) {
            const std::int64_t end = std::min<std::int64_t>(first + step, map.rows);
            const RunTable found =
                near_rows(first, end, map.rows, map.cols, reach, [&](std::int64_t row) { return table.of_row(row); });
            ASSERT_EQ(found.rows(), end - first);
            for (std::int64_t row = first; row < end; ++row) {
              const Runs wanted = reference::near_runs(table, reach, row, map.cols);
              const auto mine = found.of_row(row - first);
              EXPECT_TRUE(std::equal(mine.begin(), mine.end(), wanted.begin(), wanted.end())) << "row " << row;
            }
          }
        }
      }
    }
  }
}

// Reaches that span few rows and those that span many go different ways.
TEST(NearRows, AreThoseOfEachRowHoweverFarTheySee) {
  std::mt19937 random(12);
  for (const double density : {0.0004, 0.01, 0.6}) {
    const reference::CellMap map = reference::random_map(random, 290, 150, density);
    const RunTable table = reference::runs_of(map, 1);
    for (const double limit : {70.0, 98.0, 140.0}) {
      const Reach reach = planar(limit, 1, 1, false, map.rows), other = planar(limit / 3, 1, 1, true, map.rows);
      for (const TwoWayReach& rule :
           {TwoWayReach{reach, reach}, TwoWayReach{other, reach}, TwoWayReach{reach, other}}) {
        for (std::int64_t first = 0; first < map.rows; first += 100) {
          const std::int64_t end = std::min<std::int64_t>(first + 100, map.rows);
          const RunTable found =
              near_rows(first, end, map.rows, map.cols, rule, [&](std::int64_t row) { return table.of_row(row); });
          for (std::int64_t row = first; row < end; ++row) {
            const Runs wanted = reference::near_runs(table, rule, row, map.cols);
            const auto mine = found.of_row(row - first);
            ASSERT_TRUE(std::equal(mine.begin(), mine.end(), wanted.begin(), wanted.end()))
                << "row " << row << ", " << limit << ", " << rule.down.max_down();
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace urbiome
