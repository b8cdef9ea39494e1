// Rasters of any format GDAL opens, as class indexes or as values.
//
// Handles tiled and striped files, south-up and mirrored rows (turned round), non-square cells, palettes, every integer
// type, floats that hold whole codes, nodata of every kind (a declared value, one that the type cannot hold - ignored
// with a warning -, NaN, mask bands, alpha). Rotated grids are refused with the remedy. One GDAL handle per reader.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/io/recipe.h"
#include "urbiome/raster/tile_source.h"
#include "urbiome/raster/value_source.h"

namespace urbiome {

struct RasterInfo {
  std::string path, driver, data_type;  // "GTiff", "Byte"
  Grid grid;
  std::string crs;  // WKT, empty when the file has none
  int bands = 0;
  std::vector<std::string> warnings;  // one sentence each: ignored nodata, turned rows, ...
  // Colour of each value of a paletted band, RGBA; empty without a palette. Category names likewise.
  std::vector<std::array<std::uint8_t, 4>> palette;
  std::vector<std::string> category_names;
};

// What to do about cells that are no classes, in the words of a recipe, or of whoever else gave the raster.
struct CoverAdvice {
  std::string codes = "say unlisted = \"unknown\"";                            // codes that the legend lacks
  std::string fractions = "give a land-cover raster, or bands with ndvi_min";  // values that are no whole numbers
};

struct LandCoverRaster {
  RasterInfo info;
  Legend legend;  // the classes actually used, NDVI classes included
  std::shared_ptr<TileSource> source;
};

RasterInfo describe_raster(const std::string& path, int band = 1);

// `legend` empty and no bands: every distinct value is a class of its own, named by its value (raster tabulate). A Byte
// band with a declared nodata value is not looked at beforehand: all its 256 values are classes, most of them absent.
// A code that the legend lacks throws Error{contradiction} when a tile that holds it is read, unless
// input.unlisted_is_unknown. `water_is_natural` sets natural on classes whose note names the water option.
// `advice` goes into such errors.
LandCoverRaster open_land_cover(const LandCoverInput& input, bool water_is_natural, const CoverAdvice& advice = {});

// Values of one band, nodata as NaN, scale and offset applied.
struct ValueLayer {
  RasterInfo info;
  std::shared_ptr<ValueSource> source;
};
ValueLayer open_values(const std::string& path, int band);

// Bytes of one band as they are stored, so that a histogram of 256 counts tells all: a TileSource whose class index is
// the value. Empty where a byte is not the value: other types, a mask, scale or offset.
struct ByteLayer {
  RasterInfo info;
  std::shared_ptr<TileSource> source;
  std::optional<std::uint8_t> nodata;
};
std::optional<ByteLayer> open_bytes(const std::string& path, int band);

// The same with the whole band in memory.
struct ValueRaster {
  RasterInfo info;
  std::vector<double> values;  // row-major, north-up
};
ValueRaster read_values(const std::string& path, int band);

// Distinct values of a band in ascending order, up to `most` of them (init's legend guess). Error{contradiction} where
// they are no whole numbers, with the advice.
std::vector<std::int64_t> distinct_values(const std::string& path, int band, std::size_t most,
                                          const CoverAdvice& advice = {});

// Bounds GDAL's cache of blocks, which all handles of the process share. For programs that own the process.
void bound_block_cache(std::int64_t bytes);

// True when GDAL opens the path as a raster.
bool is_raster(const std::string& path);

}  // namespace urbiome
