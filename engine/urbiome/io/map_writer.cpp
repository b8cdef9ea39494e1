#include "urbiome/io/map_writer.h"

#include <cpl_string.h>
#include <gdal_priv.h>

#include <algorithm>
#include <limits>

#include "urbiome/base/error.h"
#include "urbiome/io/gdal_door.h"

namespace urbiome {
namespace {

using FillRows = std::function<void(std::int64_t, std::int64_t, std::span<std::uint8_t>)>;

constexpr int kTile = 512;

GDALDriver& driver_named(const char* name) {
  open_gdal();
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(name);
  if (driver == nullptr) throw Error(ErrorCode::unwritable, std::string("this GDAL cannot write the format ") + name);
  return *driver;
}

void check(bool good, const GdalErrors& errors, const std::string& path) {
  if (good && !errors.failed()) return;
  throw Error(ErrorCode::unwritable, path + " cannot be written: " + errors.text(), {},
              "check free space and permissions, or choose another output");
}

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

void set_georeference(GDALDataset& dataset, const Grid& grid, const std::string& crs_wkt) {
  double transform[6] = {grid.x0, grid.dx, 0, grid.y0, 0, -grid.dy};
  dataset.SetGeoTransform(transform);
  if (crs_wkt.empty()) return;
  OGRSpatialReference crs;
  crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  if (crs.SetFromUserInput(crs_wkt.c_str()) != OGRERR_NONE) {
    throw Error(ErrorCode::contradiction, "the map's reference system is not understood: " + crs_wkt);
  }
  dataset.SetSpatialRef(&crs);
}

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
    std::fill(part.begin(), part.end(), std::uint8_t{0});
    fill_rows(first, count, part);
    const CPLErr status =
        band.RasterIO(GF_Write, 0, static_cast<int>(first), static_cast<int>(grid.width), static_cast<int>(count),
                      part.data(), static_cast<int>(grid.width), static_cast<int>(count), GDT_Byte, 0, 0, nullptr);
    check(status == CE_None, errors, path);
  }
}

void write_plain(const Temporary& file, const Grid& grid, const std::string& crs_wkt, std::uint8_t nodata,
                 const std::vector<MapCategory>& categories, const FillRows& fill_rows, const std::string& path) {
  GdalErrors errors;
  CPLStringList options;
  for (const char* option :
       {"TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=DEFLATE", "ZLEVEL=1", "BIGTIFF=IF_SAFER"}) {
    options.AddString(option);
  }
  GdalDataset dataset(driver_named("GTiff").Create(file.path.c_str(), static_cast<int>(grid.width),
                                                   static_cast<int>(grid.height), 1, GDT_Byte, options.List()));
  check(dataset != nullptr, errors, path);
  set_georeference(*dataset, grid, crs_wkt);
  set_categories(*dataset->GetRasterBand(1), nodata, categories);
  fill_band(*dataset->GetRasterBand(1), grid, fill_rows, errors, path);
  check(true, errors, path);
  close_written(std::move(dataset), path);
}

}  // namespace

void write_category_map(const std::string& path, const Grid& grid, const std::string& crs_wkt, std::uint8_t nodata,
                        const std::vector<MapCategory>& categories, const FillRows& fill_rows) {
  constexpr std::int64_t kMostCells = std::numeric_limits<int>::max();
  if (grid.width < 1 || grid.height < 1 || grid.width > kMostCells || grid.height > kMostCells) {
    throw Error(ErrorCode::unwritable,
                path + " would be " + std::to_string(grid.width) + " x " + std::to_string(grid.height) + " cells",
                "1 to " + std::to_string(kMostCells) + " each way");
  }
  const Temporary plain(path + ".rows.tif");
  write_plain(plain, grid, crs_wkt, nodata, categories, fill_rows, path);

  GdalErrors errors;
  const GdalDataset source = open_dataset(plain.path, GDAL_OF_RASTER, "map");
  CPLStringList options;
  for (const char* option :
       {"COMPRESS=DEFLATE", "BLOCKSIZE=512", "RESAMPLING=MODE", "BIGTIFF=IF_SAFER", "NUM_THREADS=1"}) {
    options.AddString(option);
  }
  GdalDataset cog(driver_named("COG").CreateCopy(path.c_str(), source.get(), FALSE, options.List(), nullptr, nullptr));
  check(cog != nullptr, errors, path);
  close_written(std::move(cog), path);
}

}  // namespace urbiome
