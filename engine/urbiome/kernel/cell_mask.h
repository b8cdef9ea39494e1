// Cells of a role as bits: an eighth of a byte per cell, whatever the land cover looks like.
//
// Runs take eight bytes each, which is little for land cover and far too much for a checkerboard; bits always cost the
// same and give their runs back row by row.
//
//   CellMask green(first_row, rows, width);
//   mark_members(cells, member_bits, {0, col}, masks);   // one sweep over the cells fills all masks
//   append_runs(green.row(row), 0, width, runs);
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/runs.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

// A stretch of whole rows, first_row .. row_end() - 1 of the grid. Bit c % 64 of word c / 64 of a row is column c.
class CellMask {
 public:
  CellMask() = default;
  CellMask(std::int64_t first_row, std::int64_t rows, std::int64_t width)
      : first_row_(first_row), rows_(rows), words_((width + 63) / 64), bits_(static_cast<std::size_t>(rows * words_)) {}

  static std::int64_t bytes_for(std::int64_t rows, std::int64_t width) { return rows * ((width + 63) / 64) * 8; }

  std::int64_t first_row() const { return first_row_; }
  std::int64_t row_end() const { return first_row_ + rows_; }
  std::span<const std::uint64_t> row(std::int64_t row) const {
    return {bits_.data() + (row - first_row_) * words_, static_cast<std::size_t>(words_)};
  }
  std::span<std::uint64_t> row(std::int64_t row) {
    return {bits_.data() + (row - first_row_) * words_, static_cast<std::size_t>(words_)};
  }
  std::int64_t bytes() const { return static_cast<std::int64_t>(bits_.capacity() * sizeof(std::uint64_t)); }

 private:
  std::int64_t first_row_ = 0, rows_ = 0, words_ = 0;
  std::vector<std::uint64_t> bits_;
};

inline constexpr int kMostMasks = 8;
// Of each class the masks that it belongs to: bit m for mask m.
using MemberBits = std::array<std::uint8_t, kMaxClasses>;
// Members of up to kMostMasks sets, set m as bit m.
MemberBits member_bits(std::span<const ClassSet> sets);

// Sets the bits of a stretch of cells of one row that begins at column `first_col`; rows[m] are the words of that row
// in mask m. Every class index that occurs must be below `classes`.
void mark_members(std::span<const ClassIndex> cells, const MemberBits& members, int classes, std::int64_t first_col,
                  std::span<const std::span<std::uint64_t>> rows);

// Appends the runs of set bits in columns begin .. end - 1.
void append_runs(std::span<const std::uint64_t> row, std::int64_t begin, std::int64_t end, std::vector<Run>& out);

}  // namespace urbiome
