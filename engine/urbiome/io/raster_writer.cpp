#include "urbiome/io/raster_writer.h"

#include <cpl_string.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "urbiome/io/gdal_writing.h"

namespace urbiome {
namespace {

GDALDataType gdal_type_of(CellType type, const std::string& path) {
  switch (type) {
    case CellType::u8:
      return GDT_Byte;
    case CellType::u16:
      return GDT_UInt16;
    case CellType::i16:
      return GDT_Int16;
    case CellType::u32:
      return GDT_UInt32;
    case CellType::i32:
      return GDT_Int32;
    case CellType::u64:
      return GDT_UInt64;
    case CellType::i64:
      return GDT_Int64;
    case CellType::f32:
      return GDT_Float32;
    case CellType::f64:
      return GDT_Float64;
    case CellType::i8:
      break;
  }
  throw Error(ErrorCode::internal, path + " cannot hold signed bytes");
}

CPLStringList options_of(CellType type, const std::vector<std::string>& given, int threads) {
  CPLStringList options;
  options.SetNameValue("TILED", "YES");
  options.SetNameValue("COMPRESS", "DEFLATE");
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  options.SetNameValue("NUM_THREADS", std::to_string(threads).c_str());
  for (const std::string& option : given) {
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::usage, "the creation option '" + option + "' has no value", "NAME=value",
                  "see gdalinfo --format GTiff");
    }
    options.SetNameValue(option.substr(0, equals).c_str(), option.substr(equals + 1).c_str());
  }
  const std::string method = options.FetchNameValueDef("COMPRESS", "NONE");
  const bool predicts =
      EQUAL(method.c_str(), "DEFLATE") || EQUAL(method.c_str(), "ZSTD") || EQUAL(method.c_str(), "LZW");
  if (predicts && options.FetchNameValue("PREDICTOR") == nullptr && size_of(type) > 1)
    options.SetNameValue("PREDICTOR", is_float(type) ? "3" : "2");
  if (EQUAL(method.c_str(), "DEFLATE") && options.FetchNameValue("ZLEVEL") == nullptr)
    options.SetNameValue("ZLEVEL", "1");
  return options;
}

}  // namespace

struct RasterWriter::File {
  std::string path;
  Grid grid;
  GDALDataType type;
  std::size_t cell_bytes;
  GdalDataset dataset;
  std::int64_t block_rows = 1, block_cols = 1, next_row = 0;  // next_row: the first that is not in the file yet
  std::vector<unsigned char> pending;                         // rows from next_row on that do not fill their blocks yet
  std::int64_t pending_rows = 0;
  std::vector<unsigned char> block;

  // Whole rows of blocks, or the last rows: block by block past GDAL's cache, which would copy them once more.
  void put(std::int64_t rows, const unsigned char* cells) {
    const GdalErrors errors;
    GDALRasterBand& band = *dataset->GetRasterBand(1);
    const auto row_bytes = static_cast<std::size_t>(grid.width) * cell_bytes;
    const auto block_bytes = static_cast<std::size_t>(block_cols) * cell_bytes;
    bool written = true;
    for (std::int64_t row = 0; row < rows && written; row += block_rows) {
      for (std::int64_t col = 0; col < grid.width && written; col += block_cols) {
        const Window part{row, col, std::min(block_rows, rows - row), std::min(block_cols, grid.width - col)};
        block.resize(block_bytes * static_cast<std::size_t>(block_rows));
        if (part.rows < block_rows || part.cols < block_cols) std::ranges::fill(block, 0);
        const unsigned char* from = cells + static_cast<std::size_t>(row) * row_bytes;
        for (std::int64_t r = 0; r < part.rows; ++r) {
          std::memcpy(block.data() + static_cast<std::size_t>(r) * block_bytes,
                      from + static_cast<std::size_t>(r) * row_bytes + static_cast<std::size_t>(col) * cell_bytes,
                      static_cast<std::size_t>(part.cols) * cell_bytes);
        }
        written = band.WriteBlock(static_cast<int>(col / block_cols), static_cast<int>((next_row + row) / block_rows),
                                  block.data()) == CE_None;
      }
    }
    check_written(written, errors, path);
    next_row += rows;
  }
};

