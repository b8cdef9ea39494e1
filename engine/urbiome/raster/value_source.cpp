#include "urbiome/raster/value_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace urbiome {
namespace {

class MemoryValues : public ValueSource {
 public:
  MemoryValues(const Grid& grid, std::vector<double> values) : grid_(grid), values_(std::move(values)) {
    whole_ = std::all_of(values_.begin(), values_.end(), [](double value) {
      return std::isnan(value) || (value == std::floor(value) && std::abs(value) < 2147483648.0);
    });
  }

  const Grid& grid() const override { return grid_; }
  std::int64_t block_rows() const override { return grid_.height; }
  std::int64_t block_cols() const override { return grid_.width; }
  bool whole_numbers() const override { return whole_; }

  std::unique_ptr<ValueReader> open() const override {
    class Reader : public ValueReader {
     public:
      explicit Reader(const MemoryValues& source) : source_(source) {}
      void read(const Window& window, std::span<double> values) override {
        for (std::int64_t row = 0; row < window.rows; ++row) {
          const double* from = source_.values_.data() + (window.row + row) * source_.grid_.width + window.col;
          std::copy_n(from, window.cols, values.data() + row * window.cols);
        }
      }

     private:
      const MemoryValues& source_;
    };
    return std::make_unique<Reader>(*this);
  }

 private:
  Grid grid_;
  std::vector<double> values_;
  bool whole_ = false;
};

}  // namespace

std::shared_ptr<ValueSource> memory_values(const Grid& grid, std::vector<double> values) {
  return std::make_shared<MemoryValues>(grid, std::move(values));
}

}  // namespace urbiome
