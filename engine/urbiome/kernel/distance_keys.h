// Keys: squared distances between cells of a planar grid, as numbers that add up without rounding wherever they can.
//
// The key of two cells k columns and v rows apart is across(k) + down(v). Where the sides of a cell are as two small
// whole numbers (square cells, 10 x 20 m, 200 x 1.5 m) keys are whole numbers, in units of a common part of both sides
// squared, and comparing them is exact; otherwise they are in square units of the grid, rounded to doubles.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace urbiome {

// centre: from cell centre to cell centre. edge: from a cell's centre to the nearest side of the other cell. Both are 0
// from a member to itself.
enum class DistanceMeasure : std::uint8_t { centre, edge };

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

class DistanceKeys {
 public:
  // Cell sizes > 0, in the unit that distances are wanted in; distances beyond `largest` are not of interest. As in
  // reach.h, a distance that is larger by a relative 1e-12 still counts as equal.
  DistanceKeys(double dx, double dy, DistanceMeasure measure, double largest = kNoLimit);

  double across(std::int64_t columns) const { return square(columns, part_x_); }
  double down(std::int64_t rows) const { return square(rows, part_y_); }
  // The distance of a key. The correctly rounded root wherever the squared distance is a double (whole or half metres
  // up to 10^7 m, for one); else within 1.5 units of the last place.
  double distance(double key) const { return std::sqrt(key * unit_squared_); }
  double unit_squared() const { return unit_squared_; }
  double largest() const { return largest_; }  // the largest key within reach
  bool limited() const { return largest_ < kNoLimit; }
  bool whole() const { return whole_; }

 private:
  double square(std::int64_t steps, double part) const {
    const double sides = measure_ == DistanceMeasure::centre ? static_cast<double>(steps)
                                                             : static_cast<double>(steps > 0 ? 2 * steps - 1 : 0);
    return sides * part * (sides * part);
  }

  DistanceMeasure measure_;
  double part_x_ = 1, part_y_ = 1, unit_squared_ = 1, largest_ = kNoLimit;
  bool whole_ = true;
};

}  // namespace urbiome
