// Land cover from one band of codes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "urbiome/io/code_map.h"
#include "urbiome/io/land_cover_sources.h"
#include "urbiome/io/legends.h"
#include "urbiome/io/raster_band.h"

namespace urbiome {
namespace {

// Class indexes for bytes, two cells at a time.
class ByteTable {
 public:
  void set(const std::vector<ClassIndex>& table) {
    std::copy(table.begin(), table.end(), single_.begin());
    // Often codes are 0, 1, 2 ... in the legend's order: then there is nothing to replace, only codes to check.
    while (in_order_ < kUnlisted && single_[in_order_] == in_order_) ++in_order_;
    for (std::size_t code = in_order_; code < single_.size(); ++code) all_in_order_ &= single_[code] == kUnlisted;
    if (all_in_order_) return;
    pairs_.resize(std::size_t{1} << 16);
    for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
      const std::array<ClassIndex, 2> codes =
          std::bit_cast<std::array<ClassIndex, 2>>(static_cast<std::uint16_t>(pair));
      pairs_[pair] = std::bit_cast<std::uint16_t>(std::array<ClassIndex, 2>{single_[codes[0]], single_[codes[1]]});
    }
  }

  // Replaces codes by class indexes. Returns whether all are listed.
  bool replace(std::span<ClassIndex> cells) const {
    if (all_in_order_) {
      ClassIndex most = 0;
      for (const ClassIndex cell : cells) most = std::max(most, cell);
      if (most < in_order_) return true;
    }
    std::size_t at = 0;
    if (!pairs_.empty()) {
      for (; at + 2 <= cells.size(); at += 2) {
        std::uint16_t pair = 0;
        std::memcpy(&pair, cells.data() + at, sizeof pair);
        std::memcpy(cells.data() + at, &pairs_[pair], sizeof pair);
      }
    }
    for (; at < cells.size(); ++at) cells[at] = single_[cells[at]];
    return cells.empty() || std::memchr(cells.data(), kUnlisted, cells.size()) == nullptr;
  }

 private:
  std::array<ClassIndex, kMaxClasses> single_{};
  std::vector<std::uint16_t> pairs_;  // by the bytes of two neighbours; empty when all codes are in order
  std::size_t in_order_ = 0;          // codes 0 .. in_order_ - 1 are their own indexes
  bool all_in_order_ = true;          // and all others are unlisted
};

// What all readers of one source share; never changes once made.
struct ClassFacts {
  BandFacts band;
  std::string legend_id;
  CoverAdvice advice;
  std::vector<LegendClass> classes;
  ClassIndex nodata = 0;
  CodeMap map;
  std::vector<ClassIndex> table;  // by bit pattern, for signed bytes and types of 16 bits
  ByteTable byte_table;           // for bytes
  bool identity = false;          // a byte is its own class index, and every byte has one
  bool unlisted_possible = true;
};

template <typename T>
constexpr bool fits_table = sizeof(T) <= 2;

class ClassReader : public TileReader {
 public:
  explicit ClassReader(std::shared_ptr<const ClassFacts> facts) : facts_(std::move(facts)), band_(facts_->band) {}

  void read(const Window& window, std::span<ClassIndex> cells) override {
    switch (facts_->band.type) {
      case CellType::u8:
        read_bytes(window, cells);
        break;
      case CellType::i8:
        read_cells<std::int8_t>(window, cells);
        break;
      case CellType::u16:
        read_cells<std::uint16_t>(window, cells);
        break;
      case CellType::i16:
        read_cells<std::int16_t>(window, cells);
        break;
      case CellType::u32:
        read_cells<std::uint32_t>(window, cells);
        break;
      case CellType::i32:
        read_cells<std::int32_t>(window, cells);
        break;
      case CellType::u64:
        read_cells<std::uint64_t>(window, cells);
        break;
      case CellType::i64:
        read_cells<std::int64_t>(window, cells);
        break;
      case CellType::f32:
        read_cells<float>(window, cells);
        break;
      case CellType::f64:
        read_cells<double>(window, cells);
        break;
    }
  }

  std::optional<ClassIndex> constant(const Window& window) override {
    if (facts_->band.masked) return {};
    std::uint64_t cell = 0;  // little-endian, as everything that this is built for
    if (!band_.constant(window, &cell)) return {};
    if (facts_->band.type == CellType::u8) {
      auto index = static_cast<ClassIndex>(cell & 0xff);
      const bool listed = facts_->identity || facts_->byte_table.replace({&index, 1});
      return listed ? std::optional(index) : std::nullopt;  // read() says what is wrong
    }
    std::array<ClassIndex, 1> first{};
    read({window.row, window.col, 1, 1}, first);  // as its code is looked up, or refused
    return first[0];
  }

