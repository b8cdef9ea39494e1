// Bits of roles against class indexes.
#include <gtest/gtest.h>

#include <random>

#include "urbiome/kernel/cell_mask.h"

namespace urbiome {
namespace {

using Runs = std::vector<Run>;  // named out here: tests have a Run of their own

std::vector<ClassIndex> random_cells(std::mt19937& random, std::size_t count, int classes, int mean_run) {
  std::vector<ClassIndex> cells;
  while (cells.size() < count)
    cells.insert(cells.end(), 1 + random() % static_cast<unsigned>(2 * mean_run - 1),
                 static_cast<ClassIndex>(random() % static_cast<unsigned>(classes)));
  cells.resize(count);
  return cells;
}

TEST(CellMask, HoldsTheMembersOfEverySet) {
  std::mt19937 random(4);
  for (const int classes : {1, 2, 9, 16, 17, 256}) {
    for (const std::int64_t width : {1, 7, 63, 64, 65, 127, 128, 129, 1000}) {
      std::vector<ClassSet> sets(static_cast<std::size_t>(1 + random() % kMostMasks));
      for (ClassSet& set : sets) {
        for (bool& member : set) member = random() % 2 == 0;
      }
      const std::vector<ClassIndex> cells =
          random_cells(random, static_cast<std::size_t>(width), classes, 1 + width % 5);
      std::vector<CellMask> masks(sets.size(), CellMask(3, 2, width));
      std::vector<std::span<std::uint64_t>> rows;
      for (CellMask& mask : masks) rows.push_back(mask.row(4));
      // In pieces that begin anywhere, as tiles do.
      for (std::int64_t col = 0; col < width;) {
        const std::int64_t count = std::min<std::int64_t>(1 + static_cast<std::int64_t>(random() % 150), width - col);
        mark_members(std::span(cells).subspan(static_cast<std::size_t>(col), static_cast<std::size_t>(count)),
                     member_bits(sets), classes, col, rows);
        col += count;
      }
      for (std::size_t m = 0; m < sets.size(); ++m) {
        Runs wanted, found, none;
        append_runs(cells, sets[m], 0, wanted);
        append_runs(std::as_const(masks[m]).row(4), 0, width, found);
        EXPECT_EQ(found, wanted) << classes << " classes, " << width << " wide";
        append_runs(std::as_const(masks[m]).row(3), 0, width, none);
        EXPECT_TRUE(none.empty());
      }
    }
  }
}

TEST(CellMask, GivesRunsBetweenAnyTwoColumns) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 200; ++trial) {
    const auto width = static_cast<std::int64_t>(1 + random() % 300);
    const std::vector<ClassIndex> cells = random_cells(random, static_cast<std::size_t>(width), 2, 1 + trial % 40);
    ClassSet member{};
    member[1] = true;
    CellMask mask(0, 1, width);
    const std::vector<std::span<std::uint64_t>> rows = {mask.row(0)};
    mark_members(cells, member_bits(std::span(&member, 1)), 2, 0, rows);
    const std::int64_t begin = static_cast<std::int64_t>(random() % static_cast<unsigned>(width));
    const std::int64_t end = begin + static_cast<std::int64_t>(random() % static_cast<unsigned>(width - begin + 1));
    Runs wanted, found;
    append_runs(std::span(cells).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
                member, static_cast<std::int32_t>(begin), wanted);
    append_runs(std::as_const(mask).row(0), begin, end, found);
    EXPECT_EQ(found, wanted) << begin << " to " << end << " of " << width;
  }
}

}  // namespace
}  // namespace urbiome
