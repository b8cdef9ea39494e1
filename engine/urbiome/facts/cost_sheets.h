// Accumulated least cost over a raster that does not fit in memory: sheet by sheet, each as a raster in memory
// (facts/least_cost.h), until no sheet lowers a cost beside it. Costs lie in a scratch file, resistances are read
// again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/exec/scratch.h"
#include "urbiome/kernel/cost.h"
#include "urbiome/raster/grid.h"

namespace urbiome {

// The costs of a raster's cells, in memory (infinite at first) or in a scratch file (of which only what was written may
// be read). Threads may work on windows that are apart.
class CostStore {
 public:
  CostStore(std::int64_t width, std::int64_t height);
  CostStore(std::int64_t width, const std::string& scratch_folder);

  void read(const Window& window, std::span<double> cost) const;  // row-major
  void write(const Window& window, std::span<const double> cost);
  std::span<double> in_memory() { return cells_; }  // row-major; empty where they lie in a file

 private:
  template <typename Cost, typename Visit>
  void for_each_stretch(const Window& window, std::span<Cost> cost, const Visit& visit) const;

  std::int64_t width_;
  std::vector<double> cells_;
  std::optional<ScratchFile> file_;
};

struct SheetMap {
  std::int64_t width = 0, height = 0, side = 0;                           // side of a sheet
  std::function<void(const Window&, std::span<double>)> read_resistance;  // infinite on barriers; on the threads
  CostStore& cost;
  std::span<const StepLengths> steps;  // by row: from it downwards
  int directions = 8;
};

// As spread_costs(), to the same bytes. Memory: sheet_bytes(). Error: cancelled, unwritable, and what reading throws.
void spread_costs_in_sheets(const SheetMap& map, double most, Executor& executor);

// The side of sheets that take a quarter of so much memory, and what one takes.
std::int64_t sheet_side(std::int64_t memory_bytes);
std::int64_t sheet_bytes(std::int64_t side);

}  // namespace urbiome
