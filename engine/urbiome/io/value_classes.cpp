#include "urbiome/io/value_classes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace urbiome {
namespace {

// Nine samples of viridis (Smith and van der Walt 2015, CC0), from its light end to its dark end.
constexpr std::array<std::array<int, 3>, 9> kViridis = {{{253, 231, 37},
                                                         {173, 220, 48},
                                                         {94, 201, 98},
                                                         {40, 174, 128},
                                                         {33, 145, 140},
                                                         {44, 114, 142},
                                                         {59, 82, 139},
                                                         {71, 45, 123},
                                                         {68, 1, 84}}};

std::string colour_at(double t) {
  const double position = t * static_cast<double>(kViridis.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(position), kViridis.size() - 2);
  const double part = position - static_cast<double>(below);
  std::array<int, 3> rgb{};
  for (std::size_t i = 0; i < 3; ++i) {
    rgb[i] = static_cast<int>(std::lround(kViridis[below][i] * (1 - part) + kViridis[below + 1][i] * part));
  }
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", static_cast<unsigned>(rgb[0]) & 255U,
                static_cast<unsigned>(rgb[1]) & 255U, static_cast<unsigned>(rgb[2]) & 255U);
  return text.data();
}

struct Steps {
  double step = 1, first = 0, last = 1;  // limits are first * step, ..., last * step
  int count() const { return static_cast<int>(last - first); }
};

// The step of 1, 2, 2.5 or 5 times a power of ten whose number of classes comes closest to five.
Steps round_steps(double least, double most) {
  constexpr double kFuzz = 1e-9;
  constexpr int kClasses = 5;
  const double power = std::pow(10.0, std::floor(std::log10((most - least) / kClasses)));
  Steps best;
  bool any = false;
  for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0}) {
    Steps steps{factor * power, 0, 0};
    steps.first = std::floor(least / steps.step + kFuzz);
    steps.last = std::ceil(most / steps.step - kFuzz);
    if (any && std::abs(steps.count() - kClasses) >= std::abs(best.count() - kClasses)) continue;
    best = steps;
    any = true;
  }
  return best;
}

}  // namespace

int ValueClasses::index(double value) const {
  if (limits.empty() || !(value >= limits.front() && value <= limits.back())) return -1;
  const auto above = std::upper_bound(limits.begin(), limits.end(), value);
  const auto position = static_cast<int>(above - limits.begin()) - 1;
  return std::min(position, static_cast<int>(colours.size()) - 1);
}

ValueClasses classes_of(double least, double most) {
  ValueClasses classes;
  if (!std::isfinite(least) || !std::isfinite(most) || least > most || !std::isfinite(most - least)) return classes;
  const double width = most - least;
  if (!(width > 1e-12 * std::max(std::abs(least), std::abs(most))) || !std::isnormal(width)) {
    classes.limits = {least, most};
    classes.colours = {colour_at(0.5)};
    return classes;
  }
  const Steps steps = round_steps(least, most);
  const int count = steps.count();
  for (int i = 0; i <= count; ++i) classes.limits.push_back((steps.first + i) * steps.step);
  classes.limits.front() = std::min(classes.limits.front(), least);
  classes.limits.back() = std::max(classes.limits.back(), most);
  for (int i = 0; i < count; ++i)
    classes.colours.push_back(colour_at(count == 1 ? 0.5 : static_cast<double>(i) / (count - 1)));
  return classes;
}

}  // namespace urbiome
