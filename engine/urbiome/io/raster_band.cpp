#include "urbiome/io/raster_band.h"

#include <cpl_string.h>
#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "urbiome/base/cancel.h"
#include "urbiome/io/broken_block.h"

namespace urbiome {
namespace {

Error refused(const std::string& path, const std::string& found, const std::string& expected,
              const std::string& remedy) {
  return Error(ErrorCode::contradiction, path + ": " + found, expected, remedy);
}

CellType cell_type(GDALRasterBand& band, const std::string& path) {
  const GDALDataType type = band.GetRasterDataType();
  const char* pixel_type = band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE");
  switch (type) {
    case GDT_Byte:
      return pixel_type != nullptr && EQUAL(pixel_type, "SIGNEDBYTE") ? CellType::i8 : CellType::u8;
    case GDT_UInt16:
      return CellType::u16;
    case GDT_Int16:
      return CellType::i16;
    case GDT_UInt32:
      return CellType::u32;
    case GDT_Int32:
      return CellType::i32;
    case GDT_UInt64:
      return CellType::u64;
    case GDT_Int64:
      return CellType::i64;
    case GDT_Float32:
      return CellType::f32;
    default:
      break;
  }
  if (GDALDataTypeIsComplex(type)) throw refused(path, "the cells are complex numbers", "one number per cell", {});
  return CellType::f64;  // and types that later versions of GDAL add: read as doubles
}

GDALDataType gdal_type(CellType type) {
  switch (type) {
    case CellType::u8:
    case CellType::i8:
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
  }
  return GDT_Float64;
}

// Smallest and largest value of an integer type of at most 32 bits.
std::pair<double, double> range_of(CellType type) {
  switch (type) {
    case CellType::u8:
      return {0, 255};
    case CellType::i8:
      return {-128, 127};
    case CellType::u16:
      return {0, 65535};
    case CellType::i16:
      return {-32768, 32767};
    case CellType::u32:
      return {0, 4294967295.0};
    default:
      return {-2147483648.0, 2147483647.0};
  }
}

void read_nodata(GDALRasterBand& band, BandFacts& facts) {
  int declared = 0;
  if (facts.type == CellType::i64) {
    const std::int64_t value = band.GetNoDataValueAsInt64(&declared);
    if (declared) facts.nodata_code = value, facts.nodata = static_cast<double>(value);
    return;
  }
  if (facts.type == CellType::u64) {
    const std::uint64_t value = band.GetNoDataValueAsUInt64(&declared);
    if (!declared) return;
    facts.nodata = static_cast<double>(value);
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      facts.nodata_code = static_cast<std::int64_t>(value);
    }
    return;
  }
  const double value = band.GetNoDataValue(&declared);
  if (!declared) return;
  if (is_float(facts.type)) {
    if (!std::isnan(value)) facts.nodata = value;  // NaN is nodata anyway
    return;
  }
  const auto [least, most] = range_of(facts.type);
  if (value >= least && value <= most && value == std::floor(value)) {
    facts.nodata = value;
    facts.nodata_code = static_cast<std::int64_t>(value);
  } else {
    facts.info.warnings.push_back(
        fmt::format("{}: the declared nodata value {} cannot occur in cells of type {} and is ignored", facts.info.path,
                    value, facts.info.data_type));
  }
}

// Grid and turning from the file's affine transform.
void read_grid(GDALDataset& dataset, BandFacts& facts) {
  const std::string& path = facts.info.path;
  Grid& grid = facts.info.grid;
  grid.width = dataset.GetRasterXSize(), grid.height = dataset.GetRasterYSize();
  if (grid.width <= 0 || grid.height <= 0) throw refused(path, "the raster has no cells", "at least one", {});
  constexpr std::int64_t kMostCells = std::int64_t{1} << 44;  // twice the planet in cells of 10 m
  if (grid.cells() > kMostCells) {
    throw refused(path, fmt::format("the raster has {} x {} cells", grid.width, grid.height), "at most 2^44 in all",
                  "cut it into parts with gdal_translate -srcwin");
  }
  std::array<double, 6> affine{};
  if (dataset.GetGeoTransform(affine.data()) != CE_None) {
    if (dataset.GetGCPCount() > 0) {
      throw refused(path, "the raster is placed by ground control points", "a north-up grid", "warp it with gdalwarp");
    }
    grid.x0 = 0, grid.y0 = static_cast<double>(grid.height), grid.dx = grid.dy = 1;
    facts.info.warnings.push_back(path + ": no georeference, cells are taken as squares of 1 unit");
    return;
  }
  for (const double value : affine) {
    if (!std::isfinite(value))
      throw refused(path, "the georeference is not finite", "a north-up grid", "repair the file");
  }
  const double width = static_cast<double>(grid.width), height = static_cast<double>(grid.height);
  // Shear of less than a thousandth of a cell over the whole raster is rounding left by other programs.
  const bool straight = affine[1] != 0 && affine[5] != 0 &&
                        std::abs(affine[2]) * height <= 1e-3 * std::abs(affine[1]) &&
                        std::abs(affine[4]) * width <= 1e-3 * std::abs(affine[5]);
  if (!straight) throw refused(path, "the grid is rotated", "a north-up grid", "warp it with gdalwarp");
  facts.cols_turned = affine[1] < 0;
  facts.rows_turned = affine[5] > 0;
  grid.dx = std::abs(affine[1]), grid.dy = std::abs(affine[5]);
  grid.x0 = facts.cols_turned ? affine[0] + affine[1] * width : affine[0];
  grid.y0 = facts.rows_turned ? affine[3] + affine[5] * height : affine[3];
  if (facts.rows_turned) facts.info.warnings.push_back(path + ": rows run from south to north and are turned round");
  if (facts.cols_turned) facts.info.warnings.push_back(path + ": columns run from east to west and are turned round");
}

void read_colours(GDALRasterBand& band, RasterInfo& info) {
  if (const GDALColorTable* table = band.GetColorTable()) {
    for (int i = 0; i < table->GetColorEntryCount(); ++i) {
      GDALColorEntry entry{};
      table->GetColorEntryAsRGB(i, &entry);
      info.palette.push_back({static_cast<std::uint8_t>(entry.c1), static_cast<std::uint8_t>(entry.c2),
                              static_cast<std::uint8_t>(entry.c3), static_cast<std::uint8_t>(entry.c4)});
    }
  }
  char** names = band.GetCategoryNames();
  for (; names != nullptr && *names != nullptr; ++names) info.category_names.push_back(utf8_of(*names));
}

// A virtual raster's own blocks are arbitrary; what is decoded are those of the files behind it.
void read_source_blocks(GDALDataset& dataset, int& block_cols, int& block_rows) {
  const CPLStringList files(dataset.GetFileList());
  for (int i = 1; i < files.size(); ++i) {  // the first is the virtual raster itself
    const GdalDataset source = try_open_dataset(files[i], GDAL_OF_RASTER);
    if (source == nullptr || source->GetRasterCount() == 0) continue;
    int cols = 0, rows = 0;
    source->GetRasterBand(1)->GetBlockSize(&cols, &rows);
    if (cols > 0 && rows > 0) block_cols = cols, block_rows = rows;
    return;
  }
}

GDALRasterBand& band_of(GDALDataset& dataset, const std::string& path, int number) {
  const int count = dataset.GetRasterCount();
  if (count == 0) {
    char** parts = dataset.GetMetadata("SUBDATASETS");
    const char* first = parts == nullptr ? nullptr : CSLFetchNameValue(parts, "SUBDATASET_1_NAME");
    throw Error(ErrorCode::contradiction, path + " holds no raster band of its own", "a band",
                first == nullptr ? std::string() : "name one of its parts, such as " + std::string(first));
  }
  if (number < 1 || number > count) {
    throw Error(ErrorCode::contradiction, fmt::format("{}: band {} is asked for", path, number),
                fmt::format("a band from 1 to {}", count));
  }
  return *dataset.GetRasterBand(number);
}

template <typename T>
void turn(T* cells, std::int64_t rows, std::int64_t cols, bool turn_rows, bool turn_cols) {
  if (turn_rows) {
    for (std::int64_t a = 0, b = rows - 1; a < b; ++a, --b) {
      std::swap_ranges(cells + a * cols, cells + (a + 1) * cols, cells + b * cols);
    }
  }
  if (turn_cols) {
    for (std::int64_t row = 0; row < rows; ++row) std::reverse(cells + row * cols, cells + (row + 1) * cols);
  }
}

}  // namespace

