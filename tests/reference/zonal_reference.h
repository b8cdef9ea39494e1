// Statistics of a list of cells by their definitions, two passes and long doubles: slow, and without anything exact.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace urbiome::reference {

struct WeighedCell {
  double value, share, weight;
};

struct Moments {
  long double weight = 0, sum = 0, variance = 0;
};

inline Moments moments(const std::vector<WeighedCell>& cells, bool weighted) {
  Moments m;
  for (const WeighedCell& c : cells) {
    const long double w = weighted ? static_cast<long double>(c.share) * c.weight : c.share;
    m.weight += w;
    m.sum += w * c.value;
  }
  for (const WeighedCell& c : cells) {
    const long double w = weighted ? static_cast<long double>(c.share) * c.weight : c.share;
    m.variance += w * (c.value - m.sum / m.weight) * (c.value - m.sum / m.weight) / m.weight;
  }
  return m;
}

inline std::map<double, long double> cover_by_value(const std::vector<WeighedCell>& cells) {
  std::map<double, long double> cover;
  for (const WeighedCell& c : cells) cover[c.value] += c.share;
  return cover;
}

// The value at the share q of the way, between the places of the distinct values (see kernel/zonal_statistics.h).
inline double quantile(const std::vector<WeighedCell>& cells, double q) {
  std::vector<std::pair<long double, double>> places;
  const auto cover = cover_by_value(cells);
  long double before = 0;
  for (const auto& [value, share] : cover) {
    const auto n = static_cast<long double>(cover.size());
    places.emplace_back(static_cast<long double>(places.size()) * share + (n - 1) * before, value);
    before += share;
  }
  const long double sought = q * static_cast<long double>(cover.size() - 1) * before;
  std::size_t i = 0;
  while (i + 1 < places.size() && places[i].first < sought) ++i;
  if (i == 0) return places[0].second;
  const auto& [left, from] = places[i - 1];
  const auto& [right, to] = places[i];
  return static_cast<double>(from + (to - from) * (sought - left) / (right - left));
}

}  // namespace urbiome::reference
