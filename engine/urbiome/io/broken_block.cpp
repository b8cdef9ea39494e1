#include "urbiome/io/broken_block.h"

#include <cpl_string.h>
#include <fmt/format.h>

#include <optional>
#include <regex>
#include <vector>

namespace urbiome {
namespace {

struct Block {
  std::int64_t col, row;
};

std::string in_words(GDALRasterBand& band, const Block& block, const std::string& file) {
  const char* offset = band.GetMetadataItem(fmt::format("BLOCK_OFFSET_{}_{}", block.col, block.row).c_str(), "TIFF");
  const std::string at = offset == nullptr ? std::string() : fmt::format(" at byte {}", offset);
  return fmt::format(" (block {}, {} of {}{})", block.col, block.row, file, at);
}

// The one block in which a window lies.
std::optional<Block> block_of(GDALRasterBand& band, const Window& window) {
  int cols = 0, rows = 0;
  band.GetBlockSize(&cols, &rows);
  const std::int64_t col = window.col / cols, row = window.row / rows;
  if ((window.col_end() - 1) / cols != col || (window.row_end() - 1) / rows != row) return {};
  return Block{col, row};
}

bool is_readable(GDALRasterBand& band, const Block& block) {
  int cols = 0, rows = 0;
  band.GetBlockSize(&cols, &rows);
  const auto bytes = static_cast<std::size_t>(GDALGetDataTypeSizeBytes(band.GetRasterDataType()));
  std::vector<unsigned char> cells(bytes * static_cast<std::size_t>(cols) * static_cast<std::size_t>(rows));
  const GdalErrors errors;
  return band.ReadBlock(static_cast<int>(block.col), static_cast<int>(block.row), cells.data()) == CE_None &&
         !errors.failed();
}

}  // namespace

std::string broken_block(GDALDataset& dataset, GDALRasterBand& band, const Window& window, const std::string& why) {
  // GDAL names the block where it reads several, also of a file behind a virtual raster, but that often without its
  // folder.
  static const std::regex kWords(
      "(?:^|; )([^;]+), band ([0-9]+): IReadBlock failed at X offset ([0-9]+), Y offset ([0-9]+)");
  std::smatch words;
  if (std::regex_search(why, words, kWords)) {
    const std::string name = CPLGetFilename(words[1].str().c_str());
    const Block block{std::stoll(words[3]), std::stoll(words[4])};
    if (name == CPLGetFilename(dataset.GetDescription())) return in_words(band, block, "the file");
    const CPLStringList files(dataset.GetFileList());
    for (int i = 0; i < files.size(); ++i) {
      if (name != CPLGetFilename(files[i])) continue;
      const GdalDataset source = try_open_dataset(files[i], GDAL_OF_RASTER);
      GDALRasterBand* const behind = source ? source->GetRasterBand(std::stoi(words[2])) : nullptr;
      if (behind != nullptr && !is_readable(*behind, block)) return in_words(*behind, block, files[i]);
    }
  }
  const std::optional<Block> block = block_of(band, window);
  return block ? in_words(band, *block, "the file") : std::string();
}

}  // namespace urbiome