std::size_t size_of(CellType type) { return static_cast<std::size_t>(GDALGetDataTypeSizeBytes(gdal_type(type))); }

bool BandFacts::is_nodata(double value) const {
  if (std::isnan(value)) return true;
  if (!nodata) return false;
  if (type != CellType::f32) return value == *nodata;
  // Programs print the lowest float in various roundings; all of them mean nodata.
  constexpr double kNearlyMost = 3.4028e38;
  if (std::abs(*nodata) >= kNearlyMost)
    return std::abs(value) >= kNearlyMost && std::signbit(value) == std::signbit(*nodata);
  return static_cast<float>(value) == static_cast<float>(*nodata);
}

BandFacts describe_band(const std::string& path, int number) {
  GdalDataset dataset = open_dataset(path, GDAL_OF_RASTER, "raster");
  const GdalErrors errors;
  BandFacts facts;
  facts.band = number;
  facts.info.path = path;
  facts.info.driver = dataset->GetDriverName();
  facts.info.bands = dataset->GetRasterCount();
  GDALRasterBand& band = band_of(*dataset, path, number);
  facts.type = cell_type(band, path);
  facts.info.data_type = facts.type == CellType::i8 ? "Int8" : GDALGetDataTypeName(band.GetRasterDataType());
  read_grid(*dataset, facts);
  facts.info.crs = wkt_of(dataset->GetSpatialRef());
  read_nodata(band, facts);
  const int flags = band.GetMaskFlags();
  // A mask of the dataset or of the band alone; what follows from nodata is known already.
  facts.masked = (flags & GMF_ALL_VALID) == 0 && ((flags & GMF_PER_DATASET) != 0 || (flags & GMF_NODATA) == 0);
  facts.scale = band.GetScale();
  facts.offset = band.GetOffset();
  int block_cols = 1, block_rows = 1;
  band.GetBlockSize(&block_cols, &block_rows);
  if (facts.info.driver == "VRT") read_source_blocks(*dataset, block_cols, block_rows);
  facts.block_cols = std::clamp<std::int64_t>(block_cols, 1, facts.info.grid.width);
  facts.block_rows = std::clamp<std::int64_t>(block_rows, 1, facts.info.grid.height);
  read_colours(band, facts.info);
  return facts;
}

