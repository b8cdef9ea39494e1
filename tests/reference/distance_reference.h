// Distances to the nearest member by looking at every member: what the kernels are measured against.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "reference/cell_map.h"

namespace urbiome::reference {

// Row-major; NaN without a member or beyond `largest`. `edge`: to the nearest side of a member, 0 in members.
inline std::vector<double> distances_one_by_one(const CellMap& map, double dx, double dy, bool edge, double largest) {
  std::vector<std::pair<int, int>> members;
  for (int row = 0; row < map.rows; ++row) {
    for (int col = 0; col < map.cols; ++col) {
      if (map.at(row, col) != 0) members.emplace_back(row, col);
    }
  }
  const auto apart = [edge](int a, int b) {
    const double steps = std::abs(a - b);
    return edge ? std::max(steps - 0.5, 0.0) : steps;
  };
  std::vector<double> distances;
  for (int row = 0; row < map.rows; ++row) {
    for (int col = 0; col < map.cols; ++col) {
      double least = std::numeric_limits<double>::infinity();
      for (const auto& [r, c] : members) {
        const double x = apart(c, col) * dx, y = apart(r, row) * dy;
        least = std::min(least, x * x + y * y);
      }
      const double distance = std::sqrt(least);
      const bool found = distance <= largest * (1 + 1e-12) && least < std::numeric_limits<double>::infinity();
      distances.push_back(found ? distance : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return distances;
}

}  // namespace urbiome::reference
