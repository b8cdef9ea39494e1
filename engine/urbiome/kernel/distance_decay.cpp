#include "urbiome/kernel/distance_decay.h"

#include <algorithm>
#include <cmath>

namespace urbiome {
namespace {

// 1 - (d / d0)^2, to the last digits also near d0.
double rest_of_square(double cost, double catchment) {
  const double part = cost / catchment;
  return (1 - part) * (1 + part);
}

}  // namespace

double DistanceDecay::operator()(double cost, double end) const noexcept {
  switch (kind) {
    case Decay::dichotomy:
      return cost <= end ? 1 : 0;
    case Decay::exponential:
      return cost <= end ? std::exp(-cost / end) : 0;
    case Decay::gaussian:
      // The same as in the header, both sides divided by exp(-1/2): nothing cancels towards the end.
      return cost < end ? std::expm1(0.5 * rest_of_square(cost, end)) / std::expm1(0.5) : 0;
    case Decay::density:
      return cost < end ? 0.75 * rest_of_square(cost, end) : 0;
    case Decay::power:
      return std::pow(floor > 0 ? std::max(cost, floor) / floor : cost, -power);
    case Decay::inverse:
      return 1 / std::max(cost, floor);
    case Decay::steps: {
      const auto step = std::ranges::lower_bound(steps, cost, {}, &DecayStep::max_cost);
      return step == steps.end() ? 0 : step->weight;
    }
  }
  return 0;
}

}  // namespace urbiome
