// Distances to the nearest member on a lat/lon grid, in metres on the ellipsoid. As distance.h: two passes over bands.
//
// The squared straight distance through the ellipsoid between cells of two rows is north + east * sin2(columns), where
// north and east depend on the rows alone; the least one wins, and its length over the ground follows from the
// curvature of the surface along it (within 1e-9 of the geodesic up to 10 km, 1e-7 up to 100 km). In every column the
// nearest member above and the nearest below the cell's row are candidates, each with the metric of its own row.
//
// What is not seen: a member farther up in the same column, behind another, can be nearer when it lies far to the side
// and nearer to the pole, where columns are closer together. The distance is then too long, by a share of at most
// (d tan(latitude) / R)^2 / 8: at 60 degrees 9e-9 for 1 km, 9e-7 for 10 km, 9e-5 for 100 km. Grids end at their first
// and last column: nothing is seen across the antimeridian.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "urbiome/kernel/distance.h"
#include "urbiome/kernel/nearest.h"
#include "urbiome/raster/grid.h"
#include "urbiome/vector/ellipsoid.h"

namespace urbiome {

class GeographicDistanceBand {
 public:
  // `grid` in degrees; `largest` in metres.
  GeographicDistanceBand(const Grid& grid, const Ellipsoid& ellipsoid, DistanceMeasure measure, double largest);
  GeographicDistanceBand(GeographicDistanceBand&&) noexcept;
  ~GeographicDistanceBand();

  // out[i] = metres from the centre of cell i to the centre or the nearest side of the nearest member, 0 for members,
  // NaN where there is none or it lies beyond `largest`.
  void measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::uint8_t> member,
               std::span<double> out);

  // The same with the ids of members instead of marks, as nearest.h: `nearest` is the smallest id of those at the least
  // straight distance, 0 where out is NaN. Distances are the same numbers. Cells of one row as many columns to the left
  // and to the right tie exactly; otherwise equal lengths are told apart below a nanometre, by rounding.
  void measure(const ColumnsBeyond& beyond, std::int64_t first_row, std::span<const std::int64_t> ids,
               std::span<double> out, std::span<std::int64_t> nearest);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace urbiome
