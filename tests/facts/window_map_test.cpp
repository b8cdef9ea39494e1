#include "urbiome/facts/window_map.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "facts/surroundings.h"
#include "urbiome/facts/morphology_map.h"

namespace urbiome {
namespace {

using reference::CellMap;
using test::around;

constexpr int kClasses = 5;  // the last unknown, and index 5 nodata
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool known(int index) { return index < kClasses - 1; }

struct Place {
  CellMap map;
  Grid grid;
  GridMetric metric;
};

std::vector<Place> places() {
  std::mt19937 random(1);
  const CellMap wide = reference::patchy_map(random, 30, 70, kClasses + 1, 4);
  const CellMap tall = reference::patchy_map(random, 61, 23, kClasses + 1, 3);
  const Grid plane = test::grid_of(wide, 10, 7.5), lonlat{20, 70.2, 3e-4, 1e-4, tall.cols, tall.rows};
  return {{wide, plane, GridMetric::planar(plane, 1)}, {tall, lonlat, GridMetric::geographic(lonlat, Ellipsoid{})}};
}

void expect_equal(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::isnan(expected[i]))
      ASSERT_TRUE(std::isnan(found[i])) << i;
    else
      ASSERT_NEAR(found[i], expected[i], tolerance) << i;
  }
}

double statistic_of(const std::map<int, int>& counts, const ClassSet& member, ClassStatistic statistic) {
  int all = 0, members = 0, most = 0;
  double code = kNaN, h = 0;
  for (const auto& [index, count] : counts) {
    all += count;
    if (member[static_cast<std::size_t>(index)]) members += count;
    if (count > most) most = count, code = 10 * (index + 1);
  }
  if (all == 0) return kNaN;
  for (const auto& [index, count] : counts) h -= std::log(static_cast<double>(count) / all) * count / all;
  switch (statistic) {
    case ClassStatistic::share:
      return static_cast<double>(members) / all;
    case ClassStatistic::sum:
      return members;
    case ClassStatistic::diversity:
      return h;
    case ClassStatistic::majority:
      return code;
  }
  return kNaN;
}

TEST(ClassWindows, AreTheirCellsOneByOne) {
  ClassSet member{};
  member[1] = member[3] = member[4] = true;  // 4 is unknown, and so never counts
  for (const Place& place : places()) {
    const auto source = test::land_cover(place.grid, place.map, kClasses);
    for (const WindowForm form : {WindowForm::disc, WindowForm::square}) {
      for (const double radius : {0.0, 25.0, 90.0, 5000.0}) {
        std::vector<std::map<int, int>> windows;
        for (int row = 0; row < place.map.rows; ++row) {
          for (int col = 0; col < place.map.cols; ++col) {
            std::map<int, int> counts;
            around(place.map, place.metric, row, col, radius, form == WindowForm::square, [&](int r, int c) {
              if (known(place.map.at(r, c))) ++counts[place.map.at(r, c)];
            });
            windows.push_back(counts);
          }
        }
        for (const ClassStatistic statistic :
             {ClassStatistic::share, ClassStatistic::sum, ClassStatistic::diversity, ClassStatistic::majority}) {
          std::vector<double> expected;
          for (const auto& counts : windows) expected.push_back(statistic_of(counts, member, statistic));
          SCOPED_TRACE(testing::Message() << "radius " << radius << ", statistic " << static_cast<int>(statistic));
          std::vector<double> first;
          test::for_all_executions([&](Executor& executor) {
            const ClassWindows measured(*source, window_shapes(place.grid, place.metric, form, radius), member,
                                        statistic, executor);
            const auto found = test::collected<double>(measured, executor, place.grid);
            expect_equal(found, expected, statistic == ClassStatistic::diversity ? 1e-14 : 0);
            if (first.empty()) first = found;
            ASSERT_EQ(std::memcmp(first.data(), found.data(), 8 * found.size()), 0) << "not the same bytes";
          });
        }
      }
    }
  }
}

