#include "urbiome/vector/cell_area.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "urbiome/base/error.h"
#include "urbiome/vector/map_scale.h"

namespace urbiome {
namespace {

constexpr std::int64_t kMostColumns = std::int64_t{1} << 22;  // of 2^40 units each: a row's sum stays below 2^62
constexpr std::int64_t kMostSegments = std::int64_t{1} << 28;
constexpr std::int64_t kLongestSegment = 1024;  // so that the cubic's terms fit 64 bits
constexpr double kNodeSpacing = 4000;           // metres
constexpr double kLargeCell = 25000;            // metres: from here on every cell has its own quadrature

[[noreturn]] void refuse(const std::string& found, std::string_view expected, std::string_view remedy) {
  throw Error(ErrorCode::contradiction, found, expected, remedy);
}

void require_sound(const Grid& grid) {
  const bool sound = std::isfinite(grid.x0) && std::isfinite(grid.y0) && grid.dx > 0 && grid.dy > 0 &&
                     std::isfinite(grid.dx) && std::isfinite(grid.dy) && grid.width > 0 && grid.height > 0 &&
                     std::isfinite(grid.dx * grid.dy) && grid.dx * grid.dy > 0;
  if (!sound) refuse("a grid without cells or with sizes that are not numbers", "positive cell sizes and counts", "");
  if (grid.width > kMostColumns) {
    refuse("a grid of " + std::to_string(grid.width) + " columns", "at most 4194304", "cut it into parts");
  }
}

void require_table(std::int64_t rows, std::int64_t segments_per_row) {
  if (rows > kMostSegments / segments_per_row) {
    throw Error(ErrorCode::memory,
                "the table of cell areas of a grid of " + std::to_string(rows) + " rows is too large",
                "at most 2^28 entries", "cut the grid into parts");
  }
}

// The power of two in which `largest` is a number from 2^39 to 2^40.
double unit_for(double largest) {
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, exponent - kFractionBits);
}

CellAreas geographic_areas(const Grid& grid, const Ellipsoid& ellipsoid) {
  require_table(grid.height, 1);
  require_on_globe(grid);
  std::vector<double> areas(static_cast<std::size_t>(grid.height));
  double largest = 0;
  for (std::int64_t row = 0; row < grid.height; ++row) {
    const double top = std::clamp(grid.y_of(static_cast<double>(row)), -90.0, 90.0);
    const double bottom = std::clamp(grid.y_of(static_cast<double>(row + 1)), -90.0, 90.0);
    double& area = areas[static_cast<std::size_t>(row)];
    area = parallel_band_area_m2(ellipsoid, bottom, top, grid.dx);
    largest = std::max(largest, area);
  }
  const double unit = unit_for(largest);
  std::vector<CellAreas::Segment> segments(areas.size());
  for (std::size_t row = 0; row < areas.size(); ++row) segments[row].first = std::llround(areas[row] / unit);
  return CellAreas(grid.height, 1, grid.width, unit, std::move(segments));
}

// Cells wider or taller than 25 km: nine Gauss points each.
double quadrature(const Grid& grid, const MapScale& scale, std::int64_t row, std::int64_t col) {
  constexpr std::array<double, 3> kAt = {0.11270166537925831, 0.5, 0.88729833462074169};
  constexpr std::array<double, 3> kWeight = {5.0 / 18, 8.0 / 18, 5.0 / 18};
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const Point p{grid.x_of(static_cast<double>(col) + kAt[j]), grid.y_of(static_cast<double>(row) + kAt[i])};
      const MapScale::Scale found = scale.at(p);
      if (found.found != MapScale::Found::scale) {
        refuse(
            "cell (" + std::to_string(row) + ", " + std::to_string(col) + ") of the grid is not on the map of its CRS",
            "cells that the projection can invert", "cut the raster to the map");
      }
      sum += kWeight[i] * kWeight[j] * found.area;
    }
  }
  return sum * grid.dx * grid.dy;
}

CellAreas large_cell_areas(const Grid& grid, const MapScale& scale) {
  require_table(grid.height, grid.width);
  std::vector<double> areas(static_cast<std::size_t>(grid.cells()));
  double largest = 0;
  for (std::int64_t row = 0; row < grid.height; ++row) {
    for (std::int64_t col = 0; col < grid.width; ++col) {
      double& area = areas[static_cast<std::size_t>(row * grid.width + col)];
      area = quadrature(grid, scale, row, col);
      largest = std::max(largest, area);
    }
  }
  const double unit = unit_for(largest);
  std::vector<CellAreas::Segment> segments(areas.size());
  for (std::int64_t row = 0; row < grid.height; ++row) {
    std::int64_t before = 0;
    for (std::int64_t col = 0; col < grid.width; ++col) {
      const auto i = static_cast<std::size_t>(row * grid.width + col);
      segments[i].before = before;
      segments[i].first = std::llround(areas[i] / unit);
      before += segments[i].first;
    }
  }
  return CellAreas(grid.height, grid.width, 1, unit, std::move(segments));
}