BandReader::BandReader(const BandFacts& facts)
    : facts_(facts),
      dataset_(open_dataset(facts.info.path, GDAL_OF_RASTER, "raster")),
      band_(&band_of(*dataset_, facts.info.path, facts.band)) {
  if (dataset_->GetRasterXSize() != facts.info.grid.width || dataset_->GetRasterYSize() != facts.info.grid.height) {
    throw Error(ErrorCode::unreadable, facts.info.path + " has changed since it was first opened");
  }
  const bool stored_in_order = !facts.rows_turned && !facts.cols_turned && facts.info.driver == "GTiff";
  int cols = 0, rows = 0;
  band_->GetBlockSize(&cols, &rows);
  constexpr std::int64_t kMostBlockCells = std::int64_t{1} << 22;  // a block has to lie in memory beside its tile
  // One huge strip is shown row by row, but its rows cannot be asked for one by one.
  const bool split_strip = rows == 1 && cols == facts.info.grid.width && facts.info.grid.height > 1 &&
                           band_->GetMetadataItem("BLOCK_OFFSET_0_1", "TIFF") == nullptr;
  if (stored_in_order && !split_strip && cols > 0 && rows > 0 && std::int64_t{cols} * rows <= kMostBlockCells) {
    block_cols_ = cols;
    block_rows_ = rows;
    const char* layout = dataset_->GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE");
    const bool own_blocks = dataset_->GetRasterCount() == 1 || (layout != nullptr && EQUAL(layout, "BAND"));
    const char* compression = dataset_->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE");
    const bool compressed = compression != nullptr && !EQUAL(compression, "JPEG");
    if (own_blocks && compressed && size_of(facts.type) == 1)
      bytes_ = {VSIFOpenL(facts.info.path.c_str(), "rb"), VSIFCloseL};
    constexpr std::int64_t kLeastCells = 1 << 14;  // of smaller blocks, finding them costs more than is won
    const auto structure = [&](const char* item) { return band_->GetMetadataItem(item, "IMAGE_STRUCTURE"); };
    const bool plain_deflate = compression != nullptr && EQUAL(compression, "DEFLATE") &&
                               dataset_->GetMetadataItem("PREDICTOR", "IMAGE_STRUCTURE") == nullptr &&
                               structure("NBITS") == nullptr;
    if (bytes_ && plain_deflate && std::int64_t{cols} * rows >= kLeastCells)
      inflater_ = {libdeflate_alloc_decompressor(), libdeflate_free_decompressor};
  }
}

