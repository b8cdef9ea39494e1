#include "urbiome/io/gdal_writing.h"

#include <limits>

namespace urbiome {

GDALDriver& driver_named(const char* name) {
  open_gdal();
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(name);
  if (driver == nullptr) throw Error(ErrorCode::unwritable, std::string("this GDAL cannot write the format ") + name);
  return *driver;
}

void check_written(bool good, const GdalErrors& errors, const std::string& path) {
  if (good && !errors.failed()) return;
  throw Error(ErrorCode::unwritable, path + " cannot be written: " + errors.text(), {},
              "check free space and permissions, or choose another output");
}

void require_writable_size(const std::string& path, const Grid& grid) {
  constexpr std::int64_t kMostCells = std::numeric_limits<int>::max();
  if (grid.width < 1 || grid.height < 1 || grid.width > kMostCells || grid.height > kMostCells) {
    throw Error(ErrorCode::unwritable,
                path + " would be " + std::to_string(grid.width) + " x " + std::to_string(grid.height) + " cells",
                "1 to " + std::to_string(kMostCells) + " each way");
  }
}

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

}  // namespace urbiome
