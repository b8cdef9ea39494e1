// The abstract reader of values: numbers by window, one reader per thread.
//
// Elevation, people per cell, resistance: whatever type the file holds, a ValueSource delivers doubles, nodata as NaN,
// scale and offset applied. Readers of `io` implement it; `exec` drives it.
//
//   auto reader = source.open();             // one per thread
//   std::vector<double> values(window.cells());
//   reader->read(window, values);            // row-major, row 0 at the top
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "urbiome/raster/grid.h"

namespace urbiome {

class ValueReader {
 public:
  virtual ~ValueReader() = default;
  // Fills `values` (window.cells() long, row-major). `window` lies inside the grid. Throws Error{unreadable}.
  virtual void read(const Window& window, std::span<double> values) = 0;
};

class ValueSource {
 public:
  virtual ~ValueSource() = default;
  virtual const Grid& grid() const = 0;
  // The file's own blocks (rows x cols), so that no block is decoded twice.
  virtual std::int64_t block_rows() const = 0;
  virtual std::int64_t block_cols() const = 0;
  // True when every value is a whole number of at most 32 bits (an integer type without scale and offset).
  virtual bool whole_numbers() const = 0;
  virtual std::unique_ptr<ValueReader> open() const = 0;
};

// Values held in memory, row-major, width*height long: for tests and callers with arrays.
std::shared_ptr<ValueSource> memory_values(const Grid& grid, std::vector<double> values);

}  // namespace urbiome
