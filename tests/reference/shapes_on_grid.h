// Maps of two classes (0 and 1) that are hard for passes over tiles: every one is the same for the same sizes and seed.
// Lines are one cell wide and one cell apart, so a snake or a spiral crosses every tile of any size.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "reference/cell_map.h"

namespace urbiome::reference {

struct NamedMap {
  std::string name;
  CellMap map;
};

// `member(row, col)` says which cells are of class 1.
template <class Member>
CellMap drawn_map(int rows, int cols, Member member) {
  CellMap map{rows, cols, {}};
  map.cells.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) map.cells.push_back(member(row, col) ? 1 : 0);
  }
  return map;
}

inline CellMap turned_over(const CellMap& map) {  // rows become columns
  return drawn_map(map.cols, map.rows, [&](int row, int col) { return map.at(col, row) != 0; });
}

// The other class everywhere.
inline CellMap inverted(const CellMap& map) {
  return drawn_map(map.rows, map.cols, [&](int row, int col) { return map.at(row, col) == 0; });
}

// One patch of 4-neighbours: every second row, joined at the right and the left end in turn.
inline CellMap snake(int rows, int cols) {
  return drawn_map(rows, cols, [&](int row, int col) {
    if (row % 2 == 0) return true;
    return row % 4 == 1 ? col == cols - 1 : col == 0;
  });
}

// One patch of 4-neighbours that winds inwards from the upper left corner; one cell between its arms.
inline CellMap spiral(int rows, int cols) {
  CellMap map{rows, cols,
              std::vector<std::uint8_t>(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols), 0)};
  const auto set = [&](int row, int col) {
    return row >= 0 && row < rows && col >= 0 && col < cols && map.at(row, col) != 0;
  };
  // A cell is free when it lies inside and only the one we come from touches it.
  const auto free = [&](int row, int col) {
    if (row < 0 || row >= rows || col < 0 || col >= cols || set(row, col)) return false;
    return set(row - 1, col) + set(row + 1, col) + set(row, col - 1) + set(row, col + 1) == 1;
  };
  constexpr std::array<std::pair<int, int>, 4> ways{{{0, 1}, {1, 0}, {0, -1}, {-1, 0}}};
  int row = 0, col = 0;
  std::size_t way = 0;
  map.cells[0] = 1;
  for (int turns = 0; turns < 2;) {
    const auto [down, right] = ways[way];
    if (!free(row + down, col + right)) {
      way = (way + 1) % ways.size();
      ++turns;
      continue;
    }
    turns = 0;
    row += down;
    col += right;
    map.cells[static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) + static_cast<std::size_t>(col)] = 1;
  }
  return map;
}

// Teeth on every second column that only the last row joins: each is a patch of its own until that row is seen.
inline CellMap comb(int rows, int cols) {
  return drawn_map(rows, cols, [&](int row, int col) { return row == rows - 1 || col % 2 == 0; });
}

// Rings one inside another, each a patch: holes in holes.
inline CellMap nested_rings(int rows, int cols) {
  return drawn_map(rows, cols, [&](int row, int col) {
    return std::min(std::min(row, rows - 1 - row), std::min(col, cols - 1 - col)) % 2 == 0;
  });
}

// Discs of 1 to 9 cells across at random places, so that clumps touch, overlap and leave bays and holes.
inline CellMap random_clumps(std::mt19937& random, int rows, int cols, double discs_per_cell) {
  std::uniform_int_distribution<int> at_row(0, rows - 1), at_col(0, cols - 1), radius(0, 4);
  CellMap map{rows, cols,
              std::vector<std::uint8_t>(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols), 0)};
  const int discs = 1 + static_cast<int>(discs_per_cell * rows * cols);
  for (int i = 0; i < discs; ++i) {
    const int middle_row = at_row(random), middle_col = at_col(random), r = radius(random);
    for (int row = std::max(0, middle_row - r); row <= std::min(rows - 1, middle_row + r); ++row) {
      for (int col = std::max(0, middle_col - r); col <= std::min(cols - 1, middle_col + r); ++col) {
        const int down = row - middle_row, right = col - middle_col;
        if (down * down + right * right > r * r) continue;
        map.cells[static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) + static_cast<std::size_t>(col)] = 1;
      }
    }
  }
  return map;
}

// Every shape at rows x cols (both at least 1), with a name for messages.
inline std::vector<NamedMap> shapes_on_grid(int rows, int cols, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::vector<NamedMap> shapes;
  const auto draw = [&](std::string name, auto member) {
    shapes.push_back({std::move(name), drawn_map(rows, cols, member)});
  };
  draw("none", [](int, int) { return false; });
  draw("all", [](int, int) { return true; });
  draw("one cell in the middle", [&](int row, int col) { return row == rows / 2 && col == cols / 2; });
  draw("first cell", [](int row, int col) { return row == 0 && col == 0; });
  draw("last cell", [&](int row, int col) { return row == rows - 1 && col == cols - 1; });
  draw("all but one", [&](int row, int col) { return row != rows / 2 || col != cols / 2; });
  draw("four corners",
       [&](int row, int col) { return (row == 0 || row == rows - 1) && (col == 0 || col == cols - 1); });
  draw("checkerboard", [](int row, int col) { return (row + col) % 2 == 0; });
  draw("squares of a tile", [](int row, int col) { return (row / 64 + col / 64) % 2 == 0; });
  draw("every second row", [](int row, int) { return row % 2 == 0; });
  draw("every second column", [](int, int col) { return col % 2 == 0; });
  draw("dots", [](int row, int col) { return row % 2 == 0 && col % 2 == 0; });
  draw("diagonals down", [](int row, int col) { return (row - col) % 3 == 0; });        // joined by corners
  draw("diagonals up", [](int row, int col) { return (row + col) % 3 == 0; });          // joined by corners
  draw("stairs", [](int row, int col) { return row == col || row == col + 1; });        // joined by sides
  draw("zigzag", [](int row, int col) { return col % 14 == std::abs(row % 14 - 7); });  // corners, to and fro
  draw("left half", [&](int, int col) { return col < cols / 2; });
  shapes.push_back({"snake along rows", snake(rows, cols)});
  shapes.push_back({"snake along columns", turned_over(snake(cols, rows))});
  shapes.push_back({"spiral", spiral(rows, cols)});
  shapes.push_back({"between the arms of a spiral", inverted(spiral(rows, cols))});
  shapes.push_back({"comb", comb(rows, cols)});
  shapes.push_back({"comb along rows", turned_over(comb(cols, rows))});
  shapes.push_back({"nested rings", nested_rings(rows, cols)});
  shapes.push_back({"few clumps", random_clumps(random, rows, cols, 0.004)});
  shapes.push_back({"many clumps", random_clumps(random, rows, cols, 0.04)});
  shapes.push_back({"noise at 0.41", random_map(random, rows, cols, 0.41)});  // near where 8-neighbours join up
  shapes.push_back({"noise at 0.59", random_map(random, rows, cols, 0.59)});  // near where 4-neighbours join up
  return shapes;
}

}  // namespace urbiome::reference
