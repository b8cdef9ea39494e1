#include "urbiome/io/map_writer.h"

#include <cpl_string.h>
#include <gdal_priv.h>

#include <algorithm>

#include "urbiome/base/cancel.h"
#include "urbiome/io/gdal_writing.h"

namespace urbiome {
namespace {

using FillRows = std::function<void(std::int64_t, std::int64_t, std::span<std::uint8_t>)>;

constexpr int kTile = 512;

// Deletes the temporary GeoTIFF and what GDAL keeps beside it, come what may.
struct Temporary {
  explicit Temporary(std::string name) : path(std::move(name)) {}
  ~Temporary() {
    for (const char* suffix : {"", ".aux.xml", ".msk", ".ovr"}) VSIUnlink((path + suffix).c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  std::string path;
};

void set_categories(GDALRasterBand& band, std::uint8_t nodata, const std::vector<MapCategory>& categories) {
  GDALColorTable colours;
  for (int value = 0; value < 256; ++value) {
    const GDALColorEntry grey = {128, 128, 128, 255};
    colours.SetColorEntry(value, &grey);
  }
  std::vector<std::string> names;
  for (const MapCategory& category : categories) {
    const GDALColorEntry entry = {category.colour[0], category.colour[1], category.colour[2], 255};
    colours.SetColorEntry(category.value, &entry);
    if (names.size() <= category.value) names.resize(std::size_t{category.value} + 1);
    names[category.value] = utf8_of(category.name.c_str());
    // GDAL keeps category names in a sidecar; the same in the file's own metadata survives a lost sidecar.
    band.SetMetadataItem(("class_" + std::to_string(category.value)).c_str(), names[category.value].c_str());
  }
  const GDALColorEntry clear = {255, 255, 255, 0};
  colours.SetColorEntry(nodata, &clear);
  band.SetColorTable(&colours);
  band.SetNoDataValue(nodata);
  CPLStringList list;
  for (const std::string& name : names) list.AddString(name.c_str());
  if (!names.empty()) band.SetCategoryNames(list.List());
}

void fill_band(GDALRasterBand& band, const Grid& grid, const FillRows& fill_rows, const GdalErrors& errors,
               const std::string& path) {
  constexpr std::int64_t kBytes = std::int64_t{16} << 20;
  // Whole tiles where they fit into 16 MiB, so that no tile is compressed twice.
  std::int64_t step = std::max<std::int64_t>(1, kBytes / grid.width);
  if (step > kTile) step -= step % kTile;
  step = std::min(step, grid.height);
  std::vector<std::uint8_t> rows(static_cast<std::size_t>(step * grid.width));
  for (std::int64_t first = 0; first < grid.height; first += step) {
    const std::int64_t count = std::min(step, grid.height - first);
    const std::span<std::uint8_t> part(rows.data(), static_cast<std::size_t>(count * grid.width));
    stop_if_cancelled();
    std::fill(part.begin(), part.end(), std::uint8_t{0});
    fill_rows(first, count, part);
    const CPLErr status =
        band.RasterIO(GF_Write, 0, static_cast<int>(first), static_cast<int>(grid.width), static_cast<int>(count),
                      part.data(), static_cast<int>(grid.width), static_cast<int>(count), GDT_Byte, 0, 0, nullptr);
    check_written(status == CE_None, errors, path);
  }
}

void write_plain(const Temporary& file, const Grid& grid, const std::string& crs_wkt, std::uint8_t nodata,
                 const std::vector<MapCategory>& categories, const FillRows& fill_rows, const std::string& path) {
  GdalErrors errors;
  CPLStringList options;
  for (const char* option : {"TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "BIGTIFF=IF_SAFER"}) {
    options.AddString(option);
  }
  GdalDataset dataset(driver_named("GTiff").Create(file.path.c_str(), static_cast<int>(grid.width),
                                                   static_cast<int>(grid.height), 1, GDT_Byte, options.List()));
  check_written(dataset != nullptr, errors, path);
  set_georeference(*dataset, grid, crs_wkt);
  set_categories(*dataset->GetRasterBand(1), nodata, categories);
  fill_band(*dataset->GetRasterBand(1), grid, fill_rows, errors, path);
  check_written(true, errors, path);
  close_written(std::move(dataset), path);
}

}  // namespace

void write_category_map(const std::string& path, const Grid& grid, const std::string& crs_wkt, std::uint8_t nodata,
                        const std::vector<MapCategory>& categories, const FillRows& fill_rows) {
  require_writable_size(path, grid);
  const Temporary plain(path + ".rows.tif");
  write_plain(plain, grid, crs_wkt, nodata, categories, fill_rows, path);

  GdalErrors errors;
  const GdalDataset source = open_dataset(plain.path, GDAL_OF_RASTER, "map");
  CPLStringList options;
  for (const char* option :
       {"COMPRESS=DEFLATE", "LEVEL=2", "BLOCKSIZE=512", "RESAMPLING=MODE", "BIGTIFF=IF_SAFER", "NUM_THREADS=1"}) {
    options.AddString(option);
  }
  const auto go_on = [](double, const char*, void*) { return cancelled() ? FALSE : TRUE; };
  GdalDataset cog(driver_named("COG").CreateCopy(path.c_str(), source.get(), FALSE, options.List(), go_on, nullptr));
  stop_if_cancelled();
  check_written(cog != nullptr, errors, path);
  close_written(std::move(cog), path);
}

}  // namespace urbiome
