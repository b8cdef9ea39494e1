#include "urbiome/run/class_map.h"

#include <algorithm>

#include "urbiome/io/map_writer.h"
#include "urbiome/kernel/equal_bytes.h"

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

// The land cover of the city row by row, nodata outside it.
class CityRows {
 public:
  CityRows(const Landscape& landscape, const Window& window)
      : city_(landscape.zones[0].coverage),
        window_(window),
        nodata_(landscape.source->nodata_index()),
        reader_(landscape.source->open()) {}

  void read(std::int64_t first, std::int64_t rows, std::span<std::uint8_t> out) {
    reader_->read({window_.row + first, window_.col, rows, window_.cols}, out);
    for (std::int64_t row = 0; row < rows; ++row)
      hide_outside(window_.row + first + row, out.subspan(static_cast<std::size_t>(row * window_.cols),
                                                          static_cast<std::size_t>(window_.cols)));
  }

 private:
  void hide_outside(std::int64_t row, std::span<std::uint8_t> cells) {
    const auto spans = city_.spans_of(row);
    if (spans.size() == 1 && spans[0].begin <= window_.col && spans[0].end >= window_.col_end()) return;
    inside_.assign(cells.size(), 0);
    for (const CellSpan& span : spans)
      std::fill(inside_.begin() + (span.begin - window_.col), inside_.begin() + (span.end - window_.col),
                std::uint8_t{1});
    for (const PartialCell& cell : city_.partials_of(row))
      inside_[static_cast<std::size_t>(cell.col - window_.col)] = 1;
    for (std::size_t col = 0; col < cells.size(); ++col) {
      if (inside_[col] == 0) cells[col] = nodata_;
    }
  }

  const Coverage& city_;
  Window window_;
  ClassIndex nodata_;
  std::unique_ptr<TileReader> reader_;
  std::vector<std::uint8_t> inside_;
};

// One row of the map from several rows of cells: how often each class occurs below each of its cells.
class MostFrequent {
 public:
  MostFrequent(std::int64_t cols, std::int64_t factor, std::size_t classes)
      : factor_(factor), classes_(classes), counts_(static_cast<std::size_t>((cols + factor - 1) / factor) * classes) {}

  void count(std::span<const std::uint8_t> cells) {
    for (std::size_t at = 0; at < cells.size();) {
      const std::size_t end = equal_until(cells.data(), at, cells.size());
      const std::uint8_t cell = cells[at];
      while (at < end) {
        const std::size_t below = at / static_cast<std::size_t>(factor_);
        const std::size_t next = std::min(end, (below + 1) * static_cast<std::size_t>(factor_));
        counts_[below * classes_ + cell] += static_cast<std::uint32_t>(next - at);
        at = next;
      }
    }
  }
  void take(std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto first = counts_.begin() + static_cast<std::ptrdiff_t>(i * classes_);
      out[i] = static_cast<std::uint8_t>(
          std::max_element(first, first + static_cast<std::ptrdiff_t>(classes_)) - first);
    }
    std::fill(counts_.begin(), counts_.end(), 0U);
  }

 private:
  std::int64_t factor_;
  std::size_t classes_;
  std::vector<std::uint32_t> counts_;
};

// Rows of the map, each the most frequent classes of `factor` rows of cells.
class ReducedRows {
 public:
  ReducedRows(const Landscape& landscape, const Window& window, std::int64_t factor)
      : rows_(landscape, window),
        window_(window),
        factor_(factor),
        most_(window.cols, factor, landscape.source->classes().size()) {
    // Whole blocks at a time, so that none is decoded twice; rows of cells and rows of the map need not meet there.
    step_ = std::max<std::int64_t>(landscape.source->block_rows(), 64);
    step_ = std::clamp<std::int64_t>(step_, 1, std::max<std::int64_t>((std::int64_t{1} << 25) / window.cols, 1));
  }

  void read(std::int64_t rows, std::span<std::uint8_t> out) {
    const std::int64_t cols = static_cast<std::int64_t>(out.size()) / rows;
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t i = 0; i < factor_ && next_ < window_.rows; ++i, ++next_) most_.count(row_of(next_));
      most_.take(out.subspan(static_cast<std::size_t>(row * cols), static_cast<std::size_t>(cols)));
    }
  }

 private:
  std::span<const std::uint8_t> row_of(std::int64_t row) {
    if (row >= end_) {
      const std::int64_t count = std::min(step_ - (window_.row + row) % step_, window_.rows - row);
      cells_.resize(static_cast<std::size_t>(count * window_.cols));
      rows_.read(row, count, cells_);
      first_ = row;
      end_ = row + count;
    }
    return {cells_.data() + (row - first_) * window_.cols, static_cast<std::size_t>(window_.cols)};
  }

  CityRows rows_;
  Window window_;
  std::int64_t factor_, step_ = 1;
  std::int64_t next_ = 0, first_ = 0, end_ = 0;  // next row; rows in cells_
  MostFrequent most_;
  std::vector<std::uint8_t> cells_;
};

}  // namespace

std::int64_t map_factor(const Window& window) {
  std::int64_t factor = 1;
  const auto cells = [&] { return ((window.rows + factor - 1) / factor) * ((window.cols + factor - 1) / factor); };
  while (cells() > kMostMapCells) ++factor;
  return factor;
}

void write_class_map(const DatedLandscape& dated, const std::string& path) {
  const Landscape& landscape = dated.landscape;
  if (landscape.source == nullptr) return;
  const Window window = window_of(landscape.zones[0].coverage, landscape.grid());
  if (window.empty()) return;
  const std::int64_t factor = map_factor(window);
  Grid grid = sub_grid(landscape.grid(), window);
  grid.width = (grid.width + factor - 1) / factor;
  grid.height = (grid.height + factor - 1) / factor;
  grid.dx *= static_cast<double>(factor);
  grid.dy *= static_cast<double>(factor);
  CityRows rows(landscape, window);
  ReducedRows reduced(landscape, window, factor);
  write_category_map(path, grid, dated.land_cover.crs.wkt(), landscape.source->nodata_index(),
                     categories_of(dated.land_cover, landscape.source->classes()),
                     [&](std::int64_t first, std::int64_t count, std::span<std::uint8_t> out) {
                       if (factor == 1) {
                         rows.read(first, count, out);
                       } else {
                         reduced.read(count, out);
                       }
                     });
}

}  // namespace urbiome
