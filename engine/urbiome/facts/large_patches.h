// Which runs of a role belong to patches of at least a least area, found while rows come in, kept as one bit a run.
//
//   LargePatches large(neighbours, width, least);
//   for each row: large.add_row(row, runs, areas);        // and large.settle() every few rows
//   large.finish();
//   LargePatches::Reader reader(large); reader.go_to(row); reader.keep(runs, kept);
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "urbiome/kernel/open_components.h"

namespace urbiome {

class LargePatches {
 public:
  // Patches of area >= `least`. Until a patch is complete it counts as large once it has `surely` (>= least): more than
  // `least` only where areas can shrink again.
  LargePatches(const Reach& neighbours, std::int64_t width, Int128 least, Int128 surely)
      : patches_(neighbours, width), least_(least), surely_(surely) {}

  OpenComponents& patches() { return patches_; }
  // Returns the node of each run, valid until settle().
  std::span<const std::int32_t> add_row(std::int64_t row, std::span<const Run> runs,
                                        std::span<const std::int64_t> areas);
  // Decides what can be decided. `closed` sees every patch that is complete: (node, Component).
  template <class Closed>
  void settle(Closed&& closed) {
    decide(false, std::forward<Closed>(closed));
  }
  template <class Closed>
  void finish(Closed&& closed) {
    decide(true, std::forward<Closed>(closed));
  }
  void settle() {
    settle([](std::int32_t, const Component&) {});
  }
  void finish() {
    finish([](std::int32_t, const Component&) {});
  }

  // Reads rows in the order in which they came, from any row on.
  class Reader {
   public:
    explicit Reader(const LargePatches& of) : of_(of) {}
    void go_to(std::int64_t row) { next_ = of_.first_run_of(row); }
    // Of the runs of the next row those of large patches, appended to `kept`.
    void keep(std::span<const Run> runs, std::vector<Run>& kept);

   private:
    const LargePatches& of_;
    std::int64_t next_ = 0;
  };

  std::int64_t bytes() const;

 private:
  struct Pending {
    std::int64_t run;
    std::int32_t node;
  };
  std::int64_t first_run_of(std::int64_t row) const {
    if (row < first_row_) return 0;
    const auto i = static_cast<std::size_t>(row - first_row_);
    return i < first_run_.size() ? first_run_[i] : runs_;
  }
  void set(std::int64_t run) { bits_[static_cast<std::size_t>(run / 64)] |= std::uint64_t{1} << (run % 64); }
  bool is_set(std::int64_t run) const { return (bits_[static_cast<std::size_t>(run / 64)] >> (run % 64) & 1U) != 0; }
  void decide_pending(std::span<const std::int32_t> remap);

  template <class Closed>
  void decide(bool at_end, Closed&& closed) {
    for (Pending& entry : pending_) entry.node = patches_.find(entry.node);
    closed_large_.assign(patches_.nodes(), 0);
    const auto see = [&](std::int32_t node, const Component& patch) {
      closed_large_[static_cast<std::size_t>(node)] = patch.area >= least_ ? 1 : 0;
      closed(node, patch);
    };
    decide_pending(at_end ? patches_.finish(see) : patches_.close(see));
  }

  OpenComponents patches_;
  Int128 least_, surely_;
  std::int64_t first_row_ = 0, runs_ = 0;
  std::vector<std::int64_t> first_run_;  // number of the first run of each row
  std::vector<std::uint64_t> bits_;
  std::vector<Pending> pending_;  // runs of patches of which nothing is certain yet
  std::vector<char> closed_large_;
};

}  // namespace urbiome
