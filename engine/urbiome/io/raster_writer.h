// A raster written row by row, for results that do not fit in memory.
//
//   RasterWriter map("distance.tif", grid, crs_wkt, CellType::f64, nan, {"COMPRESS=ZSTD"}, threads);
//   map.write_rows(first_row, rows, cells);      // ascending and without gaps, row-major, of the given type
//   map.close();
//
// A tiled GeoTIFF, deflated; creation options (NAME=value, as after gdal's --co) override that. The same cells and
// options give the same bytes, however rows are handed over and whatever `threads` compress.
// Throws Error: unwritable (full disk, no permission), usage (an option that GDAL refuses).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/io/cell_type.h"
#include "urbiome/raster/grid.h"

namespace urbiome {

class RasterWriter {
 public:
  // `nodata` is declared in the file when given; an empty `crs_wkt` leaves the CRS out.
  RasterWriter(const std::string& path, const Grid& grid, const std::string& crs_wkt, CellType type,
               std::optional<double> nodata, const std::vector<std::string>& creation_options, int threads);
  ~RasterWriter();
  RasterWriter(RasterWriter&&) noexcept;

  void write_rows(std::int64_t first_row, std::int64_t rows, const void* cells);
  void close();

 private:
  struct File;
  std::unique_ptr<File> file_;
};

}  // namespace urbiome
