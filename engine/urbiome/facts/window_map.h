// Statistics of the window round every cell, streamed: bands of rows with a margin, results in order.
//
// Windows are cut at the grid's edge; what is not known (nodata, unknown) counts neither as a member nor in a
// denominator. A cell that is not known itself has a window all the same. NaN where nothing is known in the window.
#pragma once

#include <cstdint>
#include <optional>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/distance_map.h"
#include "urbiome/facts/grid_metric.h"
#include "urbiome/kernel/window_shape.h"
#include "urbiome/raster/value_source.h"

namespace urbiome {

enum class WindowForm : std::uint8_t { disc, square };

// disc: cells whose centre is within `radius_m` of the cell's centre. square: cells at most `radius_m` away in rows and
// in columns, each measured from the cell's centre to the other's (on lat/lon grids along the meridian and along the
// cell's own parallel). A distance larger by a relative 1e-12 still counts as equal.
// Error{usage}: a window of 2^32 cells or more.
WindowShapes window_shapes(const Grid& grid, const GridMetric& metric, WindowForm form, double radius_m);

// Of classes.
enum class ClassStatistic : std::uint8_t {
  share,      // members / known cells
  sum,        // members
  diversity,  // Shannon's, natural logarithms, over all known classes
  majority    // the known class with most cells; of equals the one with the smaller code
};

class ClassWindows {
 public:
  // `member` matters for share and sum.
  ClassWindows(const TileSource& source, WindowShapes shapes, const ClassSet& member, ClassStatistic statistic,
               const Executor& executor);
  const std::vector<Band>& bands() const { return bands_; }
  std::int64_t bytes_per_cell() const { return statistic_ == ClassStatistic::share ? 16 : 32; }
  void measure(Executor& executor, const RowsSink<double>& sink) const;

 private:
  const TileSource& source_;
  WindowShapes shapes_;
  ClassSet member_;
  ClassStatistic statistic_;
  std::vector<Band> bands_;
};

// Of values: sums and means of the known ones. Sums are of whole numbers: of the values themselves where those are
// whole, else of values rounded to a unit so small that the sum of any window is right to 2^-61 of the largest sum
// possible, which takes a first pass over the raster.
enum class ValueStatistic : std::uint8_t { sum, mean };

class ValueWindows {
 public:
  ValueWindows(const ValueSource& source, WindowShapes shapes, ValueStatistic statistic, const Executor& executor);
  const std::vector<Band>& bands() const { return bands_; }
  static constexpr std::int64_t kBytesPerCell = 40;
  // Error{contradiction}: an infinite value.
  void measure(Executor& executor, const RowsSink<double>& sink) const;

 private:
  const ValueSource& source_;
  WindowShapes shapes_;
  ValueStatistic statistic_;
  std::vector<Band> bands_;
};

}  // namespace urbiome
