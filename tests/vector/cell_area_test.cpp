#include "urbiome/vector/cell_area.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>
#include <string>

#include "urbiome/base/error.h"
#include "urbiome/vector/ellipsoid.h"

namespace urbiome {
namespace {

constexpr double kRadians = std::numbers::pi / 180;

// Half the authalic q: area from the equator per radian of longitude and a^2.
double authalic(const Ellipsoid& ellipsoid, double lat) {
  const double f = ellipsoid.f(), e2 = f * (2 - f), e = std::sqrt(e2), s = std::sin(lat * kRadians);
  if (e == 0) return s;
  return (1 - e2) / 2 * (s / (1 - e2 * s * s) + std::atanh(e * s) / e);
}

// True area of a window of cells by another path: its outline, finely cut, brought to longitude and latitude and
// measured in the plane of an equal-area cylinder.
double outline_area(const Grid& grid, const Crs& crs, const Window& w, bool round_pole, int pieces) {
  const Transformer inverse(crs, crs.geographic());
  const Ellipsoid& e = crs.ellipsoid();
  const double left = grid.x_of(static_cast<double>(w.col)), right = grid.x_of(static_cast<double>(w.col_end()));
  const double top = grid.y_of(static_cast<double>(w.row)), bottom = grid.y_of(static_cast<double>(w.row_end()));
  const Point corners[] = {{left, bottom}, {right, bottom}, {right, top}, {left, top}, {left, bottom}};
  const double reference = round_pole ? authalic(e, 90) : authalic(e, inverse(corners[0]).y);
  Point last = inverse(corners[0]);
  double sum = 0;
  for (int side = 0; side < 4; ++side) {
    for (int i = 1; i <= pieces; ++i) {
      const double t = static_cast<double>(i) / pieces;
      const Point p = inverse({corners[side].x + t * (corners[side + 1].x - corners[side].x),
                               corners[side].y + t * (corners[side + 1].y - corners[side].y)});
      const double turn = std::remainder(p.x - last.x, 360.0);
      sum += turn * kRadians * (authalic(e, (p.y + last.y) / 2) - reference);
      last = p;
    }
  }
  return std::abs(sum) * e.a * e.a;
}

// The rule above is of second order in the length of the pieces; two lengths give the fourth.
double outline_area(const Grid& grid, const Crs& crs, const Window& w, bool round_pole = false) {
  const double coarse = outline_area(grid, crs, w, round_pole, 1000),
               fine = outline_area(grid, crs, w, round_pole, 2000);
  return (4 * fine - coarse) / 3;
}

double window_area(const CellAreas& areas, const Window& w) {
  Int128 units = 0;
  for (std::int64_t row = w.row; row < w.row_end(); ++row) units += areas.between(row, w.col, w.col_end());
  return areas.to_m2(units);
}

struct Place {
  const char* name;
  const char* crs;
  Grid grid;
};

std::ostream& operator<<(std::ostream& out, const Place& place) { return out << place.name; }

class ProjectedAreas : public testing::TestWithParam<Place> {};

TEST_P(ProjectedAreas, agree_with_outlines) {
  const Place& place = GetParam();
  const Crs crs = Crs::parse(place.crs);
  const Grid& grid = place.grid;
  const CellAreas areas = make_cell_areas(grid, crs);
  const std::int64_t w = grid.width, h = grid.height;
  for (const Window& window : {Window{0, 0, h, w}, Window{0, 0, h / 3, w / 3}, Window{h / 2, w / 2, h / 4, w / 4},
                               Window{h - h / 5, w - w / 5, h / 5, w / 5}, Window{h / 3, 0, 1, w}}) {
    EXPECT_NEAR(window_area(areas, window) / outline_area(grid, crs, window), 1, 1e-9)
        << window.row << ' ' << window.col;
  }
  std::int64_t largest = 0;
  for (std::int64_t row = 0; row < h; row += std::max<std::int64_t>(1, h / 37)) {
    EXPECT_EQ(areas.before(row, 0), 0);
    std::int64_t sum = 0;
    for (std::int64_t col = 0; col < w; ++col) {
      const std::int64_t cell = areas.cell(row, col);
      sum += cell;
      largest = std::max(largest, cell);
      if (col > 0) {  // smooth across the seams of segments
        ASSERT_NEAR(static_cast<double>(cell) / static_cast<double>(areas.cell(row, col - 1)), 1,
                    40 * grid.dx * crs.unit_to_metre() / 6.37e6 + 1e-9);
      }
    }
    EXPECT_EQ(areas.before(row, w), sum);
  }
  EXPECT_LT(largest, std::int64_t{1} << 40);
  EXPECT_GT(largest, (std::int64_t{1} << 39) * 0.998);
  EXPECT_EQ(std::frexp(areas.m2_per_unit(), std::make_unique<int>().get()), 0.5);
}

TEST_P(ProjectedAreas, some_rows_are_those_of_the_whole_table) {
  const Place& place = GetParam();
  const Crs crs = Crs::parse(place.crs);
  const Grid& grid = place.grid;
  const CellAreas areas = make_cell_areas(grid, crs);
  const CellAreaRows rows(grid, crs);
  for (const std::int64_t first : {std::int64_t{0}, std::int64_t{1}, grid.height / 2 + 3, grid.height - 1}) {
    const std::int64_t end = std::min(first + 21, grid.height);
    const std::shared_ptr<const CellAreas> some = rows.of(first, end);
    EXPECT_EQ(some->m2_per_unit(), areas.m2_per_unit());
    EXPECT_EQ(some->constant_in_row(), areas.constant_in_row());
    for (std::int64_t row = first; row < end; ++row) {
      CellAreas::Walk walk(*some, row, 0);
      for (std::int64_t col = 0; col <= grid.width; col += 7) {
        ASSERT_EQ(some->before(row, col), areas.before(row, col)) << row << ' ' << col;
        ASSERT_EQ(walk.before(col), areas.before(row, col)) << row << ' ' << col;
      }
      ASSERT_EQ(some->segments_of(row).front().first, areas.segments_of(row).front().first);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Places, ProjectedAreas,
    testing::Values(Place{"utm_centre", "EPSG:32633", {495000, 5310000, 10, 10, 1000, 1100}},
                    Place{"utm_edge", "EPSG:31985", {810000, 9110000, 30, 30, 777, 501}},
                    Place{"utm_far", "EPSG:32633", {1200000, 7810000, 100, 100, 300, 300}},
                    Place{"utm_kilometres", "EPSG:32633", {200000, 6000000, 1000, 1000, 400, 300}},
                    Place{"utm_five_kilometres", "EPSG:32633", {200000, 6000000, 5000, 5000, 100, 90}},
                    Place{"utm_metres", "EPSG:32633", {700000, 5310000, 1, 1, 3000, 2500}},
                    Place{"laea_europe", "EPSG:3035", {2600000, 2000000, 100, 100, 400, 400}},
                    Place{"lambert", "EPSG:2154", {600000, 6900000, 50, 50, 600, 500}},
                    Place{"state_plane_feet", "EPSG:2232", {3220000, 1713280, 3.28084, 3.28084, 1000, 1000}},
                    Place{"web_mercator", "EPSG:3857", {1100000, 8400000, 20, 20, 800, 900}},
                    Place{"web_mercator_antimeridian", "EPSG:3857", {20030000, -1900000, 50, 50, 400, 400}},
                    Place{"polar", "EPSG:3413", {-1000000, -600000, 250, 250, 300, 300}},
                    Place{"mollweide", "ESRI:54009", {4000000, 5000000, 100, 100, 500, 500}},
                    Place{"fiji", "EPSG:3460", {2050000, 4000000, 100, 100, 600, 500}}),
    [](const testing::TestParamInfo<Place>& place) { return std::string(place.param.name); });

TEST(CellAreas, single_cells_agree_with_outlines) {
  const Crs crs = Crs::parse("EPSG:32633");
  const Grid grid{800000, 5310000, 1000, 1000, 20, 20};
  const CellAreas areas = make_cell_areas(grid, crs);
  for (const auto& [row, col] : {std::pair{0, 0}, {19, 19}, {7, 11}, {0, 19}}) {
    EXPECT_NEAR(areas.to_m2(areas.cell(row, col)) / outline_area(grid, crs, {row, col, 1, 1}), 1, 2e-10);
  }
}

TEST(CellAreas, large_cells) {
  const Crs crs = Crs::parse("EPSG:3035");
  const Grid grid{2600000, 4000000, 50000, 50000, 40, 20};
  const CellAreas areas = make_cell_areas(grid, crs);
  for (const auto& [row, col] : {std::pair{0, 0}, {19, 39}, {10, 17}}) {
    EXPECT_NEAR(areas.to_m2(areas.cell(row, col)) / 2.5e9, 1, 1e-9);  // equal area by design
  }
  const Crs utm = Crs::parse("EPSG:32633");
  const Grid big{0, 6000000, 40000, 40000, 20, 10};
  EXPECT_NEAR(window_area(make_cell_areas(big, utm), whole(big)) / outline_area(big, utm, whole(big)), 1, 1e-8);
}

TEST(CellAreas, equal_area_projections_are_equal) {
  struct Area {
    const char* crs;
    double x0, y0, size;
  };
  // Lambert's azimuthal projection of Europe and of the Arctic, Albers' of the United States, a cylinder, Equal Earth.
  for (const Area& place : {Area{"EPSG:3035", 2500000, 5500000, 100}, Area{"EPSG:6931", 100000, -100000, 500},
                             Area{"EPSG:5070", -2000000, 3000000, 30}, Area{"EPSG:6933", 1000000, 6000000, 1000},
                             Area{"EPSG:8857", 1000000, 6000000, 100}}) {
    SCOPED_TRACE(place.crs);
    const Crs crs = Crs::parse(place.crs);
    const Grid grid{place.x0, place.y0, place.size, place.size, 2000, 2000};
    const CellAreas areas = make_cell_areas(grid, crs);
    EXPECT_TRUE(areas.constant_in_row());
    for (const std::int64_t at : {0, 1234, 1999}) EXPECT_EQ(areas.to_m2(areas.cell(at, at)), place.size * place.size);
    const Window some{700, 800, 300, 200};
    EXPECT_NEAR(window_area(areas, some) / outline_area(grid, crs, some), 1, 1e-9);
  }
}

TEST(CellAreas, where_the_map_is_true_only_along_a_line_cells_differ) {
  // 180 km from the meridian of UTM lengths are as on the map.
  const Grid grid{679900, 5310000, 10, 10, 20, 20};
  EXPECT_FALSE(make_cell_areas(grid, Crs::parse("EPSG:32633")).constant_in_row());
}

TEST(CellAreas, over_the_pole) {
  const Crs crs = Crs::parse("EPSG:3413");
  const Grid grid{-50000, 50000, 500, 500, 200, 200};
  const CellAreas areas = make_cell_areas(grid, crs);
  const Window round{90, 90, 20, 20}, at{80, 100, 20, 40};
  EXPECT_NEAR(window_area(areas, round) / outline_area(grid, crs, round, true), 1, 1e-9);
  EXPECT_NEAR(window_area(areas, whole(grid)) / outline_area(grid, crs, whole(grid), true), 1, 1e-9);
  // A corner in the pole: finite and like its neighbours.
  EXPECT_NEAR(areas.to_m2(areas.cell(100, 100)) / areas.to_m2(areas.cell(99, 99)), 1, 1e-9);
  EXPECT_GT(window_area(areas, at), 0);
}

TEST(CellAreas, small_projected_grids) {
  const Crs crs = Crs::parse("EPSG:32633");
  for (const std::int64_t n : {1, 2, 3, 5}) {
    const Grid grid{790000, 5310000, 10, 10, n, n};
    const CellAreas areas = make_cell_areas(grid, crs);
    EXPECT_EQ(areas.constant_in_row(), n == 1);
    const Grid around{790000 - 5000, 5310000 + 5000, 10, 10, 1000, 1000};
    const CellAreas larger = make_cell_areas(around, crs);
    EXPECT_NEAR(areas.to_m2(areas.cell(n - 1, n - 1)) / larger.to_m2(larger.cell(500 + n - 1, 500 + n - 1)), 1, 1e-10);
  }
}

TEST(CellAreas, latitude_rows_agree_with_the_authalic_form) {
  const Crs crs = Crs::parse("EPSG:4326");
  const Grid grid{179, 90, 0.25, 0.25, 8, 720};
  const CellAreas areas = make_cell_areas(grid, crs);
  EXPECT_TRUE(areas.constant_in_row());
  const double a = crs.ellipsoid().a;
  for (std::int64_t row = 0; row < 720; ++row) {
    const double expected = a * a * 0.25 * kRadians *
                            (authalic(crs.ellipsoid(), grid.y_of(static_cast<double>(row))) -
                             authalic(crs.ellipsoid(), grid.y_of(static_cast<double>(row + 1))));
    EXPECT_NEAR(areas.to_m2(areas.cell(row, 3)) / expected, 1, 1e-9) << row;  // 1e-12 of the largest cell in polar rows
    EXPECT_EQ(areas.cell(row, 0), areas.cell(719 - row, 7));
  }
}

TEST(CellAreas, whole_globe) {
  const Grid grid{-180, 90, 0.5, 0.5, 720, 360};
  EXPECT_NEAR(window_area(make_cell_areas(grid, Crs::parse("EPSG:4326")), whole(grid)) / 510065621724088.5, 1, 1e-12);
}

TEST(CellAreas, rounding_of_the_header_is_forgiven) {
  EXPECT_NO_THROW(make_cell_areas({-180, 90.0000001, 0.0083333333, 0.0083333334, 10, 21600}, Crs::parse("EPSG:4326")));
}

TEST(CellAreas, refuses_what_is_no_grid) {
  const Crs wgs84 = Crs::parse("EPSG:4326"), utm = Crs::parse("EPSG:32633");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(make_cell_areas({0, 90.125, 0.25, 0.25, 4, 4}, wgs84), Error);
  EXPECT_THROW(make_cell_areas({0, 0, 1, 1, 4, 100}, wgs84), Error);
  EXPECT_THROW(make_cell_areas({500000, 5310000, 10, 10, 4, 4}, wgs84), Error);
  EXPECT_THROW(make_cell_areas({0, 0, 1e-6, 1e-6, (1 << 22) + 1, 4}, wgs84), Error);
  EXPECT_THROW(make_cell_areas({0, 0, 0, 1, 4, 4}, wgs84), Error);
  EXPECT_THROW(make_cell_areas({nan, 0, 1, 1, 4, 4}, utm), Error);
  EXPECT_THROW(make_cell_areas({0, 0, 1, 1, 0, 4}, utm), Error);
  EXPECT_THROW(make_cell_areas({1e30, 1e30, 10, 10, 4, 4}, utm), Error);
  EXPECT_THROW(make_cell_areas({0, 0, 1e-9, 1e-9, 4, std::int64_t{1} << 50}, wgs84), Error);
  EXPECT_THROW(make_cell_areas({17000000, 9000000, 1000, 1000, 100, 100}, Crs::parse("ESRI:54009")), Error);
  EXPECT_THROW(make_cell_areas({0, 0, 1, 1, 4, 4}, Crs()), Error);
  EXPECT_THROW(planar_cell_areas({0, 0, 1, 1, 4, 4}, 0), Error);
  EXPECT_THROW(planar_cell_areas({0, 0, 1, 1, 4, 4}, nan), Error);
}

TEST(CellAreas, planar) {
  const CellAreas areas = planar_cell_areas({0, 0, 10, 20, 7, 3});
  EXPECT_EQ(areas.to_m2(areas.between(2, 0, 7)), 1400);
  EXPECT_TRUE(areas.constant_in_row());
  const CellAreas feet = planar_cell_areas({0, 0, 10, 10, 7, 3}, 0.3048);
  EXPECT_NEAR(feet.to_m2(feet.cell(0, 0)) / (100 * 0.3048 * 0.3048), 1, 1e-12);
}

TEST(CellAreas, same_digits_twice) {
  const Grid grid{810000, 9110000, 30, 30, 77, 51};
  const CellAreas a = make_cell_areas(grid, Crs::parse("EPSG:31985")),
                  b = make_cell_areas(grid, Crs::parse("EPSG:31985"));
  for (std::int64_t row = 0; row < 51; ++row) EXPECT_EQ(a.before(row, 77), b.before(row, 77));
}

}  // namespace
}  // namespace urbiome
