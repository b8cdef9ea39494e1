// What a raster tool is about to do and what it will take, said before the work.
//
//   RasterPlan plan{"distance", grid};
//   plan.add({"columns", bands, memory, 0, plan.seconds(2000e6, executor)});
//   plan.require(executor);                    // Error{memory} with the number when --memory cannot suffice
//   session.note(in_words(plan));
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/raster/grid.h"

namespace urbiome {

struct RasterPlan {
  struct Phase {
    std::string name;
    std::int64_t bands = 0;          // bands or tiles it goes through
    std::int64_t memory_bytes = 0;   // most that its tables and buffers hold at once
    std::int64_t scratch_bytes = 0;  // most that it leaves in --scratch
    double seconds = 0;              // expected, without waiting for disks or networks
  };

  std::string tool;
  Grid grid;
  std::vector<Phase> phases;

  // Expected time of a pass over all cells at so many cells a second on one thread, as measured on the machine that
  // docs/performance.md names; another machine may take half or twice as long.
  double seconds(double cells_per_second, const Executor& executor) const;
  // Bytes of `bands` at work at once, at so many bytes a cell.
  static std::int64_t bytes_of(const std::vector<Band>& bands, std::int64_t bytes_per_cell, const Executor& executor);
  // The same where they are read from a source, with the rows that they share.
  static std::int64_t bytes_of(const TileSource& source, const std::vector<Band>& bands, std::int64_t bytes_per_cell,
                               const Executor& executor);
  // Error{memory} naming the phase, what it needs and what --memory allows.
  void require(const Executor& executor) const;
};

std::string in_words(const RasterPlan& plan);

}  // namespace urbiome
