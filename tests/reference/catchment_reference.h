// Floating catchments by their formulas: full matrices, one sum after the other, long doubles.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "urbiome/kernel/floating_catchment.h"

namespace urbiome::reference {

struct SharedSupply {
  std::vector<long double> ratio, access;
};

using Matrix = std::vector<std::vector<long double>>;  // by place, then supply

inline long double row_sum(const Matrix& m, std::size_t i) {
  long double sum = 0;
  for (const long double value : m[i]) sum += value;
  return sum;
}

inline long double column_sum(const Matrix& m, std::size_t j) {
  long double sum = 0;
  for (const auto& row : m) sum += row[j];
  return sum;
}

// As share_supply(). `f` holds the decay of each pair, 0 where there is none; `w` the same, 0 beyond the limit.
inline SharedSupply share_supply(std::span<const double> people, std::span<const double> amounts, const Matrix& f,
                                 const Matrix& w, CatchmentMethod method) {
  Matrix a = w, b = w;
  for (std::size_t i = 0; i < people.size(); ++i) {
    for (std::size_t j = 0; j < amounts.size(); ++j) {
      if (w[i][j] == 0) continue;
      if (method == CatchmentMethod::three_step) a[i][j] = b[i][j] = f[i][j] / row_sum(f, i) * w[i][j];
      if (method == CatchmentMethod::balanced) {
        a[i][j] = w[i][j] / row_sum(w, i);
        b[i][j] = w[i][j] / column_sum(w, j);
      }
    }
  }
  SharedSupply found;
  for (std::size_t j = 0; j < amounts.size(); ++j) {
    long double reached = 0;
    for (std::size_t i = 0; i < people.size(); ++i) reached += a[i][j] * people[i];
    found.ratio.push_back(reached > 0 ? amounts[j] / reached : 0);
  }
  for (std::size_t i = 0; i < people.size(); ++i) {
    long double sum = 0;
    for (std::size_t j = 0; j < amounts.size(); ++j) sum += b[i][j] * found.ratio[j];
    found.access.push_back(sum);
  }
  return found;
}

}  // namespace urbiome::reference
