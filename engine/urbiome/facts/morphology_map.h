// Erosion and dilation of a role by a disc in metres, streamed.
//
// A cell is in the dilation when a member lies within the radius, centre to centre; in the erosion when it is a member
// and no known cell that is none lies within the radius. Nothing is known outside the grid and where the land cover is
// nodata or unknown: such cells neither dilate nor erode (as in MSPA, where missing cells and the map's end are no
// background) and are themselves told apart in the output. Open: erode, then dilate; close: dilate, then erode.
#pragma once

#include <cstdint>

#include "urbiome/exec/executor.h"
#include "urbiome/facts/distance_map.h"
#include "urbiome/kernel/window_shape.h"

namespace urbiome {

enum class MorphologyOperation : std::uint8_t { erode, dilate, open, close };

class MorphologyMap {
 public:
  static constexpr std::uint8_t kNodata = 255;
  static constexpr std::int64_t kBytesPerCell = 8;

  // `disc` from window_shapes().
  MorphologyMap(const TileSource& source, WindowShapes disc, const ClassSet& member, MorphologyOperation operation,
                const Executor& executor);
  const std::vector<Band>& bands() const { return bands_; }
  // 1 or 0, kNodata where the land cover is nodata or unknown.
  void measure(Executor& executor, const RowsSink<std::uint8_t>& sink) const;

 private:
  const TileSource& source_;
  WindowShapes disc_;
  ClassSet member_;
  MorphologyOperation operation_;
  std::vector<Band> bands_;
};

}  // namespace urbiome