// Cell areas (m2 of a cell centred there) at the corners of blocks, with one more node on every side.
class NodeTable {
 public:
  NodeTable(const Grid& grid, const MapScale& scale, std::int64_t row_step, std::int64_t col_step)
      : row_step_(row_step),
        col_step_(col_step),
        block_rows_((grid.height + row_step - 1) / row_step),
        block_cols_((grid.width + col_step - 1) / col_step) {
    require_table(block_rows_ + 3, block_cols_ + 3);
    values_.resize(static_cast<std::size_t>((block_rows_ + 3) * (block_cols_ + 3)));
    known_.resize(values_.size(), 0);
    for (std::int64_t i = -1; i <= block_rows_ + 1; ++i) {
      for (std::int64_t j = -1; j <= block_cols_ + 1; ++j) evaluate(grid, scale, i, j);
    }
    fill();
  }

  std::int64_t block_cols() const { return block_cols_; }

  // No cell is larger: between nodes the factor bends by far less than the margin.
  double above_largest() const {
    double largest = 0;
    for (std::int64_t i = 0; i <= block_rows_; ++i) {
      for (std::int64_t j = 0; j <= block_cols_; ++j) largest = std::max(largest, values_[at(i, j)]);
    }
    return largest * (1 + 1.0 / 1024);
  }

  // Whether all cells are as large as on the map: by nature, or on a grid too small to tell.
  bool all_equal(double map_area) const {
    constexpr double kNoise = 1e-10;  // of derivatives by differences, ten times over
    return std::ranges::all_of(values_, [&](double value) { return std::abs(value / map_area - 1) < kNoise; });
  }

  // The mean over the height of a row (its top, which may lie between two rows) at every node column -1 .. block_cols +
  // 1, in units: two Gauss points, cubics between.
  std::vector<double> row_means(double row, double unit) const {
    const auto block = std::clamp<std::int64_t>(static_cast<std::int64_t>(row) / row_step_, 0, block_rows_ - 1);
    std::array<double, 4> weights{};
    for (const double offset : {0.21132486540518712, 0.78867513459481288}) {
      const double t = (row - static_cast<double>(block * row_step_) + offset) / static_cast<double>(row_step_);
      weights[0] += -t * (t - 1) * (t - 2) / 12;
      weights[1] += (t + 1) * (t - 1) * (t - 2) / 4;
      weights[2] += -(t + 1) * t * (t - 2) / 4;
      weights[3] += (t + 1) * t * (t - 1) / 12;
    }
    std::vector<double> means(static_cast<std::size_t>(block_cols_ + 3));
    for (std::int64_t j = -1; j <= block_cols_ + 1; ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < 4; ++k) sum += weights[static_cast<std::size_t>(k)] * values_[at(block - 1 + k, j)];
      means[static_cast<std::size_t>(j + 1)] = sum / unit;
    }
    return means;
  }

 private:
  std::size_t at(std::int64_t i, std::int64_t j) const {
    return static_cast<std::size_t>((i + 1) * (block_cols_ + 3) + j + 1);
  }
  bool in_table(std::int64_t i, std::int64_t j) const {
    return i >= -1 && i <= block_rows_ + 1 && j >= -1 && j <= block_cols_ + 1;
  }

  void evaluate(const Grid& grid, const MapScale& scale, std::int64_t i, std::int64_t j) {
    const std::int64_t row = i * row_step_, col = j * col_step_;
    const MapScale::Scale found = scale.at({grid.x_of(static_cast<double>(col)), grid.y_of(static_cast<double>(row))});
    if (found.found == MapScale::Found::scale) {
      values_[at(i, j)] = found.area * grid.dx * grid.dy;
      known_[at(i, j)] = 1;
      return;
    }
    // On or beyond the grid's rim a node may be off the map; inside that is a cell that cannot be inverted.
    const bool inside = row > 0 && row < grid.height && col > 0 && col < grid.width;
    if (inside && found.found == MapScale::Found::outside) {
      refuse("cell (" + std::to_string(row) + ", " + std::to_string(col) + ") of the grid is not on the map of its CRS",
             "cells that the projection can invert", "cut the raster to the map");
    }
  }

  // Carries on the cubic through the nearest four known nodes of the row or column; near a corner of the map through
  // nodes that were filled themselves.
  void fill() {
    constexpr std::array<std::array<std::int64_t, 2>, 4> kWays = {{{0, 1}, {0, -1}, {1, 0}, {-1, 0}}};
    for (bool progress = true; progress;) {
      progress = false;
      std::vector<std::pair<std::size_t, double>> found;
      for (std::int64_t i = -1; i <= block_rows_ + 1; ++i) {
        for (std::int64_t j = -1; j <= block_cols_ + 1; ++j) {
          if (known_[at(i, j)] != 0) continue;
          for (const auto& [di, dj] : kWays) {
            if (!in_table(i + 4 * di, j + 4 * dj) && !in_table(i + 3 * di, j + 3 * dj)) continue;
            const std::optional<double> value = carried_on(i, j, di, dj);
            if (!value) continue;
            found.emplace_back(at(i, j), *value);
            break;
          }
        }
      }
      for (const auto& [index, value] : found) {
        values_[index] = value;
        known_[index] = 1;
        progress = true;
      }
    }
    if (std::find(known_.begin(), known_.end(), 0) != known_.end()) {
      refuse("part of the grid is not on the map of its CRS", "cells that the projection can invert",
             "cut the raster to the map");
    }
  }

  std::optional<double> carried_on(std::int64_t i, std::int64_t j, std::int64_t di, std::int64_t dj) const {
    std::array<double, 4> next{};
    std::size_t count = 0;
    for (std::int64_t k = 1; k <= 4 && in_table(i + k * di, j + k * dj); ++k) {
      const std::size_t index = at(i + k * di, j + k * dj);
      if (known_[index] == 0) break;
      next[count++] = values_[index];
    }
    if (count == 4) return 4 * next[0] - 6 * next[1] + 4 * next[2] - next[3];
    if (count == 3) return 3 * next[0] - 3 * next[1] + next[2];  // a table of four nodes has no more
    return {};
  }

  std::int64_t row_step_, col_step_, block_rows_, block_cols_;
  std::vector<double> values_;
  std::vector<char> known_;
};

