// Sums over the window of every cell, as integers: a window's sum is that of the window above it plus the cells that
// come in at its lower side minus those that go out at its upper side.
//
// Cells come and go in stretches along a row, and a stretch is the difference of two running sums, modulo 2^8 where
// cells are marks (0 or 1): stretches are cut to 255 cells, so nothing is lost, and a register holds 16 to 64 columns.
// A disc of 30 cells costs some 130 bytes read and added for each of its cells, whatever its area. Nothing drifts.
// Where windows are as wide in all their rows (squares), rows are kept as sums over that width: two bytes for each
// cell.
//
//   MarkSums sums(shapes, width);
//   sums.reset(first_row, rows);                  // the rows that the windows reach
//   std::copy(..., sums.cells(row)); sums.close_row(row);
//   MarkSums::Cursor cursor(sums, 0);             // columns 0 to MarkSums::kStrip - 1
//   std::span<const std::uint32_t> counts = cursor.move_to(row);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "urbiome/kernel/window_shape.h"

namespace urbiome {

// Element: std::uint8_t (marks of 0 and 1) or std::int64_t (whole numbers of which a window's sum fits into 64 bits).
template <class Element, class Total>
class WindowSums {
 public:
  static constexpr std::int64_t kStrip = 4096;  // columns that a cursor sums at a time

  WindowSums(const WindowShapes& shapes, std::int64_t width);

  // Makes room for rows [first_row, first_row + rows), clipped by the caller to the grid.
  void reset(std::int64_t first_row, std::int64_t rows);
  // The row's cells, to be written before close_row(), which sums them up. One row at a time.
  std::span<Element> cells(std::int64_t row);
  void close_row(std::int64_t row);
  // The same for cells that lie elsewhere.
  void close_row(std::int64_t row, std::span<const Element> cells);
  // All cells of the row are 1 (marks only): needs no cells().
  void close_full_row(std::int64_t row);

  // Walks down a strip of columns.
  class Cursor {
   public:
    Cursor(const WindowSums& sums, std::int64_t first_col);
    // Sums of the windows in `row`, one per column of the strip. Rows in ascending order cost least.
    std::span<const Total> move_to(std::int64_t row);
    // The same with the sums written to `out`, past the caches: for results that are much larger. Other threads may
    // read them once the cursor is gone.
    void move_to(std::int64_t row, Total* out);
    ~Cursor();
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

   private:
    struct Stretches {
      std::vector<const Element*> in_add, in_subtract, out_add, out_subtract;
      std::int64_t cells_in = 0, cells_out = 0;
      void clear();
    };
    void step_to(std::int64_t row);
    void change_rows(std::int64_t first, std::int64_t end);
    void change_row(std::int64_t row, std::int32_t before, std::int32_t after);
    void add_windows(std::int64_t row, bool in);
    void add_stretch(std::int64_t row, std::int64_t from, std::int64_t to, bool in);
    void apply();

    const WindowSums& sums_;
    std::int64_t first_col_, count_, row_ = -1;
    bool started_ = false, wrote_ = false;
    WindowShape shape_, next_;
    Stretches stretches_;
    std::vector<Total> totals_;
  };

 private:
  enum class Content : std::uint8_t { none, full, mixed };
  struct Row {
    const Element *cells = nullptr, *before = nullptr;  // at column 0; before[c]: sum of the row's cells left of c
    const Element* windows = nullptr;                   // instead, where side_ is known: sum of what is within side_
    Content content = Content::none;
  };
  static constexpr std::int64_t kMargin = 320;  // columns read beyond a strip's end
  bool holds(std::int64_t row) const {
    return row >= first_row_ && row < first_row_ + static_cast<std::int64_t>(rows_.size());
  }
  const Row& row(std::int64_t r) const { return rows_[index_of(r)]; }
  std::size_t index_of(std::int64_t r) const { return static_cast<std::size_t>(r - first_row_); }
  // Sums of `cells` in `before` and, where side_ is known, `windows`, all at column 0.
  Row summed_up(const Element* cells, Element* before, Element* windows, Content content) const;
  Row closed(std::int64_t row, const Element* cells);

  const WindowShapes& shapes_;
  std::int64_t width_, padding_, padded_, first_row_ = 0;
  std::optional<std::int64_t> side_;  // columns to either side in all rows of all windows, few enough for an Element
  std::vector<Element> cells_, before_, windows_, full_cells_, full_before_, full_windows_;
  std::vector<Row> rows_;
  Row full_row_;
};

using MarkSums = WindowSums<std::uint8_t, std::uint16_t>;      // windows of at most 65535 cells
using WideMarkSums = WindowSums<std::uint8_t, std::uint32_t>;  // of less than 2^32
using ValueSums = WindowSums<std::int64_t, std::int64_t>;

}  // namespace urbiome