void BandReader::throw_broken(const Window& window, const std::string& why) const {
  const std::string place = fmt::format("rows {} to {}, columns {} to {}", window.row, window.row_end() - 1, window.col,
                                        window.col_end() - 1);
  throw Error(ErrorCode::unreadable,
              fmt::format("{}: {}{} cannot be read: {}", facts_.info.path, place,
                          broken_block(*dataset_, *band_, in_file(window), why), why),
              "a whole file", "get the file again, it is truncated or damaged");
}

Window BandReader::in_file(const Window& window) const {
  const Grid& grid = facts_.info.grid;
  return {facts_.rows_turned ? grid.height - window.row_end() : window.row,
          facts_.cols_turned ? grid.width - window.col_end() : window.col, window.rows, window.cols};
}

void BandReader::read_as(GDALRasterBand* band, const Window& window, void* cells, GDALDataType type, std::size_t size) {
  if (window.empty()) return;
  const Window place = in_file(window);
  const int cols = static_cast<int>(window.cols), rows = static_cast<int>(window.rows);
  const GdalErrors errors;
  const CPLErr result = band->RasterIO(GF_Read, static_cast<int>(place.col), static_cast<int>(place.row), cols, rows,
                                       cells, cols, rows, type, 0, 0, nullptr);
  if (result != CE_None || errors.failed()) throw_broken(window, errors.text());
  if (!facts_.rows_turned && !facts_.cols_turned) return;
  const bool turn_rows = facts_.rows_turned, turn_cols = facts_.cols_turned;
  switch (size) {
    case 1:
      return turn(static_cast<std::uint8_t*>(cells), window.rows, window.cols, turn_rows, turn_cols);
    case 2:
      return turn(static_cast<std::uint16_t*>(cells), window.rows, window.cols, turn_rows, turn_cols);
    case 4:
      return turn(static_cast<std::uint32_t*>(cells), window.rows, window.cols, turn_rows, turn_cols);
    default:
      return turn(static_cast<std::uint64_t*>(cells), window.rows, window.cols, turn_rows, turn_cols);
  }
}

BandReader::StoredBlock BandReader::stored(std::int64_t block_row, std::int64_t block_col) {
  const auto item = [&](const char* name) {
    const std::string key = fmt::format("{}_{}_{}", name, block_col, block_row);
    const char* text = band_->GetMetadataItem(key.c_str(), "TIFF");
    return text == nullptr ? std::uint64_t{0} : std::strtoull(text, nullptr, 10);
  };
  const std::uint64_t size = item("BLOCK_SIZE");
  return {size == 0 ? 0 : item("BLOCK_OFFSET"), size};
}

