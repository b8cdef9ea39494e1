// Codes of a raster to class indexes, by table where the type is small enough.
// For the readers of this module only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "urbiome/raster/legend.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {

// What a code becomes when no class has it. So at most 255 classes, nodata among them, where a code may be unlisted.
inline constexpr ClassIndex kUnlisted = 255;

class CodeMap {
 public:
  CodeMap() = default;
  // Classes do not overlap. Codes of nodata classes and `nodata_code` become `nodata`; codes on no list `otherwise`.
  CodeMap(const std::vector<LegendClass>& classes, ClassIndex nodata, std::optional<std::int64_t> nodata_code,
          ClassIndex otherwise);

  ClassIndex operator()(std::int64_t code) const {
    const std::uint64_t place = static_cast<std::uint64_t>(code) - static_cast<std::uint64_t>(first_);
    return place < dense_.size() ? dense_[place] : search(code);
  }

  // The same for all values of an 8-bit or 16-bit type, by bit pattern.
  template <typename T>
  std::vector<ClassIndex> table() const {
    std::vector<ClassIndex> result(std::size_t{1} << (8 * sizeof(T)));
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = (*this)(static_cast<T>(i));
    return result;
  }

 private:
  struct Range {
    std::int64_t first, last;
    ClassIndex index;
  };
  ClassIndex search(std::int64_t code) const;

  std::vector<Range> ranges_;  // by first code
  std::optional<std::int64_t> nodata_code_;
  ClassIndex nodata_ = 0, otherwise_ = kUnlisted;
  std::int64_t first_ = 0;  // of dense_, empty when the codes lie too far apart
  std::vector<ClassIndex> dense_;
};

}  // namespace urbiome