 private:
  // The hot path: bytes are read in place and looked up in place.
  void read_bytes(const Window& window, std::span<ClassIndex> cells) {
    band_.read(window, cells.data());
    const bool all_listed = facts_->identity || facts_->byte_table.replace(cells);
    if (!all_listed || facts_->band.masked) finish<std::uint8_t>(window, cells);
  }

  template <typename T>
  void read_cells(const Window& window, std::span<ClassIndex> cells) {
    buffer_.resize(cells.size() * sizeof(T));
    band_.read(window, buffer_.data());
    const T* values = reinterpret_cast<const T*>(buffer_.data());
    if constexpr (fits_table<T>) {
      const ClassIndex* table = facts_->table.data();
      for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = table[static_cast<std::make_unsigned_t<T>>(values[i])];
    } else {
      // Neighbours are mostly alike: the last value is remembered.
      T last = values[0];
      ClassIndex index = index_of(last);
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (values[i] != last) index = index_of(last = values[i]);
        cells[i] = index;
      }
    }
    finish<T>(window, cells);
  }

  template <typename T>
  ClassIndex index_of(T value) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (facts_->band.is_nodata(value)) return facts_->nodata;
      // Beyond 2^63 or between whole numbers: never a code, even where unlisted codes are unknown.
      if (value != std::floor(value) || std::abs(value) >= T{9.2e18}) return kUnlisted;
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return kUnlisted;
    }
    return facts_->map(static_cast<std::int64_t>(value));
  }

  // Masked cells become nodata whatever they hold; what is still unlisted then is an error.
  template <typename T>
  void finish(const Window& window, std::span<ClassIndex> cells) {
    if (facts_->band.masked) {
      mask_.resize(cells.size());
      band_.read_mask(window, mask_);
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (mask_[i] == 0) cells[i] = facts_->nodata;
      }
    }
    if (!facts_->unlisted_possible || cells.empty() || std::memchr(cells.data(), kUnlisted, cells.size()) == nullptr)
      return;
    throw unlisted<T>(window, cells);
  }

  template <typename T>
  Error unlisted(const Window& window, std::span<const ClassIndex> cells) {
    std::vector<T> again(cells.size());
    band_.read(window, again.data());
    std::vector<T> found;
    std::size_t first = cells.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i] != kUnlisted) continue;
      first = std::min(first, i);
      if (found.size() < 10 && std::find(found.begin(), found.end(), again[i]) == found.end())
        found.push_back(again[i]);
    }
    const std::int64_t row = window.row + static_cast<std::int64_t>(first) / window.cols;
    const std::int64_t col = window.col + static_cast<std::int64_t>(first) % window.cols;
    const Grid& grid = facts_->band.info.grid;
    const std::string place =
        fmt::format("row {}, column {} (x {}, y {})", row, col, grid.x_of(static_cast<double>(col) + 0.5),
                    grid.y_of(static_cast<double>(row) + 0.5));
    const std::string& path = facts_->band.info.path;
    if constexpr (std::is_floating_point_v<T>) {
      if (again[first] != std::floor(again[first])) {
        return Error(ErrorCode::contradiction, fmt::format("{} holds {} at {}", path, again[first], place),
                     "whole numbers, the codes of classes", facts_->advice.fractions);
      }
    }
    std::string codes;
    for (const T value : found)
      codes +=
          (codes.empty() ? "" : ", ") +
          (std::is_floating_point_v<T> ? fmt::format("{:.0f}", static_cast<double>(value)) : fmt::format("{}", +value));
    return Error(ErrorCode::contradiction,
                 fmt::format("{} holds codes that the legend {} lacks: {}{}, first at {}", path, facts_->legend_id,
                             codes, found.size() == 10 ? ", ..." : "", place),
                 "codes of the legend", "choose the right legend, add the codes to it, or " + facts_->advice.codes);
  }

  std::shared_ptr<const ClassFacts> facts_;
  BandReader band_;
  std::vector<unsigned char> buffer_;
  std::vector<std::uint8_t> mask_;
};

class ClassSource : public TileSource {
 public:
  explicit ClassSource(std::shared_ptr<const ClassFacts> facts) : facts_(std::move(facts)) {}
  const Grid& grid() const override { return facts_->band.info.grid; }
  const std::vector<LegendClass>& classes() const override { return facts_->classes; }
  ClassIndex nodata_index() const override { return facts_->nodata; }
  std::int64_t block_rows() const override { return facts_->band.block_rows; }
  std::int64_t block_cols() const override { return facts_->band.block_cols; }
  std::unique_ptr<TileReader> open() const override { return std::make_unique<ClassReader>(facts_); }

