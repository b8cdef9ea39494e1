// Patches across pieces of a raster: which open components are one, what they add up to, and their ids.
//
// Pieces come from the top down. A patch's id counts the patches that begin before it, and what it adds up to is known
// where it ends; a component that seems to begin a patch may turn out, far below, to belong to an earlier one. Three
// sweeps over logs of blocks, one block for each piece, settle that with what one row holds in memory:
//   down   joins each piece to what goes on from above and logs which parts became one and what ended (add);
//   up     reads that log from its end, so that of every part it knows the whole patch, and logs for each piece
//          which patches begin there, with their figures, and through which part of the row above others came in;
//   down   counts, gives ids, and logs them for the second pass over the cells.
// The logs spill to the scratch folder when they outgrow the memory they are given. Linear in runs of border rows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "urbiome/exec/scratch.h"
#include "urbiome/facts/patch_figures.h"
#include "urbiome/kernel/seam.h"

namespace urbiome {

class PatchSeam {
 public:
  // `sides`: null on planar grids. Each log may hold `log_bytes` in memory; two exist at a time.
  PatchSeam(int directions, const SideLengths* sides, std::int64_t log_bytes, std::string scratch_folder);

  // The next piece: its border, its open components (id: how many closed ones come before it in the piece), how many
  // closed ones there are.
  void add(BandBorder border, std::span<const Patch> open, std::int64_t closed);
  // Gives ids, after the last piece; `step` is called for every piece and may throw. Returns the number of patches.
  std::int64_t finish(const std::function<void()>& step);

  // What the second pass has to know of a piece's open components, in their order.
  struct Named {
    enum class Kind : std::uint8_t {
      alone,  // all of its patch: begins here, figures as in the piece
      first,  // begins a patch that goes on: figures in `patches`
      later   // belongs to a patch that began before: id in `ids`
    };
    std::int64_t first_id = 0;  // patches that begin in the piece, open and closed, are first_id + 1, + 2, ...
    std::vector<Kind> kinds;
    std::vector<Patch> patches;
    std::vector<std::int64_t> ids;
  };
  // From any thread, after finish().
  void read(std::int64_t piece, Named& named) const;

  // Most bytes that lay in the scratch folder at once so far.
  std::int64_t scratch_bytes() const { return scratch_bytes_; }
  // Most bytes of scratch for each piece, where rows have at most so many runs; and of what sweeps hold in memory.
  static std::int64_t most_bytes_per_piece(std::int64_t runs_per_row);
  static std::int64_t most_row_bytes(std::int64_t runs_per_row);

 private:
  void count_shared_sides(const BorderRows& lower);
  void note_scratch(const BlockLog& backward);
  void look_back(BlockLog& backward, const std::function<void()>& step);
  void give_ids(BlockLog& backward, const std::function<void()>& step);

  Seam seam_;
  const SideLengths* sides_;
  std::int64_t log_bytes_, count_ = 0, scratch_bytes_ = 0;
  std::string folder_;
  BlockLog joined_, named_;
  BorderRows last_;             // the last row of the pieces so far
  std::vector<Patch> parts_;    // what goes on, in order of first cells; while a piece is added its components follow
  std::vector<char> is_alone_;  // of each: one component of one piece so far
};

}  // namespace urbiome