// The running area over the `n` columns between g0 and g1 (cell areas at the nodes round it, in units) as a cubic: its
// value at both ends is the integral of the cubic through all four nodes, its slopes are g0 and g1.
CellAreas::Segment segment_of(double before_g0, double g0, double g1, double after_g1, double n) {
  const double integral = n * (13 * (g0 + g1) - before_g0 - after_g1) / 24;
  const double square = (3 * integral / n - 2 * g0 - g1) / n;
  const double cube = (g0 + g1 - 2 * integral / n) / (n * n);
  const auto scaled = [](double value) { return std::llround(value * 1048576.0); };
  CellAreas::Segment s;
  s.first = std::llround(g0);
  s.linear = scaled(g0 - static_cast<double>(s.first));
  s.square = scaled(square);
  s.cube = scaled(cube);
  return s;
}

// One more row of the table from the cell areas at its nodes, in units.
void append_segments(const std::vector<double>& g, std::int64_t cols, std::vector<CellAreas::Segment>& out) {
  std::int64_t before = 0;
  for (std::size_t k = 0; k + 3 < g.size(); ++k) {
    CellAreas::Segment s = segment_of(g[k], g[k + 1], g[k + 2], g[k + 3], static_cast<double>(cols));
    s.before = before;
    before = s.up_to(cols);
    out.push_back(s);
  }
}

// Rows over which the area factor is as good as a line: it bends by less than 1e-13 per square metre, which over 75 m
// is 4e-11 of the cell. Few enough that rounding down once a row stays as small.
std::int64_t band_height(double height_m) {
  std::int64_t rows = 1;
  while (rows < 16 && static_cast<double>(2 * rows - 1) * height_m <= 75) rows *= 2;
  return rows;
}

std::int64_t node_step(double cell_m, std::int64_t cells) {
  const double wanted = std::clamp(std::round(kNodeSpacing / cell_m), 1.0, static_cast<double>(kLongestSegment));
  // At least two blocks, as a row of one segment means cells of one size.
  return std::min(static_cast<std::int64_t>(wanted), std::max<std::int64_t>(1, (cells + 1) / 2));
}

}  // namespace

// Nodes and units; rows of the table are made from them when they are asked for.
class CellAreaRows::Projected {
 public:
  Projected(const Grid& grid, const MapScale& scale, double width_m, double height_m)
      : height_(grid.height),
        col_step_(node_step(width_m, grid.width)),
        band_rows_(band_height(height_m)),
        nodes_(grid, scale, node_step(height_m, grid.height), col_step_),
        unit_(unit_for(nodes_.above_largest())),
        equal_(nodes_.all_equal(width_m * height_m)) {}

  bool equal() const { return equal_; }

