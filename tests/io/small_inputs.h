// Small rasters and texts for the tests of the readers.
#pragma once

#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/scratch_folder.h"

namespace urbiome {

// Writes a text file into the folder and returns its path.
inline std::string write_text(const ScratchFolder& folder, const std::string& name, const std::string& text) {
  put_bytes(folder / name, text);
  return folder / name;
}

struct RasterSpec {
  GDALDataType type = GDT_Byte;
  int width = 4, height = 3;
  std::vector<std::vector<double>> bands;  // row-major as the file stores them
  std::vector<double> affine = {500000, 10, 0, 9000000, 0, -10};
  std::string crs = "EPSG:32625";
  std::vector<std::string> options;
  std::function<void(GDALDataset&)> change;  // before the cells are written
};

inline std::string write_tif(const ScratchFolder& folder, const std::string& name, const RasterSpec& spec) {
  GDALAllRegister();
  CPLStringList options;
  for (const std::string& option : spec.options) options.AddString(option.c_str());
  const std::string path = folder / name;
  GDALDataset* file = GetGDALDriverManager()->GetDriverByName("GTiff")->Create(
      path.c_str(), spec.width, spec.height, static_cast<int>(spec.bands.size()), spec.type, options.List());
  std::vector<double> affine = spec.affine;
  if (!affine.empty()) file->SetGeoTransform(affine.data());
  if (!spec.crs.empty()) {
    OGRSpatialReference crs;
    crs.SetFromUserInput(spec.crs.c_str());
    file->SetSpatialRef(&crs);
  }
  if (spec.change) spec.change(*file);
  for (std::size_t b = 0; b < spec.bands.size(); ++b) {
    std::vector<double> cells = spec.bands[b];
    GDALRasterBand* band = file->GetRasterBand(static_cast<int>(b) + 1);
    EXPECT_EQ(band->RasterIO(GF_Write, 0, 0, spec.width, spec.height, cells.data(), spec.width, spec.height,
                             GDT_Float64, 0, 0, nullptr),
              CE_None);
  }
  GDALClose(GDALDataset::ToHandle(file));
  return path;
}

}  // namespace urbiome