bool BandReader::fetch(const StoredBlock& block) {
  stored_bytes_.resize(block.size);
  return VSIFSeekL(bytes_.get(), block.offset, SEEK_SET) == 0 &&
         VSIFReadL(stored_bytes_.data(), 1, block.size, bytes_.get()) == block.size;
}

// False where the block is not stored as such; GDAL knows what to do then. A block that does not fit its checksum is an
// error here: GDAL would go on with wrong cells.
bool BandReader::inflate(const StoredBlock& block, const Window& window, unsigned char* cells) {
  const auto size = static_cast<std::size_t>(block_rows_ * block_cols_);
  if (!inflater_ || block.size < 2 || block.size > 2 * size || !fetch(block)) return false;
  const unsigned header = stored_bytes_[0] * 256U + stored_bytes_[1];
  if ((header >> 8 & 15) != 8 || header % 31 != 0) return false;
  std::size_t found = 0;
  const libdeflate_result result =
      libdeflate_zlib_decompress(inflater_.get(), stored_bytes_.data(), block.size, cells, size, &found);
  if (result == LIBDEFLATE_BAD_DATA) throw_broken(window, "its bytes are damaged");
  // The last strip of a file may be cut to the raster.
  return result == LIBDEFLATE_SUCCESS &&
         (found == size || found == static_cast<std::size_t>(window.rows * block_cols_));
}

bool BandReader::like_a_constant(const StoredBlock& block, unsigned char& value) {
  const auto alike = [&](const ConstantBlock& constant) { return constant.bytes.size() == block.size; };
  if (std::none_of(constants_.begin(), constants_.end(), alike) || !fetch(block)) return false;
  for (const ConstantBlock& constant : constants_) {
    if (constant.bytes != stored_bytes_) continue;
    value = constant.value;
    return true;
  }
  return false;
}

void BandReader::remember(const StoredBlock& block, const unsigned char* cells) {
  const auto size = static_cast<std::size_t>(block_rows_ * block_cols_);
  if (std::memcmp(cells, cells + 1, size - 1) == 0 && fetch(block)) constants_.push_back({stored_bytes_, cells[0]});
}

bool BandReader::constant(const Window& window, void* cell) {
  if (window.empty()) return false;
  const Window place = in_file(window);
  const GdalErrors quiet;
  const int status = band_->GetDataCoverageStatus(static_cast<int>(place.col), static_cast<int>(place.row),
                                                  static_cast<int>(place.cols), static_cast<int>(place.rows),
                                                  GDAL_DATA_COVERAGE_STATUS_DATA, nullptr);
  if (status == GDAL_DATA_COVERAGE_STATUS_EMPTY) {
    read_as(band_, {window.row, window.col, 1, 1}, cell, gdal_type(facts_.type), size_of(facts_.type));
    return true;
  }
  if (constants_.empty() || !whole_blocks(window)) return false;
  bool first = true;
  for (std::int64_t row = window.row / block_rows_; row * block_rows_ < window.row_end(); ++row) {
    for (std::int64_t col = window.col / block_cols_; col * block_cols_ < window.col_end(); ++col) {
      unsigned char value = 0;
      if (!like_a_constant(stored(row, col), value)) return false;
      if (!first && value != *static_cast<unsigned char*>(cell)) return false;
      *static_cast<unsigned char*>(cell) = value;
      first = false;
    }
  }
  return true;
}

bool BandReader::whole_blocks(const Window& window) const {
  if (block_cols_ == 0 || window.empty()) return false;
  const auto whole = [](std::int64_t begin, std::int64_t end, std::int64_t block, std::int64_t size) {
    return begin % block == 0 && (end % block == 0 || end == size);
  };
  const Grid& grid = facts_.info.grid;
  return whole(window.row, window.row_end(), block_rows_, grid.height) &&
         whole(window.col, window.col_end(), block_cols_, grid.width);
}

