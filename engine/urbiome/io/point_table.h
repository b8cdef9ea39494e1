// A plain csv of points, read without OGR: many times as fast, and the same.
//
// Plain is a file in whose reading nothing is to be guessed: .csv with commas and no quotes, UTF-8, a first line of
// names that begin with letters, each once, no file beside it that tells types or a CRS, in every row all its cells and
// two numbers as coordinates.
//
//   if (const auto table = read_plain_points(request)) table->points[row], table->columns[i].cell(row);
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/vector/geometry.h"

namespace urbiome {

// Texts one after the other; numbers where all of them are: integers when all are, else doubles.
class TextColumn {
 public:
  void add(std::string_view text);  // empty: missing
  Cell cell(std::size_t row) const;

 private:
  std::string texts_;
  std::vector<std::size_t> ends_;
  bool all_numbers_ = true, all_whole_ = true;
};

struct PointTable {
  std::vector<Point> points;        // of every row
  std::vector<TextColumn> columns;  // as request.columns
};

// Empty for any other file and for a condition: those are read_vector()'s, and what there is to say of them too.
std::optional<PointTable> read_plain_points(const VectorRequest& request);

}  // namespace urbiome
