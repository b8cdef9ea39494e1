// Cells and polygons for the benchmarks: land cover with runs of about five cells, the same for every build.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "urbiome/kernel/runs.h"
#include "urbiome/raster/cell_areas.h"
#include "urbiome/vector/geometry.h"

namespace urbiome::bench {

// `rows` x `cols` cells of eight classes; a row repeats most of the row above it, as patches do.
inline std::vector<ClassIndex> made_cells(std::int64_t rows, std::int64_t cols) {
  std::mt19937 random(7);
  std::vector<ClassIndex> cells(static_cast<std::size_t>(rows * cols));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint32_t draw = random() % 100;
    const auto width = static_cast<std::size_t>(cols);
    if (draw < 55 && i % width != 0) cells[i] = cells[i - 1];
    else if (draw < 85 && i >= width) cells[i] = cells[i - width];
    else cells[i] = static_cast<ClassIndex>(random() % 8);
  }
  return cells;
}

// Runs of classes 1 to `most`.
inline RunTable made_runs(const std::vector<ClassIndex>& cells, std::int64_t cols, ClassIndex most) {
  std::array<bool, kMaxClasses> member{};
  for (std::size_t i = 1; i <= most; ++i) member[i] = true;
  RunTable table;
  for (std::size_t at = 0; at < cells.size(); at += static_cast<std::size_t>(cols)) {
    append_runs({cells.data() + at, static_cast<std::size_t>(cols)}, member, 0, table.runs);
    table.offsets.push_back(table.runs.size());
  }
  return table;
}

// Cells of one area, or (with several segments a row) of areas that change along the row.
inline CellAreas made_areas(std::int64_t rows, std::int64_t segments, std::int64_t cols) {
  const std::int64_t length = cols / segments;
  std::vector<CellAreas::Segment> table;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < segments; ++i) {
      CellAreas::Segment segment;
      segment.before = i * length * (kOne - 12345);
      segment.first = kOne - 12345;
      segment.linear = segments > 1 ? 77 : 0;
      table.push_back(segment);
    }
  }
  return CellAreas(rows, segments, length, 1.0 / 1024, std::move(table));
}

// A closed star of `corners` vertices round (x, y).
inline MultiPolygon star(double x, double y, double radius, int corners) {
  std::mt19937 random(11);
  Ring ring;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * 3.14159265358979 * i / corners;
    const double r = radius * (0.7 + 0.3 * static_cast<double>(random() % 1000) / 1000);
    ring.push_back({x + r * std::cos(angle), y + r * std::sin(angle)});
  }
  ring.push_back(ring.front());
  return {{{ring, {}}}};
}

}  // namespace urbiome::bench
