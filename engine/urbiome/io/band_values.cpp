// Values of one band, by window or whole.
#include <limits>

#include "urbiome/io/raster_band.h"

namespace urbiome {
namespace {

class BandValueReader : public ValueReader {
 public:
  explicit BandValueReader(const BandFacts& facts) : facts_(facts), band_(facts) {}

  void read(const Window& window, std::span<double> values) override {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    band_.read_doubles(window, values);
    const bool scaled = facts_.scale != 1 || facts_.offset != 0;
    for (double& value : values) {
      if (facts_.is_nodata(value)) {
        value = kNan;
      } else if (scaled) {
        value = value * facts_.scale + facts_.offset;
      }
    }
    if (!facts_.masked) return;
    mask_.resize(values.size());
    band_.read_mask(window, mask_);
    for (std::size_t i = 0; i < mask_.size(); ++i) {
      if (mask_[i] == 0) values[i] = kNan;
    }
  }

 private:
  const BandFacts& facts_;
  BandReader band_;
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
