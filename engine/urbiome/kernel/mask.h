// Cells as bits: which cells of a row are members, and where the class changes; 64 cells a word.
//
// Bit c % 64 of word c / 64 is the cell of column c; bits beyond the row are 0. A mask of `cells` cells takes
// mask_words(cells) words. Cost: a few instructions per 64 cells on any set of classes of a common legend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/runs.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

inline std::size_t mask_words(std::size_t cells) { return (cells + 63) / 64; }

// Cells whose class is a member.
void member_bits(std::span<const ClassIndex> row, const ClassSet& member, std::span<std::uint64_t> bits);

// Cells whose class is not that of their left neighbour; the first cell is one.
void change_bits(std::span<const ClassIndex> row, std::span<std::uint64_t> bits);

// All runs of all classes of a row: run i is of class `classes[i]` and covers columns begins[i] .. begins[i + 1] - 1.
struct ClassRuns {
  std::vector<std::int32_t> begins;  // one more than runs: the last is the end of the row
  std::vector<ClassIndex> classes;

  std::size_t size() const { return classes.size(); }
};
// Columns start at `first_col`. `runs` is overwritten; reuse it to save allocations.
void class_runs(std::span<const ClassIndex> row, std::int32_t first_col, ClassRuns& runs);

}  // namespace urbiome
