// Maps: cloud-optimised GeoTIFFs with a colour table.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/raster/grid.h"

namespace urbiome {

struct MapCategory {
  std::uint8_t value;
  std::string name;
  std::array<std::uint8_t, 3> colour;
};

// One byte band. `fill_rows(first_row, rows, out)` delivers rows top down, `out` is rows*width long. Category names and
// colours go into the file; `nodata` is declared. Streams: memory for a band of rows only.
void write_category_map(
    const std::string& path, const Grid& grid, const std::string& crs_wkt, std::uint8_t nodata,
    const std::vector<MapCategory>& categories,
    const std::function<void(std::int64_t first_row, std::int64_t rows, std::span<std::uint8_t> out)>& fill_rows);

}  // namespace urbiome
