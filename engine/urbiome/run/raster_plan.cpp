#include "urbiome/run/raster_plan.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace urbiome {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

std::string memory_in_words(std::int64_t bytes) {
  return fmt::format("{:.0f} MiB", std::max(std::ceil(static_cast<double>(bytes) / kMiB), 1.0));
}

std::string time_in_words(double seconds) {
  if (seconds < 1) return "under 1 s";
  if (seconds < 120) return fmt::format("about {:.0f} s", seconds);
  return fmt::format("about {:.0f} min", seconds / 60);
}

}  // namespace

double RasterPlan::seconds(double cells_per_second, const Executor& executor) const {
  return static_cast<double>(grid.cells()) / cells_per_second / executor.threads();
}

std::int64_t RasterPlan::bytes_of(const std::vector<Band>& bands, std::int64_t bytes_per_cell,
                                  const Executor& executor) {
  std::int64_t most = 0;
  for (const Band& band : bands) most = std::max(most, band.read.cells());
  return std::min(executor.most_waiting(), static_cast<std::int64_t>(bands.size())) * most * bytes_per_cell;
}

std::int64_t RasterPlan::bytes_of(const TileSource& source, const std::vector<Band>& bands, std::int64_t bytes_per_cell,
                                  const Executor& executor) {
  return bytes_of(bands, bytes_per_cell, executor) + executor.shared_bytes(source, bands);
}

void RasterPlan::require(const Executor& executor) const {
  // The budget keeps a quarter for what comes between two checks of what the process holds.
  const std::int64_t most = executor.memory().limit() / 4 * 3;
  for (const Phase& phase : phases) {
    if (phase.memory_bytes <= most) continue;
    throw Error(
        ErrorCode::memory,
        fmt::format("raster {}, phase {}, needs {}", tool, phase.name, memory_in_words(phase.memory_bytes)),
        fmt::format("at most {} under --memory {}", memory_in_words(most), memory_in_words(executor.memory().limit())),
        fmt::format("give --memory {:.0f}MiB, or cut the raster (gdal_translate -projwin)",
                    std::ceil(static_cast<double>(phase.memory_bytes) / 3 * 4 / kMiB) + 1));
  }
}

std::string in_words(const RasterPlan& plan) {
  std::string text = fmt::format("raster {}: {} x {} cells", plan.tool, plan.grid.width, plan.grid.height);
  int number = 0;
  for (const RasterPlan::Phase& phase : plan.phases) {
    text += fmt::format("\n  phase {} {}: {} bands; at most {}", ++number, phase.name, phase.bands,
                        memory_in_words(phase.memory_bytes));
    if (phase.scratch_bytes > 0) text += fmt::format(", scratch at most {}", memory_in_words(phase.scratch_bytes));
    text += "; " + time_in_words(phase.seconds);
  }
  return text;
}

}  // namespace urbiome