RasterWriter::RasterWriter(const std::string& path, const Grid& grid, const std::string& crs_wkt, CellType type,
                           std::optional<double> nodata, const std::vector<std::string>& creation_options, int threads)
    : file_(std::make_unique<File>()) {
  require_writable_size(path, grid);
  file_->path = path;
  file_->grid = grid;
  file_->type = gdal_type_of(type, path);
  file_->cell_bytes = size_of(type);
  const CPLStringList options = options_of(type, creation_options, threads);
  const GdalErrors errors;
  GDALDriver& driver = driver_named("GTiff");
  file_->dataset.reset(driver.Create(path.c_str(), static_cast<int>(grid.width), static_cast<int>(grid.height), 1,
                                     file_->type, options.List()));
  // Where options were given, what GDAL warns of is an option that it does not know or a value that it ignores.
  if (!creation_options.empty() && (file_->dataset == nullptr || !errors.warnings().empty() || errors.failed())) {
    throw Error(ErrorCode::usage, fmt::format("--co {}: {}", fmt::join(creation_options, " --co "), errors.text()),
                "creation options of GeoTIFF", "see gdalinfo --format GTiff");
  }
  check_written(file_->dataset != nullptr, errors, path);
  set_georeference(*file_->dataset, grid, crs_wkt);
  GDALRasterBand& band = *file_->dataset->GetRasterBand(1);
  if (nodata) band.SetNoDataValue(*nodata);
  int block_cols = 0, block_rows = 0;
  band.GetBlockSize(&block_cols, &block_rows);
  file_->block_rows = std::max(block_rows, 1);
  file_->block_cols = std::max(block_cols, 1);
  check_written(true, errors, path);
}

// What is not closed is not wanted: the rows in GDAL's cache are not compressed any more.
RasterWriter::~RasterWriter() {
  if (file_ && file_->dataset) file_->dataset->MarkSuppressOnClose();
}
RasterWriter::RasterWriter(RasterWriter&&) noexcept = default;

void RasterWriter::write_rows(std::int64_t first_row, std::int64_t rows, const void* cells) {
  File& file = *file_;
  if (first_row != file.next_row + file.pending_rows || first_row + rows > file.grid.height) {
    throw Error(ErrorCode::internal, fmt::format("{}: rows from {} were handed over", file.path, first_row),
                fmt::format("rows from {}", file.next_row + file.pending_rows));
  }
  const std::size_t row_bytes = static_cast<std::size_t>(file.grid.width) * file.cell_bytes;
  const auto* from = static_cast<const unsigned char*>(cells);
  while (rows > 0) {
    const std::int64_t block_end =
        std::min(file.next_row - file.next_row % file.block_rows + file.block_rows, file.grid.height);
    const std::int64_t missing = block_end - file.next_row - file.pending_rows;
    std::int64_t taken = std::min(rows, missing);
    if (file.pending_rows == 0 && rows >= missing) {
      // Whole rows of blocks go straight to the file.
      taken =
          first_row + rows == file.grid.height ? rows : missing + (rows - missing) / file.block_rows * file.block_rows;
      file.put(taken, from);
    } else {
      const std::size_t at = static_cast<std::size_t>(file.pending_rows) * row_bytes;
      file.pending.reserve(static_cast<std::size_t>(std::min(file.block_rows, file.grid.height)) *
                           row_bytes);  // no more than that is ever held
      file.pending.resize(at + static_cast<std::size_t>(taken) * row_bytes);
      std::memcpy(file.pending.data() + at, from, static_cast<std::size_t>(taken) * row_bytes);
      file.pending_rows += taken;
      if (taken == missing) {
        file.put(file.pending_rows, file.pending.data());
        file.pending_rows = 0;
      }
    }
    from += static_cast<std::size_t>(taken) * row_bytes;
    first_row += taken;
    rows -= taken;
  }
}

void RasterWriter::close() {
  File& file = *file_;
  if (file.next_row + file.pending_rows != file.grid.height) {
    throw Error(ErrorCode::internal, fmt::format("{} ends after {} rows", file.path, file.next_row + file.pending_rows),
                fmt::format("{} rows", file.grid.height));
  }
  close_written(std::move(file.dataset), file.path);
}

}  // namespace urbiome
