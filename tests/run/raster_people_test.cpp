// People of rasters row by row, against spreading every rectangle by itself.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>

#include "kernel/shapes.h"
#include "urbiome/run/raster_people.h"
#include "urbiome/run/zone_parts.h"
#include "urbiome/vector/cell_area.h"
#include "urbiome/vector/crs.h"

namespace urbiome {
namespace {

// Zone, row, first column, end and amount of a piece, and how often it occurs.
using Pieces = std::map<std::tuple<std::uint32_t, std::int64_t, std::int32_t, std::int32_t, std::int64_t>, int>;

Landscape landscape_on(const Grid& grid, std::mt19937& random, bool true_areas) {
  Landscape landscape;
  landscape.source =
      memory_source(grid, {LegendClass{.code = "0"}, LegendClass{.code = "1", .missing = Missing::nodata}}, 1,
                    std::vector<ClassIndex>(static_cast<std::size_t>(grid.cells()), 0));
  landscape.areas = true_areas ? make_cell_areas(grid, Crs::parse("EPSG:32633")) : planar_cell_areas(grid);
  landscape.metric = GridMetric::planar(grid, 1);
  landscape.mapped = whole(grid);
  const Box box{grid.x_of(0), grid.y_of(static_cast<double>(grid.height)), grid.x_of(static_cast<double>(grid.width)),
                grid.y_of(0)};
  std::vector<MultiPolygon> shapes = {rectangle(box), {}};
  std::uniform_real_distribution<double> any(0, 1);
  for (int i = 0; i < 4; ++i) {
    const Point middle{any(random) * static_cast<double>(grid.width), any(random) * static_cast<double>(grid.height)};
    MultiPolygon star = shapes::random_star(random, middle, 20, 9, false);
    for (Point& p : star.polygons[0].shell) p = {grid.x_of(p.x), grid.y_of(p.y)};
    shapes.push_back(star);
  }
  for (const MultiPolygon& shape : shapes)
    landscape.zones.push_back({"zone", std::to_string(landscape.zones.size()), "", shape, cover_exactly(shape, grid)});
  return landscape;
}

// Covered share of every cell.
std::map<std::pair<std::int64_t, std::int32_t>, double> shares_of(const Coverage& coverage) {
  std::map<std::pair<std::int64_t, std::int32_t>, double> shares;
  for (std::int64_t row = coverage.first_row; row < coverage.row_end(); ++row) {
    for (const CellSpan& span : coverage.spans_of(row)) {
      for (std::int32_t col = span.begin; col < span.end; ++col) shares[{row, col}] = 1;
    }
    for (const PartialCell& cell : coverage.partials_of(row)) shares[{row, cell.col}] = from_fixed(cell.share);
  }
  return shares;
}

// What a rectangle and a zone have in common, cut by polygon. A cut rounds the corners it makes to coordinates, some
// 1e-10 of a cell here; where the rectangle is made of whole cells the zone's own shares of them need no cut.
Coverage common_part(const MultiPolygon& shape, const Coverage& coverage, std::size_t zone, const Landscape& landscape,
                     ZoneParts& parts) {
  Coverage cut = parts.part(shape, zone);
  if (!coverage.partials.empty()) return cut;
  Coverage known = product(coverage, landscape.zones[zone].coverage);
  const auto by_cut = shares_of(cut);
  auto difference = shares_of(known);
  for (const auto& [cell, share] : by_cut) difference[cell] -= share;
  for (const auto& [cell, more] : difference) EXPECT_NEAR(more, 0, 1e-8);
  return known;
}

Pieces one_by_one(const Grid& people_grid, const std::vector<double>& people, const Landscape& landscape) {
  Pieces pieces;
  ZoneParts parts(landscape);
  for (std::int64_t cell = 0; cell < people_grid.cells(); ++cell) {
    double amount = people[static_cast<std::size_t>(cell)];
    if (!(amount > 0)) continue;
    int times = 1;
    for (; amount > 4194304; amount /= 2) times *= 2;
    const auto r = static_cast<double>(cell / people_grid.width), c = static_cast<double>(cell % people_grid.width);
    const MultiPolygon shape =
        rectangle({people_grid.x_of(c), people_grid.y_of(r + 1), people_grid.x_of(c + 1), people_grid.y_of(r)});
    const Coverage coverage = cover_exactly(shape, landscape.grid());
    const Int128 weight = PeopleField::weight(coverage, false, landscape.areas);
    for (std::uint32_t zone = 0; zone < landscape.zones.size(); ++zone) {
      const Overlap overlap = overlap_of(coverage, landscape.zones[zone].coverage);
      if (overlap == Overlap::none) continue;
      const Coverage part = overlap == Overlap::whole ? coverage : common_part(shape, coverage, zone, landscape, parts);
      for (const auto& p : PeopleField::parts_of(part, weight, to_fixed(amount), false, landscape.areas))
        pieces[{zone, p.row, p.piece.begin, p.piece.end, p.piece.amount}] += times;
    }
  }
  return pieces;
}

Pieces row_by_row(const RasterPeople& source, const Landscape& landscape, std::int64_t step) {
  Pieces pieces;
  for (std::int64_t first = 0; first < landscape.grid().height; first += step) {
    const std::int64_t end = std::min(first + step, landscape.grid().height);
    PeopleRows rows;
    source.rows(first, end, rows);
    EXPECT_TRUE(rows.points.empty());
    for (const PeopleRows::Piece& p : rows.pieces) {
      EXPECT_TRUE(p.row >= first && p.row < end);
      for (const std::uint32_t zone : rows.zone_lists[p.zones]) ++pieces[{zone, p.row, p.begin, p.end, p.amount}];
    }
  }
  return pieces;
}

TEST(RasterPeople, PlacesWhatEachRectangleWouldPlace) {
  std::mt19937 random(31);
  const Grid land{.x0 = 500000, .y0 = 4650000, .dx = 10, .dy = 10, .width = 90, .height = 70};
  struct Case {
    double col, row, width, height;  // of the first cell of people, in cells of land
  };
  // Aligned, shifted by parts of a cell, smaller than a cell, thinner than a row, and over cells unevenly.
  for (const Case& c : {Case{0, 0, 10, 10}, Case{3, 5, 7, 4}, Case{1.25, 2.5, 6.5, 3.25}, Case{0.1, 0.3, 3.7, 11.9},
                        Case{5.2, 4.7, 0.3, 0.45}, Case{2, 2.4, 5, 0.2}, Case{0, 0, 1, 1}}) {
    Grid grid{.x0 = land.x_of(c.col), .y0 = land.y_of(c.row), .dx = land.dx * c.width, .dy = land.dy * c.height};
    grid.width = std::min<std::int64_t>(static_cast<std::int64_t>((90 - c.col) / c.width), 40);
    grid.height = std::min<std::int64_t>(static_cast<std::int64_t>((70 - c.row) / c.height), 40);
    for (const bool true_areas : {false, true}) {
      const Landscape landscape = landscape_on(land, random, true_areas);
      std::vector<double> people(static_cast<std::size_t>(grid.cells()));
      for (double& p : people) p = random() % 3 == 0 ? 0 : std::ldexp(static_cast<double>(random()), -28);
      people[0] = 1e7;  // more than one source holds
      people.back() = NAN;
      const Pieces wanted = one_by_one(grid, people, landscape);
      const RasterPeople source(grid, people, landscape);
      for (const std::int64_t step : {std::int64_t{1}, std::int64_t{9}, std::int64_t{64}, land.height})
        EXPECT_EQ(row_by_row(source, landscape, step), wanted) << c.width << " x " << c.height << " at " << c.col;
    }
  }
}

}  // namespace
}  // namespace urbiome
