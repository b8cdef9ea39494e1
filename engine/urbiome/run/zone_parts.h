// What a polygon and a zone have in common, quickly for many small polygons against zones with long outlines.
#pragma once

#include <map>
#include <vector>

#include "urbiome/facts/landscape.h"

namespace urbiome {

enum class Overlap { none, partial, whole };

// How the cells of a polygon lie to a zone: all in its full cells (whole), none in any of its cells, or at its border.
Overlap overlap_of(const Coverage& polygon, const Coverage& zone);

// Zones cut into blocks of cells when first asked for, so that a small polygon meets a short outline.
class ZoneParts {
 public:
  explicit ZoneParts(const Landscape& landscape) : landscape_(landscape) {}

  // Exact coverage of the polygon's part in the zone.
  Coverage part(const MultiPolygon& shape, std::size_t zone);
  // The same for a rectangle: blocks in which it lies inside or outside the zone need no cutting.
  Coverage part(const Box& box, std::size_t zone);
  // Whether the rectangle and the zone have cells in common.
  bool touches(const Box& box, std::size_t zone) const { return of_cells(box, zone) != Overlap::none; }

 private:
  Coverage part(const MultiPolygon& shape, const Box& box, std::size_t zone, bool is_box);
  Overlap of_cells(const Box& box, std::size_t zone) const;
  const MultiPolygon& block(std::size_t zone, std::int64_t block_row, std::int64_t block_col);

  const Landscape& landscape_;
  std::map<std::pair<std::size_t, std::int64_t>, MultiPolygon> bands_;
  std::map<std::pair<std::pair<std::size_t, std::int64_t>, std::int64_t>, MultiPolygon> blocks_;
};

}  // namespace urbiome
