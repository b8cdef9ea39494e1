#include "urbiome/io/raster_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <cmath>
#include <limits>
#include <set>

#include "urbiome/io/code_map.h"
#include "urbiome/io/land_cover_sources.h"
#include "urbiome/io/raster_band.h"

namespace urbiome {
namespace {

// Distinct codes of a band, chunk by chunk, until there are `most`.
class DistinctCodes {
 public:
  DistinctCodes(const BandFacts& facts, std::size_t most, const CoverAdvice& advice)
      : facts_(facts), reader_(facts), most_(most), advice_(advice) {}

  std::vector<std::int64_t> collect() {
    for_each_chunk(facts_.info.grid, facts_.block_rows, facts_.block_cols, [this](const Window& window) {
      if (found_.size() >= most_) return;
      read_mask(window);
      switch (facts_.type) {
        case CellType::u8:
          return add<std::uint8_t>(window);
        case CellType::i8:
          return add<std::int8_t>(window);
        case CellType::u16:
          return add<std::uint16_t>(window);
        case CellType::i16:
          return add<std::int16_t>(window);
        case CellType::u32:
          return add<std::uint32_t>(window);
        case CellType::i32:
          return add<std::int32_t>(window);
        case CellType::u64:
          return add<std::uint64_t>(window);
        case CellType::i64:
          return add<std::int64_t>(window);
        case CellType::f32:
          return add<float>(window);
        case CellType::f64:
          return add<double>(window);
      }
    });
    std::vector<std::int64_t> codes(found_.begin(), found_.end());
    if (codes.size() > most_) codes.resize(most_);
    return codes;
  }

 private:
  void read_mask(const Window& window) {
    if (!facts_.masked) return;
    mask_.resize(static_cast<std::size_t>(window.cells()));
    reader_.read_mask(window, mask_);
  }

  template <typename T>
  void add(const Window& window) {
    const std::size_t count = static_cast<std::size_t>(window.cells());
    buffer_.resize(count * sizeof(T));
    reader_.read(window, buffer_.data());
    const T* values = reinterpret_cast<const T*>(buffer_.data());
    if constexpr (sizeof(T) == 1) {
      bool seen[256] = {};
      for (std::size_t i = 0; i < count; ++i) {
        if (!facts_.masked || mask_[i] != 0) seen[static_cast<std::uint8_t>(values[i])] = true;
      }
      for (int i = 0; i < 256; ++i) {
        if (seen[i]) insert(static_cast<T>(i), window, 0);
      }
    } else {
      bool any = false;
      T last{};
      for (std::size_t i = 0; i < count && found_.size() < most_; ++i) {
        if ((any && values[i] == last) || (facts_.masked && mask_[i] == 0)) continue;
        insert(values[i], window, i);
        last = values[i], any = true;
      }
    }
  }

  template <typename T>
  void insert(T value, const Window& window, std::size_t place) {
    if constexpr (std::is_floating_point_v<T>) {
      if (facts_.is_nodata(value)) return;
      if (value != std::floor(value) || std::abs(value) >= T{9.2e18}) {
        const std::int64_t at = static_cast<std::int64_t>(place);
        throw Error(ErrorCode::contradiction,
                    fmt::format("{} holds {} at row {}, column {}", facts_.info.path, value,
                                window.row + at / window.cols, window.col + at % window.cols),
                    "whole numbers, the codes of classes", advice_.fractions);
      }
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        throw Error(ErrorCode::contradiction, fmt::format("{} holds the code {}", facts_.info.path, value),
                    "codes below 2^63");
      }
    }
    const std::int64_t code = static_cast<std::int64_t>(value);
    if (code != facts_.nodata_code) found_.insert(code);
  }

  const BandFacts& facts_;
  BandReader reader_;
  std::size_t most_;
  const CoverAdvice& advice_;
  std::set<std::int64_t> found_;
  std::vector<unsigned char> buffer_;
  std::vector<std::uint8_t> mask_;
};

}  // namespace

LegendClass codeless_class(const std::string& name, Missing missing) {
  LegendClass entry;
  entry.first = 0, entry.last = -1;
  entry.name = name;
  entry.missing = missing;
  return entry;
}

CompletedLegend complete(Legend legend, bool with_unknown) {
  CompletedLegend result;
  int nodata = -1, unknown = -1;
  for (std::size_t i = 0; i < legend.classes.size(); ++i) {
    if (nodata < 0 && legend.classes[i].missing == Missing::nodata) nodata = static_cast<int>(i);
    if (unknown < 0 && legend.classes[i].missing == Missing::unknown) unknown = static_cast<int>(i);
  }
  if (nodata < 0) {
    nodata = static_cast<int>(legend.classes.size());
    legend.classes.push_back(codeless_class("nodata", Missing::nodata));
  }
  if (with_unknown && unknown < 0) {
    unknown = static_cast<int>(legend.classes.size());
    legend.classes.push_back(codeless_class("unknown", Missing::unknown));
  }
  if (legend.classes.size() > kUnlisted) {
    throw Error(
        ErrorCode::contradiction,
        fmt::format("the legend {} has {} classes, nodata and unknown among them", legend.id, legend.classes.size()),
        "at most 255", "merge neighbouring codes into ranges such as 600..622");
  }
  result.nodata = static_cast<ClassIndex>(nodata);
  result.unknown = static_cast<ClassIndex>(std::max(unknown, 0));
  result.legend = std::move(legend);
  return result;
}

std::string wkt_of_text(const std::string& text, const std::string& path) {
  OGRSpatialReference crs;
  const GdalErrors quiet;
  if (crs.SetFromUserInput(text.c_str(), OGRSpatialReference::SET_FROM_USER_INPUT_LIMITATIONS_get()) != OGRERR_NONE) {
    throw Error(ErrorCode::contradiction, path + ": crs is '" + text + "'", "a reference system such as EPSG:32625",
                "correct crs");
  }
  return wkt_of(&crs);
}

RasterInfo describe_raster(const std::string& path, int band) { return describe_band(path, band).info; }

LandCoverRaster open_land_cover(const LandCoverInput& input, bool water_is_natural, const CoverAdvice& advice) {
  open_gdal();
  LandCoverRaster result = !input.bands.empty()          ? open_index_raster(input, water_is_natural)
                           : !input.class_column.empty() ? open_class_polygons(input, water_is_natural)
                                                         : open_class_raster(input, water_is_natural, advice);
  if (!input.provenance.crs.empty()) result.info.crs = wkt_of_text(input.provenance.crs, result.info.path);
  return result;
}

std::vector<std::int64_t> distinct_values(const std::string& path, int band, std::size_t most,
                                          const CoverAdvice& advice) {
  BandFacts facts = describe_band(path, band);
  return DistinctCodes(facts, most, advice).collect();
}

bool is_raster(const std::string& path) {
  // GDAL takes a table of x, y and a value for a grid; here it is a table of points.
  const auto dot = path.find_last_of('.');
  if (dot != std::string::npos && EQUAL(path.c_str() + dot, ".csv")) return false;
  const GdalDataset dataset = try_open_dataset(path, GDAL_OF_RASTER);
  return dataset != nullptr && dataset->GetRasterCount() > 0;
}

}  // namespace urbiome
