// Where the raster that a tool makes goes: written row by row while it is computed.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/io/raster_writer.h"
#include "urbiome/run/raster_plan.h"
#include "urbiome/vector/crs.h"

namespace urbiome {

struct RasterOutput {
  std::string path;
  std::vector<std::string> creation_options;             // NAME=VALUE
  std::function<void(const RasterPlan&)> announce = {};  // called before the work
};

// Error{memory} when the plan cannot be kept; then the plan is announced.
void announce(const RasterOutput& output, const RasterPlan& plan, const Executor& executor);
// The same for a tool of one phase that takes so many bytes, at so many cells a second on one thread.
void announce(const RasterOutput& output, const std::string& tool, const Grid& grid, const std::vector<Band>& bands,
              std::int64_t bytes, double cells_per_second, const Executor& executor);

// Bytes with `nodata`, and doubles of which NaN is nodata.
RasterWriter byte_writer(const RasterOutput& output, const Grid& grid, const std::optional<Crs>& crs,
                         std::uint8_t nodata, const Executor& executor);
RasterWriter double_writer(const RasterOutput& output, const Grid& grid, const std::optional<Crs>& crs,
                           const Executor& executor);

// What writers of so many bytes a cell hold: rows that do not fill their blocks yet.
std::int64_t writer_bytes(const Grid& grid, std::int64_t bytes_per_cell, const std::vector<std::string>& options);

// Hands rows on to the writer.
template <class Cell>
auto rows_into(RasterWriter& writer, const Grid& grid) {
  return [&writer, width = grid.width](std::int64_t first_row, std::span<const Cell> cells) {
    writer.write_rows(first_row, static_cast<std::int64_t>(cells.size()) / width, cells.data());
  };
}

// Error{usage} unless metres >= 0; `option` is named in it.
void check_length(const char* option, double metres);

}  // namespace urbiome
