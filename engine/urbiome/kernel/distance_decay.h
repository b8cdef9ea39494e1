// How much less a place counts the farther away it is: the weights of floating catchments and gravity models.
//
// The distance d is a cost of any unit (metres, minutes, 0 or more), d0 the cost at which the catchment ends:
//   dichotomy    1                                              up to d0, which may be infinite
//   exponential  exp(-d / d0)                                   up to d0
//   gaussian     (exp(-(d/d0)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2))      up to d0, where it is 0
//   density      3/4 (1 - (d/d0)^2), Epanechnikov's kernel      up to d0, where it is 0
//   power        (d / floor)^-power, 1 up to the floor; d^-power without a floor
//   inverse      1 / d, 1 / floor up to the floor
//   steps        a table: the weight of the first step that reaches as far as d (zones of E2SFCA)
// The first four are 0 beyond d0, as in InVEST's Urban Nature Access; steps are 0 beyond the last. Power and inverse
// have no end of their own. Without a floor they grow without limit towards d = 0: see kMostDecay.
//
//   const DistanceDecay decay{.kind = Decay::gaussian, .catchment = 500};
//   double weight = decay(250);   // 0.701367
#pragma once

#include <vector>

namespace urbiome {

enum class Decay { dichotomy, exponential, gaussian, density, power, inverse, steps };

struct DecayStep {
  double max_cost, weight;
};

inline constexpr double kMostDecay = 1e100;  // weights that sums can still do with; more is refused by who reads costs

struct DistanceDecay {
  Decay kind = Decay::dichotomy;
  double catchment = 0;          // d0: >= 0 for dichotomy, > 0 and finite for exponential, gaussian, density
  double power = 1;              // > 0
  double floor = 0;              // 0: none
  std::vector<DecayStep> steps;  // by ascending max_cost

  // Of a cost >= 0. Infinite, or above kMostDecay, only for power and inverse at costs below 1. Takes one exp or pow at
  // most; a weight below the smallest double is 0.
  double operator()(double cost) const noexcept { return (*this)(cost, catchment); }
  double operator()(double cost, double end) const noexcept;  // the same with another d0
};

}  // namespace urbiome
