#include "urbiome/exec/shared_rows.h"

#include <algorithm>

namespace urbiome {

SharedRows::SharedRows(const TileSource& source, std::int64_t most_bytes, int threads)
    : width_(source.grid().width),
      height_(source.grid().height),
      block_rows_(std::clamp<std::int64_t>(source.block_rows(), 1, std::max<std::int64_t>(height_, 1))) {
  const std::int64_t fit = most_bytes / std::max<std::int64_t>(block_rows_ * width_, 1);
  if (fit >= 2 || (fit == 1 && block_rows_ == height_))
    most_kept_ = static_cast<std::size_t>(std::min<std::int64_t>(fit, std::max(threads, 2)));
}

std::shared_ptr<SharedRows::Stretch> SharedRows::stretch(std::int64_t index) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(kept_, index, &Stretch::index);
  std::shared_ptr<Stretch> stretch;
  if (found != kept_.end()) {
    stretch = *found;
    kept_.erase(found);
  } else {
    stretch = std::make_shared<Stretch>();
    stretch->index = index;
    if (kept_.size() == most_kept_) kept_.erase(kept_.begin());
  }
  kept_.push_back(stretch);
  return stretch;
}

// The first to come decodes, unless it fails: then the next one tries.
void SharedRows::decode(Stretch& stretch, TileReader& reader, const Window& block) {
  const std::lock_guard lock(stretch.decoding);
  if (stretch.decoded) return;
  stretch.cells.resize(static_cast<std::size_t>(block.cells()));
  reader.read(block, stretch.cells);
  stretch.decoded = true;
}

void SharedRows::read(TileReader& reader, const Window& window, std::span<ClassIndex> cells) {
  if (most_kept_ == 0 || whole_blocks(window) || window.cols != width_) return reader.read(window, cells);
  for (std::int64_t row = window.row; row < window.row_end();) {
    const std::int64_t index = row / block_rows_;
    const Window block{index * block_rows_, 0, std::min(block_rows_, height_ - index * block_rows_), width_};
    const Window wanted = intersection(block, window);
    const auto here =
        cells.subspan(static_cast<std::size_t>((row - window.row) * width_), static_cast<std::size_t>(wanted.cells()));
    row = wanted.row_end();
    if (wanted == block) {
      reader.read(block, here);
      continue;
    }
    const std::shared_ptr<Stretch> kept = stretch(index);
    decode(*kept, reader, block);
    std::copy_n(kept->cells.begin() + (wanted.row - block.row) * width_, wanted.cells(), here.begin());
  }
}

}  // namespace urbiome
