// Rows of a file whose blocks are higher than the bands that read them: each block is decoded once, for all bands in
// it.
//
//   SharedRows shared(source, most_bytes, threads);
//   shared.read(*reader, band, cells);        // from any thread, each with its own reader
//
// Bands that hold whole blocks are read straight into place. Of others the rows of whole blocks round them are kept:
// the last two, or as many as there are threads, which serves bands that come in order. Where two do not fit
// `most_bytes` nothing is kept.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "urbiome/raster/tile_source.h"

namespace urbiome {

class SharedRows {
 public:
  SharedRows(const TileSource& source, std::int64_t most_bytes, int threads);
  // What is kept while bands of some rows are read that are not whole blocks.
  std::int64_t bytes() const { return static_cast<std::int64_t>(most_kept_) * block_rows_ * width_; }
  bool whole_blocks(const Window& window) const {
    return window.row % block_rows_ == 0 && (window.row_end() % block_rows_ == 0 || window.row_end() == height_);
  }
  void read(TileReader& reader, const Window& window, std::span<ClassIndex> cells);

 private:
  struct Stretch {
    std::int64_t index;  // of the blocks' row
    std::mutex decoding;
    bool decoded = false;
    std::vector<ClassIndex> cells;
  };
  static void decode(Stretch& stretch, TileReader& reader, const Window& block);
  std::shared_ptr<Stretch> stretch(std::int64_t index);

  std::int64_t width_, height_, block_rows_;
  std::size_t most_kept_ = 0;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Stretch>> kept_;  // the last one asked for comes last
};

}  // namespace urbiome
