// Land cover from spectral bands: green where NDVI exceeds a threshold, water where NDWI does.
//
// NDVI = (nir - red) / (nir + red), Rouse et al. (1974); NDWI = (green - nir) / (green + nir), McFeeters (1996).
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "urbiome/io/land_cover_sources.h"
#include "urbiome/io/legends.h"
#include "urbiome/io/raster_band.h"

namespace urbiome {
namespace {

enum BandName { kRed, kNir, kGreen, kNdvi, kNdwi, kBandNames };
constexpr std::array<const char*, kBandNames> kNames = {"red", "nir", "green", "ndvi", "ndwi"};

struct IndexFacts {
  std::array<int, kBandNames> place{-1, -1, -1, -1, -1};  // in bands, -1 when absent
  std::vector<BandFacts> bands;
  double ndvi_min = 0;
  std::optional<double> ndwi_min;
  std::vector<LegendClass> classes;
  ClassIndex vegetation = 0, water = 0, other = 0, nodata = 0, unknown = 0;
};

class IndexReader : public TileReader {
 public:
  explicit IndexReader(std::shared_ptr<const IndexFacts> facts)
      : facts_(std::move(facts)), values_(facts_->bands.size()) {
    for (const BandFacts& band : facts_->bands) bands_.emplace_back(band);
  }

  void read(const Window& window, std::span<ClassIndex> cells) override {
    // Doubles take eight times the room of classes, so a large window is read in slices of rows.
    constexpr std::int64_t kCells = std::int64_t{1} << 18;
    const std::int64_t rows = std::max<std::int64_t>(1, kCells / std::max<std::int64_t>(1, window.cols));
    for (std::int64_t row = 0; row < window.rows; row += rows) {
      const Window slice{window.row + row, window.col, std::min(rows, window.rows - row), window.cols};
      read_slice(slice,
                 cells.subspan(static_cast<std::size_t>(row * window.cols), static_cast<std::size_t>(slice.cells())));
    }
  }

 private:
  void read_slice(const Window& window, std::span<ClassIndex> cells) {
    for (std::size_t b = 0; b < bands_.size(); ++b) {
      values_[b].resize(cells.size());
      bands_[b].read_doubles(window, values_[b]);
      clean(facts_->bands[b], bands_[b], window, values_[b]);
    }
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = classify(i);
  }

  // Nodata of every kind becomes NaN, the rest true values.
  void clean(const BandFacts& facts, BandReader& reader, const Window& window, std::vector<double>& values) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    const bool scaled = facts.scale != 1 || facts.offset != 0;
    for (double& value : values) {
      if (facts.is_nodata(value)) {
        value = kNaN;
      } else if (scaled) {
        value = value * facts.scale + facts.offset;
      }
    }
    if (!facts.masked) return;
    mask_.resize(values.size());
    reader.read_mask(window, mask_);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (mask_[i] == 0) values[i] = kNaN;
    }
  }

  double value(BandName name, std::size_t i) const { return values_[static_cast<std::size_t>(facts_->place[name])][i]; }
  bool has(BandName name) const { return facts_->place[name] >= 0; }

  ClassIndex classify(std::size_t i) const {
    for (const std::vector<double>& band : values_) {
      if (std::isnan(band[i])) return facts_->nodata;
    }
    const double ndvi = has(kNdvi) ? value(kNdvi, i) : normalised(value(kNir, i), value(kRed, i));
    double ndwi = -std::numeric_limits<double>::infinity();
    if (facts_->ndwi_min) ndwi = has(kNdwi) ? value(kNdwi, i) : normalised(value(kGreen, i), value(kNir, i));
    if (std::isnan(ndvi) || std::isnan(ndwi)) return facts_->unknown;
    if (facts_->ndwi_min && ndwi > *facts_->ndwi_min) return facts_->water;
    return ndvi > facts_->ndvi_min ? facts_->vegetation : facts_->other;
  }

  // NaN where the sum is 0: nothing was measured there (or infinite: no reflectance).
  static double normalised(double a, double b) {
    const double sum = a + b;
    return sum == 0 || !std::isfinite(sum) ? std::numeric_limits<double>::quiet_NaN() : (a - b) / sum;
  }

  std::shared_ptr<const IndexFacts> facts_;
  std::vector<BandReader> bands_;
  std::vector<std::vector<double>> values_;
  std::vector<std::uint8_t> mask_;
};

class IndexSource : public TileSource {
 public:
  explicit IndexSource(std::shared_ptr<const IndexFacts> facts) : facts_(std::move(facts)) {}
  const Grid& grid() const override { return facts_->bands.front().info.grid; }
  const std::vector<LegendClass>& classes() const override { return facts_->classes; }
  ClassIndex nodata_index() const override { return facts_->nodata; }
  std::int64_t block_rows() const override { return facts_->bands.front().block_rows; }
  std::int64_t block_cols() const override { return facts_->bands.front().block_cols; }
  std::unique_ptr<TileReader> open() const override { return std::make_unique<IndexReader>(facts_); }

 private:
  std::shared_ptr<const IndexFacts> facts_;
};

