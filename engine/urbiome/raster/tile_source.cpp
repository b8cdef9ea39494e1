#include "urbiome/raster/tile_source.h"

#include <cstring>
#include <utility>

namespace urbiome {
namespace {

class PaddedReader : public TileReader {
 public:
  PaddedReader(std::unique_ptr<TileReader> inner, const Grid& inner_grid, const Window& place, ClassIndex nodata)
      : inner_(std::move(inner)), inner_grid_(inner_grid), place_(place), nodata_(nodata) {}

  void read(const Window& window, std::span<ClassIndex> cells) override {
    const Window wanted{window.row + place_.row, window.col + place_.col, window.rows, window.cols};
    const Window there = intersection(wanted, whole(inner_grid_));
    if (there == wanted) return inner_->read(wanted, cells);
    std::memset(cells.data(), nodata_, cells.size());
    if (there.empty()) return;
    buffer_.resize(static_cast<std::size_t>(there.cells()));
    inner_->read(there, buffer_);
    for (std::int64_t row = 0; row < there.rows; ++row) {
      const std::int64_t target = (there.row - wanted.row + row) * wanted.cols + (there.col - wanted.col);
      std::memcpy(cells.data() + target, buffer_.data() + row * there.cols, static_cast<std::size_t>(there.cols));
    }
  }

  std::optional<ClassIndex> constant(const Window& window) override {
    const Window wanted{window.row + place_.row, window.col + place_.col, window.rows, window.cols};
    const Window there = intersection(wanted, whole(inner_grid_));
    if (there.empty()) return nodata_;
    const std::optional<ClassIndex> inner = inner_->constant(there);
    return there == wanted || inner == nodata_ ? inner : std::nullopt;
  }

 private:
  std::unique_ptr<TileReader> inner_;
  Grid inner_grid_;
  Window place_;
  ClassIndex nodata_;
  std::vector<ClassIndex> buffer_;
};

class PaddedSource : public TileSource {
 public:
  PaddedSource(std::shared_ptr<const TileSource> inner, const Window& place)
      : inner_(std::move(inner)), place_(place), grid_(sub_grid(inner_->grid(), place)) {}

  const Grid& grid() const override { return grid_; }
  const std::vector<LegendClass>& classes() const override { return inner_->classes(); }
  ClassIndex nodata_index() const override { return inner_->nodata_index(); }
  std::int64_t block_rows() const override { return inner_->block_rows(); }
  std::int64_t block_cols() const override { return inner_->block_cols(); }
  std::unique_ptr<TileReader> open() const override {
    return std::make_unique<PaddedReader>(inner_->open(), inner_->grid(), place_, nodata_index());
  }

 private:
  std::shared_ptr<const TileSource> inner_;
  Window place_;
  Grid grid_;
};

class MemorySource : public TileSource {
 public:
  MemorySource(const Grid& grid, std::vector<LegendClass> classes, ClassIndex nodata, std::vector<ClassIndex> cells)
      : grid_(grid), classes_(std::move(classes)), nodata_(nodata), cells_(std::move(cells)) {}

  const Grid& grid() const override { return grid_; }
  const std::vector<LegendClass>& classes() const override { return classes_; }
  ClassIndex nodata_index() const override { return nodata_; }
  std::int64_t block_rows() const override { return 1; }  // any rows are as good as others
  std::int64_t block_cols() const override { return grid_.width; }

  std::unique_ptr<TileReader> open() const override {
    class Reader : public TileReader {
     public:
      explicit Reader(const MemorySource& source) : source_(source) {}
      void read(const Window& window, std::span<ClassIndex> cells) override {
        for (std::int64_t row = 0; row < window.rows; ++row) {
          std::memcpy(cells.data() + row * window.cols,
                      source_.cells_.data() + (window.row + row) * source_.grid_.width + window.col,
                      static_cast<std::size_t>(window.cols));
        }
      }

     private:
      const MemorySource& source_;
    };
    return std::make_unique<Reader>(*this);
  }

 private:
  Grid grid_;
  std::vector<LegendClass> classes_;
  ClassIndex nodata_;
  std::vector<ClassIndex> cells_;
};

}  // namespace

std::unique_ptr<TileSource> padded(std::shared_ptr<const TileSource> inner, const Window& window) {
  return std::make_unique<PaddedSource>(std::move(inner), window);
}

std::shared_ptr<TileSource> memory_source(const Grid& grid, std::vector<LegendClass> classes, ClassIndex nodata_index,
                                          std::vector<ClassIndex> cells) {
  return std::make_shared<MemorySource>(grid, std::move(classes), nodata_index, std::move(cells));
}

}  // namespace urbiome
