#include "urbiome/raster/uniform_source.h"

#include <algorithm>
#include <utility>

namespace urbiome {
namespace {

class UniformSource : public TileSource {
 public:
  UniformSource(const Grid& grid, std::vector<LegendClass> classes, ClassIndex nodata, ClassIndex everywhere)
      : grid_(grid), classes_(std::move(classes)), nodata_(nodata), everywhere_(everywhere) {}

  const Grid& grid() const override { return grid_; }
  const std::vector<LegendClass>& classes() const override { return classes_; }
  ClassIndex nodata_index() const override { return nodata_; }
  std::int64_t block_rows() const override { return 1; }  // any rows are as good as others
  std::int64_t block_cols() const override { return grid_.width; }

  std::unique_ptr<TileReader> open() const override {
    class Reader : public TileReader {
     public:
      explicit Reader(ClassIndex everywhere) : everywhere_(everywhere) {}
      void read(const Window&, std::span<ClassIndex> cells) override { std::ranges::fill(cells, everywhere_); }
      std::optional<ClassIndex> constant(const Window&) override { return everywhere_; }

     private:
      ClassIndex everywhere_;
    };
    return std::make_unique<Reader>(everywhere_);
  }

 private:
  Grid grid_;
  std::vector<LegendClass> classes_;
  ClassIndex nodata_, everywhere_;
};

}  // namespace

std::shared_ptr<TileSource> uniform_source(const Grid& grid, std::vector<LegendClass> classes, ClassIndex nodata_index,
                                           ClassIndex everywhere) {
  return std::make_shared<UniformSource>(grid, std::move(classes), nodata_index, everywhere);
}

}  // namespace urbiome
