#include "urbiome/kernel/distance_keys.h"

#include <utility>

namespace urbiome {
namespace {

// Whole numbers up to 4096 that are to each other as dx to dy, by continued fractions; {0, 0} when there are none.
std::pair<double, double> whole_ratio(double dx, double dy) {
  constexpr double kMost = 4096;
  double p0 = 0, q0 = 1, p1 = 1, q1 = 0, rest = dx / dy;
  for (int i = 0; i < 16; ++i) {
    const double whole = std::floor(rest);
    const double p = whole * p1 + p0, q = whole * q1 + q0;
    if (!(p <= kMost && q <= kMost)) break;
    if (p > 0 && std::abs(p * dy - q * dx) <= 1e-15 * p * dy) return {p, q};
    p0 = std::exchange(p1, p);
    q0 = std::exchange(q1, q);
    rest = 1 / (rest - whole);
  }
  return {0, 0};
}

}  // namespace

DistanceKeys::DistanceKeys(double dx, double dy, DistanceMeasure measure, double largest) : measure_(measure) {
  const double half = measure == DistanceMeasure::centre ? 1 : 0.5;  // an edge lies half a cell from its centre
  const auto [p, q] = whole_ratio(dx, dy);
  whole_ = p > 0;
  if (whole_) {
    const double unit = half * (dx / p);
    part_x_ = p;
    part_y_ = q;
    unit_squared_ = unit * unit;
  } else {
    part_x_ = half * dx;
    part_y_ = half * dy;
  }
  if (largest < kNoLimit) {
    const double reach = largest * (1 + 1e-12);
    const double key = reach * reach / unit_squared_;
    largest_ = whole_ ? std::floor(key) : key;
  }
}

}  // namespace urbiome