TEST(ValueWindows, SumExactlyWhateverTheValues) {
  std::mt19937 random(2);
  for (const Place& place : places()) {
    for (const bool whole_numbers : {true, false}) {
      std::vector<double> values;
      std::normal_distribution<double> normal(0, 1e5);
      for (const std::uint8_t cell : place.map.cells) {
        const double value = whole_numbers ? std::floor(normal(random)) : normal(random) / 3;
        values.push_back(cell == 2 ? kNaN : value);
      }
      const auto source = memory_values(place.grid, values);
      for (const double radius : {0.0, 40.0}) {
        std::vector<double> sums, means;
        for (int row = 0; row < place.map.rows; ++row) {
          for (int col = 0; col < place.map.cols; ++col) {
            long double sum = 0;
            int count = 0;
            around(place.map, place.metric, row, col, radius, false, [&](int r, int c) {
              const double value = values[static_cast<std::size_t>(r * place.map.cols + c)];
              if (!std::isnan(value)) sum += value, ++count;
            });
            sums.push_back(count > 0 ? static_cast<double>(sum) : kNaN);
            means.push_back(count > 0 ? static_cast<double>(sum / count) : kNaN);
          }
        }
        test::for_all_executions([&](Executor& executor) {
          const auto shapes = window_shapes(place.grid, place.metric, WindowForm::disc, radius);
          const ValueWindows sum(*source, shapes, ValueStatistic::sum, executor);
          const ValueWindows mean(*source, shapes, ValueStatistic::mean, executor);
          expect_equal(test::collected<double>(sum, executor, place.grid), sums, whole_numbers ? 0 : 1e-8);
          expect_equal(test::collected<double>(mean, executor, place.grid), means, 1e-9);
        });
      }
    }
  }
}

TEST(ValueWindows, RefuseInfiniteValues) {
  const Grid grid{0, 0, 1, 1, 2, 1};
  const auto source = memory_values(grid, {1.5, std::numeric_limits<double>::infinity()});
  Executor executor({.threads = 1, .memory_bytes = 0, .tile_size = 0, .cancel = nullptr, .progress = {}});
  const ValueWindows sum(*source, window_shapes(grid, GridMetric::planar(grid, 1), WindowForm::disc, 1),
                         ValueStatistic::sum, executor);
  EXPECT_THROW(test::collected<double>(sum, executor, grid), Error);
}

// One step of the definition in morphology_map.h.
std::vector<std::uint8_t> step(const Place& place, double radius, bool dilate, const std::vector<std::uint8_t>& state) {
  std::vector<std::uint8_t> result;
  for (int row = 0; row < place.map.rows; ++row) {
    for (int col = 0; col < place.map.cols; ++col) {
      bool member_near = false, other_near = false;
      around(place.map, place.metric, row, col, radius, false, [&](int r, int c) {
        const std::uint8_t there = state[static_cast<std::size_t>(r * place.map.cols + c)];
        member_near = member_near || there == 1;
        other_near = other_near || there == 0;
      });
      const std::uint8_t here = state[static_cast<std::size_t>(row * place.map.cols + col)];
      const bool in = dilate ? member_near : here == 1 && !other_near;
      result.push_back(here == 255 ? here : static_cast<std::uint8_t>(in));
    }
  }
  return result;
}

TEST(MorphologyMap, IsItsDefinition) {
  ClassSet member{};
  member[0] = member[1] = member[2] = true;
  for (const Place& place : places()) {
    const auto source = test::land_cover(place.grid, place.map, kClasses);
    std::vector<std::uint8_t> state;
    for (const std::uint8_t cell : place.map.cells) {
      state.push_back(!known(cell) ? std::uint8_t{255} : static_cast<std::uint8_t>(member[cell]));
    }
    for (const double radius : {0.0, 8.0, 33.0}) {
      const auto eroded = step(place, radius, false, state), dilated = step(place, radius, true, state);
      const std::vector<std::pair<MorphologyOperation, std::vector<std::uint8_t>>> expected{
          {MorphologyOperation::erode, eroded},
          {MorphologyOperation::dilate, dilated},
          {MorphologyOperation::open, step(place, radius, true, eroded)},
          {MorphologyOperation::close, step(place, radius, false, dilated)}};
      for (const auto& [operation, cells] : expected) {
        test::for_all_executions([&, of = operation, &wanted = cells](Executor& executor) {
          const MorphologyMap map(*source, window_shapes(place.grid, place.metric, WindowForm::disc, radius), member,
                                  of, executor);
          ASSERT_EQ(test::collected<std::uint8_t>(map, executor, place.grid), wanted);
        });
      }
    }
  }
}

}  // namespace
}  // namespace urbiome
