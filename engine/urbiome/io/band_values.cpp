// Values of one band, by window or whole.
#include <cmath>
#include <limits>

#include "urbiome/io/raster_band.h"

namespace urbiome {
namespace {

class BandValueReader : public ValueReader {
 public:
  explicit BandValueReader(const BandFacts& facts) : facts_(facts), band_(facts) {}

  void read(const Window& window, std::span<double> values) override {
    switch (facts_.type) {
      case CellType::u8:
        read_cells<std::uint8_t>(window, values);
        break;
      case CellType::i8:
        read_cells<std::int8_t>(window, values);
        break;
      case CellType::u16:
        read_cells<std::uint16_t>(window, values);
        break;
      case CellType::i16:
        read_cells<std::int16_t>(window, values);
        break;
      case CellType::u32:
        read_cells<std::uint32_t>(window, values);
        break;
      case CellType::i32:
        read_cells<std::int32_t>(window, values);
        break;
      case CellType::u64:
        read_cells<std::uint64_t>(window, values);
        break;
      case CellType::i64:
        read_cells<std::int64_t>(window, values);
        break;
      case CellType::f32:
        read_cells<float>(window, values);
        break;
      case CellType::f64:
        read_cells<double>(window, values);
        break;
    }
    if (!facts_.masked) return;
    mask_.resize(values.size());
    band_.read_mask(window, mask_);
    for (std::size_t i = 0; i < mask_.size(); ++i) {
      if (mask_[i] == 0) values[i] = std::numeric_limits<double>::quiet_NaN();
    }
  }

 private:
  // In the file's own type, which may come straight from its blocks, then as doubles.
  template <typename T>
  void read_cells(const Window& window, std::span<double> values) {
    buffer_.resize(values.size() * sizeof(T));
    band_.read(window, buffer_.data());
    const T* cells = reinterpret_cast<const T*>(buffer_.data());
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    // Whether a value is nodata is asked in full only where it may be: of NaN, of the declared value and beyond.
    const double nodata = facts_.nodata.value_or(kNan), edge = std::abs(nodata) * (1 - 1e-6);
    const bool scaled = facts_.scale != 1 || facts_.offset != 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<double>(cells[i]);
      const bool maybe = std::isnan(nodata) ? std::isnan(value) : !(std::abs(value) < edge);
      values[i] = maybe && facts_.is_nodata(value) ? kNan : scaled ? value * facts_.scale + facts_.offset : value;
    }
  }

  const BandFacts& facts_;
  BandReader band_;
  std::vector<unsigned char> buffer_;
  std::vector<std::uint8_t> mask_;
};

class BandValues : public ValueSource {
 public:
  explicit BandValues(BandFacts facts) : facts_(std::move(facts)) {}
  const Grid& grid() const override { return facts_.info.grid; }
  std::int64_t block_rows() const override { return facts_.block_rows; }
  std::int64_t block_cols() const override { return facts_.block_cols; }
  bool whole_numbers() const override {
    const bool wide = facts_.type == CellType::u64 || facts_.type == CellType::i64;
    return !is_float(facts_.type) && !wide && facts_.scale == 1 && facts_.offset == 0;
  }
  std::unique_ptr<ValueReader> open() const override { return std::make_unique<BandValueReader>(facts_); }
  const RasterInfo& info() const { return facts_.info; }

 private:
  BandFacts facts_;
};

}  // namespace

ValueLayer open_values(const std::string& path, int band) {
  auto source = std::make_shared<BandValues>(describe_band(path, band));
  return {source->info(), source};
}

ValueRaster read_values(const std::string& path, int band) {
  const ValueLayer layer = open_values(path, band);
  ValueRaster raster{layer.info, {}};
  const Window all = whole(layer.info.grid);
  raster.values.resize(static_cast<std::size_t>(all.cells()));
  layer.source->open()->read(all, raster.values);
  return raster;
}

}  // namespace urbiome
