// Of every column of a band of rows the first and the last member, and from many bands the nearest beyond each: what
// distances need to know of the rest of the raster.
//
//   ColumnEnds ends = ends_of(width, first_row, member);      // one band; from any thread
//   std::vector<ColumnsBeyond> beyond = beyond_each(all);     // from the ends of all bands, top to bottom
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace urbiome {

// One member of every column: its row in the grid, and its id where members have ids.
struct ColumnMembers {
  static constexpr std::int32_t kNone = -1;

  std::vector<std::int32_t> rows;  // kNone without a member
  std::vector<std::int64_t> ids;   // empty, or as many as rows; 0 without a member

  // No members in `width` columns.
  static ColumnMembers none(std::int64_t width, bool with_ids);
  bool any() const;
  // Takes the members of `others` in the columns that have one.
  void take(const ColumnMembers& others);
};

// Within a band.
struct ColumnEnds {
  ColumnMembers first, last;
};

// Outside of a band, and nearest to it.
struct ColumnsBeyond {
  ColumnMembers above, below;
  bool any() const { return above.any() || below.any(); }
};

// `member`: 1 or 0 per cell of rows of `width` cells, the first of which is `first_row` of the grid.
ColumnEnds ends_of(std::int64_t width, std::int64_t first_row, std::span<const std::uint8_t> member);
// The same from ids, 0 where no member is.
ColumnEnds ends_of(std::int64_t width, std::int64_t first_row, std::span<const std::int64_t> ids);

std::vector<ColumnsBeyond> beyond_each(std::span<const ColumnEnds> bands);

}  // namespace urbiome
