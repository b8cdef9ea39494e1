#include "urbiome/run/class_map.h"

#include <algorithm>

namespace urbiome {

Colour colour_of(const LandCoverLayer& layer, const LegendClass& entry, int order) {
  const auto index = static_cast<std::size_t>(entry.first);
  if (entry.first >= 0 && index < layer.info.palette.size()) {
    const auto& c = layer.info.palette[index];
    if (c[3] != 0 && (c[0] != 0 || c[1] != 0 || c[2] != 0)) return {c[0], c[1], c[2]};
  }
  const auto shaded = [&](Colour base) {
    const int light = (order % 5) * 18;
    return Colour{static_cast<std::uint8_t>(std::min(base[0] + light, 255)),
                  static_cast<std::uint8_t>(std::min(base[1] + light, 255)),
                  static_cast<std::uint8_t>(std::min(base[2] + light, 255))};
  };
  if (entry.roles.has(Role::blue) && !entry.roles.has(Role::green)) return shaded({33, 113, 181});
  if (entry.roles.has(Role::green))
    return shaded(entry.roles.has(Role::blue) ? Colour{0, 120, 110} : Colour{35, 110, 50});
  if (entry.roles.has(Role::built)) return shaded({150, 90, 85});
  if (entry.roles.has(Role::vegetated)) return shaded({190, 175, 80});
  return shaded({165, 160, 150});
}

namespace {

std::vector<MapCategory> categories_of(const LandCoverLayer& layer, const std::vector<LegendClass>& classes) {
  std::vector<MapCategory> categories;
  int order = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const LegendClass& entry = classes[i];
    if (entry.missing == Missing::nodata) continue;
    const Colour colour = entry.missing == Missing::unknown ? Colour{210, 210, 210} : colour_of(layer, entry, order++);
    categories.push_back(
        {static_cast<std::uint8_t>(i), entry.code.empty() ? entry.name : entry.code + " " + entry.name, colour});
  }
  return categories;
}

// Rows and columns that the city touches: the window of maps.
Window window_of(const Coverage& coverage, const Grid& grid) {
  std::int64_t left = grid.width, right = 0;
  for (const CellSpan& span : coverage.spans)
    left = std::min<std::int64_t>(left, span.begin), right = std::max<std::int64_t>(right, span.end);
  for (const PartialCell& cell : coverage.partials)
    left = std::min<std::int64_t>(left, cell.col), right = std::max<std::int64_t>(right, cell.col + 1);
  if (left >= right) return {};
  return {coverage.first_row, left, coverage.rows(), right - left};
}

// Cells of a map's row that lie outside the city become nodata.
void hide_outside(const Coverage& city, const ClassPreview& map, std::int64_t map_row, ClassIndex nodata,
                  std::span<std::uint8_t> cells) {
  const Window& window = map.window;
  const std::int64_t row = window.row + map.from(map_row, window.rows);
  const auto spans = city.spans_of(row);
  if (spans.size() == 1 && spans[0].begin <= window.col && spans[0].end >= window.col_end()) return;
  std::vector<std::uint8_t> inside(static_cast<std::size_t>(window.cols), 0);
  for (const CellSpan& span : spans)
    std::fill(inside.begin() + (span.begin - window.col), inside.begin() + (span.end - window.col), std::uint8_t{1});
  for (const PartialCell& cell : city.partials_of(row)) inside[static_cast<std::size_t>(cell.col - window.col)] = 1;
  for (std::int64_t col = 0; col < map.cols; ++col) {
    if (inside[static_cast<std::size_t>(map.from(col, window.cols))] == 0)
      cells[static_cast<std::size_t>(col)] = nodata;
  }
}

}  // namespace

ClassPreview preview_of_city(const Landscape& landscape) {
  return preview_of_city(landscape, kMostMapCells, landscape.source->nodata_index());
}

ClassPreview preview_of_city(const Landscape& landscape, std::int64_t most_cells, ClassIndex nodata) {
  const Window window = window_of(landscape.zones[0].coverage, landscape.grid());
  return window.empty() ? ClassPreview() : ClassPreview(window, most_cells, nodata);
}

void write_city_map(const std::string& path, const Landscape& landscape, const Crs& crs, const ClassPreview& map,
                    ClassIndex nodata, const std::vector<MapCategory>& categories) {
  Grid grid = sub_grid(landscape.grid(), map.window);
  grid.width = map.cols;
  grid.height = map.rows;
  grid.dx *= static_cast<double>(map.factor);
  grid.dy *= static_cast<double>(map.factor);
  write_category_map(path, grid, crs.wkt(), nodata, categories,
                     [&](std::int64_t first, std::int64_t count, std::span<std::uint8_t> out) {
                       std::copy_n(map.cells.begin() + first * map.cols, count * map.cols, out.begin());
                       for (std::int64_t row = 0; row < count; ++row)
                         hide_outside(
                             landscape.zones[0].coverage, map, first + row, nodata,
                             out.subspan(static_cast<std::size_t>(row * map.cols), static_cast<std::size_t>(map.cols)));
                     });
}

void write_class_map(const DatedLandscape& dated, const std::string& path) {
  const Landscape& landscape = dated.landscape;
  if (landscape.source == nullptr || dated.map.cells.empty()) return;
  write_city_map(path, landscape, dated.land_cover.crs, dated.map, landscape.source->nodata_index(),
                 categories_of(dated.land_cover, landscape.source->classes()));
}

}  // namespace urbiome
