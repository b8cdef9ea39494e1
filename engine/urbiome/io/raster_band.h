// One band of one raster file: what opening it reveals, and windows of its cells turned north-up.
// For the readers of this module only; others use raster_reader.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/io/cell_type.h"
#include "urbiome/io/gdal_door.h"
#include "urbiome/io/raster_reader.h"

struct libdeflate_decompressor;

namespace urbiome {

// Plain facts without a handle, so that each thread can open its own from them.
struct BandFacts {
  RasterInfo info;
  int band = 1;
  CellType type = CellType::u8;
  bool rows_turned = false, cols_turned = false;  // the file runs south-up, or east to west
  std::optional<std::int64_t> nodata_code;        // declared and held by the type, whole
  std::optional<double> nodata;                   // declared and held by the type
  bool masked = false;                            // a mask or alpha band says where cells are valid
  double scale = 1, offset = 0;
  std::int64_t block_rows = 1, block_cols = 1;

  bool is_nodata(double value) const;  // NaN, or the declared value as the type holds it
};

// Throws Error: unreadable (no raster, no such band), contradiction (rotated, complex numbers, no size).
BandFacts describe_band(const std::string& path, int band);

// One GDAL handle; not for two threads at once. Windows of whole blocks of a GeoTIFF are decoded straight into place,
// past GDAL's cache of blocks, and deflated bytes past GDAL; other windows and formats go through it.
class BandReader {
 public:
  explicit BandReader(const BandFacts& facts);

  // Cells of the window in the file's own type, row-major, north-up. `cells` holds window.cells() of them.
  void read(const Window& window, void* cells);
  // The first cell's bytes stand for all cells of the window where the file's structure says so without decoding:
  // nothing is stored there, or (bytes of a compressed GeoTIFF) what is stored equals a block that held one value.
  // Copies them to `cell` (size_of(type) bytes) and returns true. Masks are not looked at.
  bool constant(const Window& window, void* cell);
  // The same as doubles, without scale and offset, nodata left as it is.
  void read_doubles(const Window& window, std::span<double> cells);
  // 0 where the mask says invalid; only when facts.masked.
  void read_mask(const Window& window, std::span<std::uint8_t> cells);

 private:
  void read_as(GDALRasterBand* band, const Window& window, void* cells, GDALDataType type, std::size_t size);
  bool whole_blocks(const Window& window) const;
  void read_blocks(const Window& window, unsigned char* cells);
  // A block as the file stores it.
  struct StoredBlock {
    std::uint64_t offset = 0, size = 0;  // size 0: nothing is stored, or the file does not tell
  };
  StoredBlock stored(std::int64_t block_row, std::int64_t block_col);
  bool fetch(const StoredBlock& block);  // its bytes to stored_bytes_
  bool inflate(const StoredBlock& block, const Window& window, unsigned char* cells);
  bool like_a_constant(const StoredBlock& block, unsigned char& value);
  void remember(const StoredBlock& block, const unsigned char* cells);
  Window in_file(const Window& window) const;
  [[noreturn]] void throw_broken(const Window& window, const std::string& why) const;

  BandFacts facts_;
  GdalDataset dataset_;
  GDALRasterBand* band_;
  std::int64_t block_rows_ = 0, block_cols_ = 0;  // as stored, perhaps beyond the grid; 0: never read by blocks
  std::vector<unsigned char> block_;
  // Compressed blocks that held one value, byte for byte.
  struct ConstantBlock {
    std::vector<unsigned char> bytes;
    unsigned char value = 0;
  };
  std::vector<ConstantBlock> constants_;
  std::unique_ptr<VSILFILE, int (*)(VSILFILE*)> bytes_{nullptr, nullptr};  // of the file, where blocks can be compared
  std::vector<unsigned char> stored_bytes_;
  // Where blocks are plain deflate.
  std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> inflater_{nullptr, nullptr};
};

// Calls `visit` for windows that cover the grid along whole blocks, each of about a million cells.
void for_each_chunk(const Grid& grid, std::int64_t block_rows, std::int64_t block_cols,
                    const std::function<void(const Window&)>& visit);

}  // namespace urbiome
