#include "urbiome/run/reach_limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "urbiome/base/error.h"

namespace urbiome {

StreetLength limit_of(double metres) {
  constexpr double kLongest = 1e9;
  return street_length(std::min(metres, kLongest));
}

std::vector<ReachLimit> reach_limits(const std::vector<double>& metres, const std::vector<double>& minutes,
                                     double speed_kmh) {
  std::vector<ReachLimit> limits;
  const auto add = [&](const std::vector<double>& all, const char* option, StreetMeasure measure, double factor) {
    for (const double within : all) {
      if (!(within > 0)) throw Error(ErrorCode::usage, fmt::format("{} has {}", option, within), "more than 0");
      for (const ReachLimit& known : limits) {
        if (known.measure == measure && known.within == within)
          throw Error(ErrorCode::usage, fmt::format("{} has {} twice", option, within), "each limit once");
      }
      limits.push_back({within, measure, limit_of(within * factor)});
    }
  };
  const bool none = metres.empty() && minutes.empty();
  add(none ? std::vector<double>{300, 400, 500} : metres, "--within", StreetMeasure::length, 1);
  add(minutes, "--within-min", StreetMeasure::time, speed_kmh / 0.06);
  return limits;
}

StreetLength farthest(const std::vector<ReachLimit>& limits, StreetMeasure measure) {
  StreetLength most = 0;
  for (const ReachLimit& limit : limits) {
    if (limit.measure == measure) most = std::max(most, limit.length);
  }
  return most;
}

std::string in_words(const std::vector<ReachLimit>& limits, const std::vector<double>& people) {
  std::string text;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    text += fmt::format("{}{:.0f} within {} {}", i == 0 ? "" : ", ", people[i], limits[i].within, limits[i].unit());
  }
  return text;
}

}  // namespace urbiome
