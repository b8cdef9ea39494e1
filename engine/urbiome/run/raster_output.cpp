#include "urbiome/run/raster_output.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

namespace urbiome {
namespace {

std::string wkt_of(const std::optional<Crs>& crs) { return crs ? crs->wkt() : std::string{}; }

}  // namespace

void announce(const RasterOutput& output, const RasterPlan& plan, const Executor& executor) {
  plan.require(executor);
  if (output.announce) output.announce(plan);
}

void announce(const RasterOutput& output, const std::string& tool, const Grid& grid, const std::vector<Band>& bands,
              std::int64_t bytes, double cells_per_second, const Executor& executor) {
  RasterPlan plan{tool, grid, {}};
  plan.phases.push_back(
      {tool, static_cast<std::int64_t>(bands.size()), bytes, 0, plan.seconds(cells_per_second, executor)});
  announce(output, plan, executor);
}

RasterWriter byte_writer(const RasterOutput& output, const Grid& grid, const std::optional<Crs>& crs,
                         std::uint8_t nodata, const Executor& executor) {
  return {output.path, grid, wkt_of(crs), CellType::u8, nodata, output.creation_options, executor.threads()};
}

RasterWriter double_writer(const RasterOutput& output, const Grid& grid, const std::optional<Crs>& crs,
                           const Executor& executor) {
  return {output.path,
          grid,
          wkt_of(crs),
          CellType::f64,
          std::numeric_limits<double>::quiet_NaN(),
          output.creation_options,
          executor.threads()};
}

std::int64_t writer_bytes(const Grid& grid, std::int64_t bytes_per_cell, const std::vector<std::string>& options) {
  std::int64_t rows = 256;  // of a tile, unless an option says otherwise
  for (const std::string& option : options) {
    std::string name = option.substr(0, option.find('='));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const std::string value = option.substr(std::min(name.size() + 1, option.size()));
    if (name == "TILED" && !value.empty() && std::toupper(value[0]) == 'N') rows = 1;  // of strips some kilobytes
    if (name == "BLOCKYSIZE") rows = std::max(std::atoi(value.c_str()), 1);
  }
  return std::min(rows, grid.height) * grid.width * bytes_per_cell;
}

void check_length(const char* option, double metres) {
  if (metres >= 0 && !std::isnan(metres)) return;
  throw Error(ErrorCode::usage, fmt::format("{} {} is no length", option, metres), "metres, 0 or more");
}

}  // namespace urbiome
