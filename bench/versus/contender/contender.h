// The engine's own contender in bench/versus: answers a question about cells or streets in memory, in the words of
// contest.py.
//
//   bench_versus_contender QUESTION [--NAME=VALUE ...] --describe
//   bench_versus_contender QUESTION [--NAME=VALUE ...] --data FOLDER --threads N --answers FOLDER | --calls K
//
// A question is a function that loads what it needs and hands two functions to contend(): one that is timed, one that
// leaves the answer of the last call on disk.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "urbiome/raster/grid.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome::versus {

struct Asked {
  std::string question, data, answers;
  int threads = 1, calls = 3;
  bool describe = false;
  std::map<std::string, std::string> options;  // what a question is asked with: radius, shape, ...

  std::string path(const std::string& name) const { return data + "/" + name; }
  double number(const std::string& name, double otherwise) const;
  std::string word(const std::string& name, const std::string& otherwise) const;
};

struct Cells {
  std::int64_t rows = 0, cols = 0;
  std::vector<std::uint8_t> bytes;  // row after row

  // On a grid of squares of side 1 with row 0 at the top.
  Grid grid() const { return {0, static_cast<double>(rows), 1, 1, cols, rows}; }
  std::span<const std::uint8_t> of_rows(std::int64_t first, std::int64_t count) const {
    return {bytes.data() + first * cols, static_cast<std::size_t>(count * cols)};
  }
};

// NAME.bytes of the data folder, whose made.json tells rows and columns.
Cells read_cells(const Asked& asked, const std::string& name);

// The cells of one member class (bytes 0 and 1) or of all codes, as land cover with classes 0 .. 255.
std::shared_ptr<TileSource> as_land_cover(const Cells& cells);

// What gets compared; written below Asked::answers.
class Answers {
 public:
  explicit Answers(std::string folder);
  void array(const std::string& name, std::int64_t rows, std::int64_t cols, std::span<const float> values) const;
  void array(const std::string& name, std::int64_t rows, std::int64_t cols, std::span<const double> values) const;
  void array(const std::string& name, std::int64_t rows, std::int64_t cols, std::span<const std::int32_t> values) const;
  void array(const std::string& name, std::int64_t rows, std::int64_t cols,
             std::span<const std::uint16_t> values) const;
  void array(const std::string& name, std::span<const std::int64_t> values) const;
  // Everything that is no array: plain numbers by name, or one flag.
  void values(const std::map<std::string, std::map<std::string, double>>& tables) const;

 private:
  std::string folder_;
};

// Calls `work` as often as asked, timing each, and prints the seconds; or once, and then `answer`.
void contend(const Asked& asked, const std::function<void()>& work, const std::function<void(const Answers&)>& answer);

// The questions, each in its file.
void class_areas(const Asked& asked);
void coverage(const Asked& asked);
void distance(const Asked& asked);
void label_all_classes(const Asked& asked);
void label_role(const Asked& asked);
void least_cost(const Asked& asked);
void reach(const Asked& asked);
void window(const Asked& asked);

}  // namespace urbiome::versus