  CellAreas of(std::int64_t first_row, std::int64_t end_row) const {
    const std::int64_t first = first_row / band_rows_, end = (std::min(end_row, height_) + band_rows_ - 1) / band_rows_;
    const std::int64_t per_row = nodes_.block_cols();
    require_table(end - first, per_row);
    std::vector<CellAreas::Segment> segments, slopes;
    segments.reserve(static_cast<std::size_t>((end - first) * per_row));
    if (band_rows_ == 1) {
      for (std::int64_t row = first; row < end; ++row)
        append_segments(nodes_.row_means(static_cast<double>(row), unit_), col_step_, segments);
      return CellAreas(height_, per_row, col_step_, unit_, std::move(segments), 1, {}, first);
    }
    slopes.reserve(segments.capacity());
    // The line through the two rows where it is nearest to a parabola over the band (Chebyshev's nodes).
    const double middle = static_cast<double>(band_rows_ - 1) / 2, reach = middle * std::sqrt(0.5);
    for (std::int64_t band = first; band < end; ++band) {
      const double at = static_cast<double>(band * band_rows_) + middle;
      std::vector<double> top = nodes_.row_means(at - reach, unit_), step = nodes_.row_means(at + reach, unit_);
      for (std::size_t i = 0; i < top.size(); ++i) {
        step[i] = (step[i] - top[i]) / (2 * reach);
        top[i] -= (middle - reach) * step[i];
      }
      append_segments(top, col_step_, segments);
      append_segments(step, col_step_, slopes);
    }
    return CellAreas(height_, per_row, col_step_, unit_, std::move(segments), band_rows_, std::move(slopes),
                     first * band_rows_);
  }

 private:
  std::int64_t height_, col_step_, band_rows_;
  NodeTable nodes_;
  double unit_;
  bool equal_;
};

CellAreaRows::CellAreaRows(CellAreas all) : all_(std::make_shared<const CellAreas>(std::move(all))) {}

CellAreaRows::CellAreaRows(const Grid& grid, const Crs& crs) {
  require_sound(grid);
  if (crs.is_geographic()) {
    *this = CellAreaRows(geographic_areas(grid, crs.ellipsoid()));
    return;
  }
  if (!crs.is_projected())
    refuse("a grid without a coordinate reference system", "a geographic or projected one", "give the raster's CRS");
  const MapScale scale(crs);
  const double width_m = grid.dx * crs.unit_to_metre(), height_m = grid.dy * crs.unit_to_metre();
  if (std::max(width_m, height_m) > kLargeCell) {
    *this = CellAreaRows(large_cell_areas(grid, scale));
  } else {
    projected_ = std::make_shared<const Projected>(grid, scale, width_m, height_m);
    if (projected_->equal()) *this = CellAreaRows(planar_cell_areas(grid, crs.unit_to_metre()));
  }
}

std::shared_ptr<const CellAreas> CellAreaRows::of(std::int64_t first_row, std::int64_t end_row) const {
  return all_ ? all_ : std::make_shared<const CellAreas>(projected_->of(first_row, end_row));
}

CellAreas CellAreaRows::table(std::int64_t first_row, std::int64_t end_row) const {
  return all_ ? *all_ : projected_->of(first_row, end_row);
}

void require_on_globe(const Grid& grid) {
  const double slack = 1e-3;  // of a cell: rounding of the file's header
  const double north = grid.y_of(0), south = grid.y_of(static_cast<double>(grid.height));
  if (north > 90 + slack * grid.dy || south < -90 - slack * grid.dy) {
    refuse("a lat/lon grid from latitude " + std::to_string(south) + " to " + std::to_string(north), "-90 to 90",
           "check the raster's CRS and origin");
  }
  const double turn = grid.dx * static_cast<double>(grid.width);
  if (turn > 360 + (1 + slack) * grid.dx) {  // some grids repeat their first column, and sizes are rounded
    refuse("a lat/lon grid of " + std::to_string(turn) + " degrees of longitude", "at most 360 and a column",
           "check the raster's CRS, or cut it (gdal_translate -projwin)");
  }
}

CellAreas make_cell_areas(const Grid& grid, const Crs& crs) { return CellAreaRows(grid, crs).table(0, grid.height); }

CellAreas planar_cell_areas(const Grid& grid, double unit_to_metre) {
  require_sound(grid);
  require_table(grid.height, 1);
  const double area = grid.dx * grid.dy * unit_to_metre * unit_to_metre;
  if (!(area > 0) || !std::isfinite(area)) refuse("cells without an area", "a positive unit of length", "");
  const double unit = unit_for(area);
  CellAreas::Segment segment;
  segment.first = std::llround(area / unit);
  return CellAreas(grid.height, 1, grid.width, unit,
                   std::vector<CellAreas::Segment>(static_cast<std::size_t>(grid.height), segment));
}

}  // namespace urbiome
