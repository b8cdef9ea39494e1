// The cells of a tile as lines, and costs that go from line to line: for cost.h alone.
//
// Rows carry costs up and down, columns left and right, both to the corners and by knight's moves. What a line takes
// from the one before does not depend on what its other cells take, so that a processor's vector of cells goes on at
// once. Sweeps over rows and over columns take turns until nothing changes; a way needs a turn where it bends out of
// one quarter of the directions into another. Only blocks of cells that changed are looked at again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace urbiome {

struct CostLines {
  static constexpr std::ptrdiff_t kMostSide = 64;  // of a tile; whole blocks
  static constexpr std::ptrdiff_t kBlock = 8;      // cells that are looked at together
  static constexpr std::ptrdiff_t kMargin = 2;     // a knight comes from two cells outside
  static constexpr std::ptrdiff_t kStride = kMostSide + 2 * kBlock, kMostLines = kMostSide + 2 * kMargin;
  using Cells = std::array<double, static_cast<std::size_t>(kMostLines* kStride + 2 * kBlock)>;
  using Blocks = std::uint32_t;  // a bit for each
  static constexpr std::ptrdiff_t start(std::ptrdiff_t line) { return (line + kMargin) * kStride + 2 * kBlock; }

  double* cost_of(std::ptrdiff_t line) { return cost.data() + start(line); }
  double* resistance_of(std::ptrdiff_t line) { return resistance.data() + start(line); }
  // Cells `blocks` of a line may have costs that lower those of the lines round it.
  void wake(std::ptrdiff_t line, Blocks which) {
    forward[static_cast<std::size_t>(line + kMargin)] |= which;
    backward[static_cast<std::size_t>(line + kMargin)] |= which;
  }

  alignas(64) Cells cost, resistance;                                              // infinite where no cell is
  std::array<Blocks, static_cast<std::size_t>(kMostLines)> forward{}, backward{};  // what sweeps have to look at
  std::array<Blocks, static_cast<std::size_t>(kMostSide / kBlock)> changed{};      // by line of blocks
  std::ptrdiff_t lines = 0, blocks = 0;                                            // of the tile
};

// Half a step's length for sides and corners, a quarter for knights, by the upper row of both.
struct CostWeights {
  using Rows = std::array<double, static_cast<std::size_t>(CostLines::kStride)>;
  static constexpr std::ptrdiff_t kFirst = -CostLines::kBlock;  // row of the first weight
  Rows across, down, diagonal, flat_knight, steep_knight;
};

struct CostTile {
  CostLines rows, columns;  // the same cells, with a margin of those round them
  CostWeights weights;
  int directions = 8;
};

namespace cost_lines {

// Makes the columns from the rows, margin included.
void turn(CostTile& tile);

// Sweeps until no step within the tile or into it lowers a cost. False where none did from the start. The margin keeps
// its costs.
bool settle(CostTile& tile);

// By neighbouring tile (3 * (down + 1) + right + 1): the least cost in the margin that a step out of the tile lowers,
// else infinite. Lowers those costs.
std::array<double, 9> offer(CostTile& tile);

}  // namespace cost_lines
}  // namespace urbiome