 private:
  std::shared_ptr<const ClassFacts> facts_;
};

LegendClass class_named_by_code(std::int64_t code) {
  LegendClass entry;
  entry.code = entry.name = std::to_string(code);
  entry.first = entry.last = code;
  return entry;
}

// Every byte its own class: needs no look at the data, only a value that says nodata.
void use_all_bytes(ClassFacts& facts, Legend& legend) {
  for (int code = 0; code < kMaxClasses; ++code) legend.classes.push_back(class_named_by_code(code));
  if (facts.band.nodata_code) {
    facts.nodata = static_cast<ClassIndex>(*facts.band.nodata_code);
    legend.classes[facts.nodata].missing = Missing::nodata;
  }
  facts.identity = true;
  facts.unlisted_possible = false;
}

Legend legend_of_values(const BandFacts& band, const CoverAdvice& advice) {
  Legend legend;
  constexpr std::size_t kMost = 254;  // room for nodata
  const std::vector<std::int64_t> codes = distinct_values(band.info.path, band.band, kMost + 1, advice);
  if (codes.size() > kMost) {
    throw Error(
        ErrorCode::contradiction,
        fmt::format("{} holds more than {} distinct values and does not look like land cover", band.info.path, kMost),
        "a raster of class codes", "give a legend, or a file that declares one of its values as nodata");
  }
  for (const std::int64_t code : codes) legend.classes.push_back(class_named_by_code(code));
  return legend;
}

void warn_of_listed_nodata(const ClassFacts& facts, RasterInfo& info) {
  if (!facts.band.nodata_code) return;
  for (const LegendClass& entry : facts.classes) {
    const std::int64_t code = *facts.band.nodata_code;
    if (entry.missing == Missing::nodata || code < entry.first || code > entry.last) continue;
    info.warnings.push_back(
        fmt::format("{} declares {} as nodata, which the legend calls {}: those cells count as nodata", info.path, code,
                    entry.name));
  }
}

}  // namespace

LandCoverRaster open_class_raster(const LandCoverInput& input, bool water_is_natural, const CoverAdvice& advice) {
  auto facts = std::make_shared<ClassFacts>();
  facts->advice = advice;
  facts->band = describe_band(input.path, input.band);
  BandFacts& band = facts->band;
  if (is_float(band.type) && band.nodata && *band.nodata == std::floor(*band.nodata) && std::abs(*band.nodata) < 9e18) {
    band.nodata_code = static_cast<std::int64_t>(*band.nodata);
  }
  if (band.scale != 1 || band.offset != 0) {
    band.info.warnings.push_back(input.path + ": scale and offset are ignored, codes count as stored");
  }
  Legend legend;
  if (!input.legend.empty()) {
    legend = load_legend(input.legend);
    if (water_is_natural) make_water_natural(legend);
  }
  const bool all_bytes = input.legend.empty() && band.type == CellType::u8 && band.nodata_code.has_value();
  if (all_bytes) {
    use_all_bytes(*facts, legend);
  } else {
    if (input.legend.empty()) legend = legend_of_values(band, advice);
    CompletedLegend completed = complete(std::move(legend), input.unlisted_is_unknown);
    legend = std::move(completed.legend);
    facts->nodata = completed.nodata;
    facts->map = CodeMap(legend.classes, completed.nodata, band.nodata_code,
                         input.unlisted_is_unknown ? completed.unknown : kUnlisted);
    if (band.type == CellType::u8) facts->byte_table.set(facts->map.table<std::uint8_t>());
    if (band.type == CellType::i8) facts->table = facts->map.table<std::int8_t>();
    if (band.type == CellType::u16) facts->table = facts->map.table<std::uint16_t>();
    if (band.type == CellType::i16) facts->table = facts->map.table<std::int16_t>();
  }
  facts->classes = legend.classes;
  facts->legend_id = legend.id;
  warn_of_listed_nodata(*facts, band.info);
  RasterInfo info = band.info;
  return {std::move(info), std::move(legend), std::make_shared<ClassSource>(facts)};
}

std::optional<ByteLayer> open_bytes(const std::string& path, int band) {
  auto facts = std::make_shared<ClassFacts>();
  facts->band = describe_band(path, band);
  const BandFacts& found = facts->band;
  if (found.type != CellType::u8 || found.masked || found.scale != 1 || found.offset != 0) return {};
  Legend legend;
  use_all_bytes(*facts, legend);
  facts->classes = std::move(legend.classes);
  ByteLayer layer{found.info, std::make_shared<ClassSource>(facts), {}};
  if (found.nodata_code) layer.nodata = facts->nodata;
  return layer;
}

}  // namespace urbiome
