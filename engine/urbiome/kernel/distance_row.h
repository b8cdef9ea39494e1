// The steps of distance.h along one row of cells, chosen for the processor at run time. For distance.cpp alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/distance_keys.h"

namespace urbiome::distance_row {

inline constexpr std::uint16_t kNoRows = 65535;  // rows to the nearest member of a column: none, or at least so many
inline constexpr std::uint16_t kNoKey = 65535;   // a key that is too large for 16 bits
inline constexpr std::size_t kBlock = 64;        // columns that are decided together

// Distances small enough for keys of 16 bits.
struct NearKeys {
  std::uint16_t part_y = 1;           // rows apart times this, squared, is the key
  bool edge = false;                  // from sides: twice the rows less one
  std::uint16_t most_rows = 0;        // the last number of rows with a key below kNoKey
  std::vector<std::uint16_t> across;  // of 0, 1, ... columns: two more than are ever sought, so at least three
  std::uint16_t largest = kNoKey - 1;
  bool limited = false;  // nothing beyond `largest` is wanted

  std::size_t columns() const { return across.size() - 2; }  // sought on either side
  std::size_t padding() const { return (columns() + 2 * kBlock - 1) / kBlock * kBlock; }
};

// Empty `across` when keys do not fit into 16 bits.
NearKeys near_keys(const DistanceKeys& keys);

// Rows to the nearest member at or below a row, from those of the next row below.
void step_up(const std::uint8_t* member, const std::uint16_t* next, std::size_t width, std::uint16_t* out);
// Rows to the nearest member at or above a row into `above` (which holds the row before), and to either into `nearest`.
void step_down(const std::uint8_t* member, const std::uint16_t* below, std::size_t width, std::uint16_t* above,
               std::uint16_t* nearest);

// A row's workspace: both arrays reach keys.padding() cells beyond either end of the row rounded up to blocks.
struct NearRow {
  NearRow(const NearKeys& keys, std::size_t width);
  std::size_t blocks;
  std::size_t lead;                   // entries before the row's first, a multiple of kBlock
  std::vector<std::uint16_t> keys;    // by column
  std::vector<std::uint16_t> lowest;  // by block
  std::vector<std::uint16_t> best;    // without padding: the least key of each cell
  std::vector<std::int32_t> far;      // blocks in which a cell's best may lie farther out
};

// Fills row.best from the rows apart of each column (`rows_apart` is readable up to whole blocks).
void search_near(const NearKeys& keys, const std::uint16_t* rows_apart, std::size_t width, NearRow& row);

// Keys to distances; those above `largest` become NaN.
void to_distances(const std::uint16_t* keys, std::size_t count, std::uint16_t largest, double unit_squared,
                  double* out);
void to_distances(const std::uint16_t* keys, std::size_t count, std::uint16_t largest, double unit_squared, float* out);

// The same for keys of any size: NaN unless a key is finite and at most `largest`.
void to_distances(const std::uint32_t* keys, std::size_t count, double largest, double unit_squared, double* out);
void to_distances(const double* keys, std::size_t count, double largest, double unit_squared, double* out);

// Keys of any size and columns any distance apart.
template <class Key>
struct FarRow {
  FarRow(const DistanceKeys& keys, std::size_t width);
  std::vector<Key> across;  // across[origin + k]: key of k columns to the right (k < 0: to the left)
  std::size_t origin;
  std::vector<Key> keys;          // by column, padded to whole blocks
  std::vector<Key> best;          // by column, likewise; only asked-for blocks are filled
  std::vector<Key> ids, nearest;  // as keys and best, for search_nearest: whole numbers that a Key holds
  Key none;                       // key of a column without members: larger than any, and large enough after adding
};

// row.keys of columns whose nearest member is so many rows apart; none where that is kNoRows.
void fill_far_keys(const DistanceKeys& keys, const std::uint16_t* rows_apart, std::size_t width,
                   FarRow<std::uint32_t>& row);
void fill_far_keys(const DistanceKeys& keys, const std::uint16_t* rows_apart, std::size_t width, FarRow<double>& row);

// Fills row.best for the listed blocks (ascending) from row.keys.
void search_far(std::span<const std::int32_t> blocks, std::size_t width, FarRow<std::uint32_t>& row);
void search_far(std::span<const std::int32_t> blocks, std::size_t width, FarRow<double>& row);

// Fills row.best and row.nearest (the smallest id among the columns with the least key) for all cells from row.keys and
// row.ids. At least one column must have a key.
void search_nearest(std::size_t width, FarRow<std::uint32_t>& row);
void search_nearest(std::size_t width, FarRow<double>& row);

}  // namespace urbiome::distance_row
