// Sums over the window of every cell, as integers: a window's sum is that of the window above it plus the cells that
// come in at its lower side minus those that go out at its upper side.
//
// Cells come and go in stretches along a row, and a stretch is the difference of two running sums, modulo 2^8 where
// cells are marks (0 or 1): stretches are cut to 255 cells, so nothing is lost, and a register holds 16 to 64 columns.
// A disc of 30 cells costs some 130 bytes read and added for each of its cells, whatever its area. Nothing drifts.
//
//   MarkSums sums(shapes, width, height);
//   sums.reset(first_row, rows);                  // the rows that the windows reach
//   std::copy(..., sums.cells(row)); sums.close_row(row);
//   MarkSums::Cursor cursor(sums, 0);             // columns 0 to MarkSums::kStrip - 1
//   std::span<const std::uint32_t> counts = cursor.move_to(row);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/window_shape.h"

namespace urbiome {

// Element: std::uint8_t (marks of 0 and 1) or std::int64_t (whole numbers of which a window's sum fits into 64 bits).
template <class Element, class Total>
class WindowSums {
 public:
  static constexpr std::int64_t kStrip = 4096;  // columns that a cursor sums at a time

  WindowSums(const WindowShapes& shapes, std::int64_t width, std::int64_t height);

  // Makes room for rows [first_row, first_row + rows), clipped by the caller to the grid.
  void reset(std::int64_t first_row, std::int64_t rows);
  // The row's cells, to be written before close_row(), which sums them up.
  std::span<Element> cells(std::int64_t row);
  void close_row(std::int64_t row);
  // All cells of the row are 1 (marks only): needs no cells().
  void close_full_row(std::int64_t row);

  // Walks down a strip of columns.
  class Cursor {
   public:
    Cursor(const WindowSums& sums, std::int64_t first_col);
    // Sums of the windows in `row`, one per column of the strip. Rows in ascending order cost least.
    std::span<const Total> move_to(std::int64_t row);

   private:
    struct Stretches {
      std::vector<const Element*> in_add, in_subtract, out_add, out_subtract;
      std::int64_t cells_in = 0, cells_out = 0;
      void clear();
    };
    void step_to(std::int64_t row);
    void change_row(std::int64_t row, std::int32_t before, std::int32_t after);
    void add_stretch(std::int64_t row, std::int64_t from, std::int64_t to, bool in);
    void apply();

    const WindowSums& sums_;
    std::int64_t first_col_, count_, row_ = -1;
    bool started_ = false;
    WindowShape shape_, next_;
    Stretches stretches_;
    std::vector<Total> totals_;
  };

  static std::int64_t bytes(const WindowShapes& shapes, std::int64_t rows, std::int64_t width) {
    return 2 * rows * padded_width(shapes, width) * static_cast<std::int64_t>(sizeof(Element));
  }

 private:
  enum class Content : std::uint8_t { none, full, mixed };
  struct Row {
    const Element *cells, *before;  // at column 0; before[c]: sum of the row's cells left of column c
    Content content;
  };
  static constexpr std::int64_t kMargin = 320;  // columns read beyond a strip's end
  static std::int64_t padding(const WindowShapes& shapes, std::int64_t width);
  static std::int64_t padded_width(const WindowShapes& shapes, std::int64_t width) {
    return width + 2 * padding(shapes, width) + kMargin;
  }
  bool holds(std::int64_t row) const {
    return row >= first_row_ && row < first_row_ + static_cast<std::int64_t>(rows_.size());
  }
  const Row& row(std::int64_t r) const { return rows_[static_cast<std::size_t>(r - first_row_)]; }
  void sum_up(const Element* cells, Element* before) const;

  const WindowShapes& shapes_;
  std::int64_t width_, height_, padding_, padded_, first_row_ = 0;
  std::vector<Element> cells_, before_, full_cells_, full_before_;
  std::vector<Row> rows_;
};

using MarkSums = WindowSums<std::uint8_t, std::uint16_t>;      // windows of at most 65535 cells
using WideMarkSums = WindowSums<std::uint8_t, std::uint32_t>;  // of less than 2^32
using ValueSums = WindowSums<std::int64_t, std::int64_t>;

}  // namespace urbiome
