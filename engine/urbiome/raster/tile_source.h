// The abstract reader of land cover: class indexes by window, one reader per thread.
//
// Whatever the file holds (codes of any type, bands turned into NDVI classes, rasterised polygons), a TileSource
// delivers one byte per cell: the index of its class in classes(). Readers of `io` implement it; `exec` drives it.
//
//   auto reader = source.open();             // one per thread
//   std::vector<std::uint8_t> cells(window.cells());
//   reader->read(window, cells);             // row-major, row 0 at the top
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "urbiome/raster/grid.h"
#include "urbiome/raster/legend.h"

namespace urbiome {

using ClassIndex = std::uint8_t;
inline constexpr int kMaxClasses = 256;
using ClassSet = std::array<bool, kMaxClasses>;  // which classes are meant, by index

class TileReader {
 public:
  virtual ~TileReader() = default;
  // Fills `cells` (window.cells() long, row-major) with class indexes. `window` lies inside the grid.
  // Throws Error: unreadable (a broken block) or contradiction (a code that the legend lacks).
  virtual void read(const Window& window, std::span<ClassIndex> cells) = 0;
  // The class of every cell of the window, where the file's structure tells so without decoding it (a sparse block, one
  // stored like another that held one value); empty where it does not tell. Throws as read().
  virtual std::optional<ClassIndex> constant(const Window&) { return {}; }
};

class TileSource {
 public:
  virtual ~TileSource() = default;
  virtual const Grid& grid() const = 0;
  // The classes by index, at most kMaxClasses; index nodata_index() stands for cells outside the survey.
  virtual const std::vector<LegendClass>& classes() const = 0;
  virtual ClassIndex nodata_index() const = 0;
  // The file's own blocks (rows x cols), so that a tile decodes no block twice.
  virtual std::int64_t block_rows() const = 0;
  virtual std::int64_t block_cols() const = 0;
  virtual std::unique_ptr<TileReader> open() const = 0;
};

// The same land cover on a larger grid: cells outside `inner` are nodata. `window` is the new grid's place in the
// inner grid's rows and columns and may start at negative ones.
std::unique_ptr<TileSource> padded(std::shared_ptr<const TileSource> inner, const Window& window);

// Land cover held in memory: for tests, cases and callers with arrays. `cells` is row-major, width*height long.
std::shared_ptr<TileSource> memory_source(const Grid& grid, std::vector<LegendClass> classes, ClassIndex nodata_index,
                                          std::vector<ClassIndex> cells);

}  // namespace urbiome