bool given(const LandCoverInput& input, const char* name) { return input.bands.count(name) > 0; }

// Which bands the thresholds need; each is opened once.
std::vector<BandName> needed_bands(const LandCoverInput& input) {
  const std::string path = input.path.empty() ? input.bands.begin()->second.path : input.path;
  for (const auto& [name, band] : input.bands) {
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
      throw Error(ErrorCode::contradiction, path + ": bands names '" + name + "'", "red, nir, green, ndvi or ndwi");
    }
  }
  if (!input.ndvi_min)
    throw Error(ErrorCode::contradiction, path + ": bands are given without ndvi_min", "a threshold", "add ndvi_min");
  std::vector<BandName> needed;
  const auto need = [&](BandName name, const char* reason) {
    if (!given(input, kNames[name])) {
      throw Error(ErrorCode::contradiction, fmt::format("{}: the band {} is missing", path, kNames[name]), reason,
                  "add it to bands");
    }
    if (std::find(needed.begin(), needed.end(), name) == needed.end()) needed.push_back(name);
  };
  if (given(input, "ndvi")) {
    need(kNdvi, "");
  } else {
    need(kRed, "red and nir, or ndvi, for ndvi_min");
    need(kNir, "red and nir, or ndvi, for ndvi_min");
  }
  if (input.ndwi_min && given(input, "ndwi")) {
    need(kNdwi, "");
  } else if (input.ndwi_min) {
    need(kGreen, "green and nir, or ndwi, for ndwi_min");
    need(kNir, "green and nir, or ndwi, for ndwi_min");
  }
  return needed;
}

LegendClass index_class(int code, const std::string& name, std::initializer_list<Role> roles) {
  LegendClass entry;
  entry.code = std::to_string(code);
  entry.first = entry.last = code;
  entry.name = name;
  for (const Role role : roles) entry.roles.set(role);
  return entry;
}

Legend index_legend(bool water, bool water_is_natural) {
  Legend legend;
  legend.id = "ndvi";
  legend.name = "Thresholds on spectral indexes";
  legend.classes.push_back(index_class(1, "vegetation", {Role::green, Role::natural, Role::vegetated}));
  if (water) {
    legend.classes.push_back(index_class(2, "water", {Role::blue}));
    legend.classes.back().option_note = "water option: natural=1 under the Singapore Index wording";
    if (water_is_natural) make_water_natural(legend);
  }
  legend.classes.push_back(index_class(3, "other", {}));
  legend.unknowable.set(Role::built).set(Role::canopy);
  if (!water) legend.unknowable.set(Role::blue);
  return legend;
}

// Bands of different files lie on one grid in one reference system, or the cells do not belong together.
void refuse_other_grids(const std::vector<BandFacts>& bands) {
  const RasterInfo& first = bands.front().info;
  for (const BandFacts& band : bands) {
    if (!same_grid(first.grid, band.info.grid)) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{} has {}, and {} has {}", first.path, in_words(first.grid), band.info.path,
                              in_words(band.info.grid)),
                  "bands on one grid", "warp one onto the other with gdalwarp");
    }
    if (first.crs.empty() || band.info.crs.empty() || first.crs == band.info.crs) continue;
    OGRSpatialReference a, b;
    const GdalErrors quiet;
    if (a.SetFromUserInput(first.crs.c_str()) == OGRERR_NONE &&
        b.SetFromUserInput(band.info.crs.c_str()) == OGRERR_NONE && !a.IsSame(&b)) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{} is in {}, and {} in {}", first.path, a.GetName(), band.info.path, b.GetName()),
                  "bands in one reference system", "warp one onto the other with gdalwarp");
    }
  }
}

}  // namespace

LandCoverRaster open_index_raster(const LandCoverInput& input, bool water_is_natural) {
  auto facts = std::make_shared<IndexFacts>();
  RasterInfo info;
  for (const BandName name : needed_bands(input)) {
    const BandInput& band = input.bands.at(kNames[name]);
    facts->place[name] = static_cast<int>(facts->bands.size());
    facts->bands.push_back(describe_band(band.path.empty() ? input.path : band.path, band.band));
    const RasterInfo& opened = facts->bands.back().info;
    if (facts->bands.size() == 1) info = opened;
    for (const std::string& warning : opened.warnings) {
      if (std::find(info.warnings.begin(), info.warnings.end(), warning) == info.warnings.end())
        info.warnings.push_back(warning);
    }
  }
  refuse_other_grids(facts->bands);
  facts->ndvi_min = *input.ndvi_min;
  facts->ndwi_min = input.ndwi_min;

  const bool water = input.ndwi_min.has_value();
  CompletedLegend completed = complete(index_legend(water, water_is_natural), true);
  facts->vegetation = 0;
  facts->water = 1;
  facts->other = water ? 2 : 1;
  facts->nodata = completed.nodata;
  facts->unknown = completed.unknown;
  facts->classes = completed.legend.classes;
  return {std::move(info), std::move(completed.legend), std::make_shared<IndexSource>(facts)};
}

}  // namespace urbiome