void BandReader::read_blocks(const Window& window, unsigned char* cells) {
  const std::int64_t size = static_cast<std::int64_t>(size_of(facts_.type));
  const std::int64_t stride = window.cols * size;
  constexpr std::size_t kMostConstants = 8, kMostConstantBytes = 8192;
  const GdalErrors errors;
  for (std::int64_t row = window.row; row < window.row_end(); row += block_rows_) {
    for (std::int64_t col = window.col; col < window.col_end(); col += block_cols_) {
      stop_if_cancelled();
      const std::int64_t rows = std::min(block_rows_, window.row_end() - row);
      const std::int64_t cols = std::min(block_cols_, window.col_end() - col);
      unsigned char* place = cells + (row - window.row) * stride + (col - window.col) * size;
      const std::int64_t block_row = row / block_rows_, block_col = col / block_cols_;
      // Where the file has it is asked for once, and only where that is of use.
      const bool looked_up = inflater_ || !constants_.empty();
      StoredBlock block = looked_up ? stored(block_row, block_col) : StoredBlock{};
      unsigned char constant = 0;
      if (like_a_constant(block, constant)) {
        for (std::int64_t i = 0; i < rows; ++i)
          std::memset(place + i * stride, constant, static_cast<std::size_t>(cols));
        continue;
      }
      const bool in_place = window.cols == block_cols_ && rows == block_rows_;
      if (!in_place) block_.resize(static_cast<std::size_t>(block_rows_ * block_cols_ * size));
      unsigned char* target = in_place ? place : block_.data();
      if (!inflate(block, {row, col, rows, cols}, target)) {
        const CPLErr result = band_->ReadBlock(static_cast<int>(block_col), static_cast<int>(block_row), target);
        if (result != CE_None || errors.failed()) throw_broken({row, col, rows, cols}, errors.text());
      }
      // A block of one value has its ends alike; the file's own bytes of it are worth keeping when they are few.
      if (bytes_ && constants_.size() < kMostConstants && target[0] == target[block_rows_ * block_cols_ - 1]) {
        if (!looked_up) block = stored(block_row, block_col);
        if (block.size > 0 && block.size <= kMostConstantBytes) remember(block, target);
      }
      if (in_place) continue;
      for (std::int64_t i = 0; i < rows; ++i) {
        std::memcpy(place + i * stride, target + i * block_cols_ * size, static_cast<std::size_t>(cols * size));
      }
    }
  }
}

void BandReader::read(const Window& window, void* cells) {
  if (whole_blocks(window)) return read_blocks(window, static_cast<unsigned char*>(cells));
  read_as(band_, window, cells, gdal_type(facts_.type), size_of(facts_.type));
}

void BandReader::read_doubles(const Window& window, std::span<double> cells) {
  read_as(band_, window, cells.data(), GDT_Float64, sizeof(double));
  if (facts_.type != CellType::i8) return;
  for (double& cell : cells) cell = cell > 127 ? cell - 256 : cell;  // GDAL reads such bytes as unsigned
}

void BandReader::read_mask(const Window& window, std::span<std::uint8_t> cells) {
  read_as(band_->GetMaskBand(), window, cells.data(), GDT_Byte, 1);
}

void bound_block_cache(std::int64_t bytes) { GDALSetCacheMax64(bytes); }

void for_each_chunk(const Grid& grid, std::int64_t block_rows, std::int64_t block_cols,
                    const std::function<void(const Window&)>& visit) {
  constexpr std::int64_t kCells = std::int64_t{1} << 20;
  std::int64_t cols = std::min(block_cols, grid.width), rows = std::min(block_rows, grid.height);
  if (rows * cols > 16 * kCells) {  // one huge block: GDAL's cache holds it while rows are taken out
    rows = std::max<std::int64_t>(1, kCells / cols);
  } else {
    cols = std::min(grid.width, cols * std::max<std::int64_t>(1, kCells / (rows * cols)));
    rows = std::min(grid.height, rows * std::max<std::int64_t>(1, kCells / (rows * cols)));
  }
  for (std::int64_t row = 0; row < grid.height; row += rows) {
    for (std::int64_t col = 0; col < grid.width; col += cols) {
      visit(intersection(Window{row, col, rows, cols}, whole(grid)));
    }
  }
}

}  // namespace urbiome
