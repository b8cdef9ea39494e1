// Members in the window round every cell, as 16-bit counts: --shape=disc|square --radius=30 (cells).
#include <algorithm>

#include "contender.h"
#include "urbiome/exec/executor.h"
#include "urbiome/facts/window_map.h"
#include "urbiome/kernel/window_sums.h"

namespace urbiome::versus {
namespace {

constexpr std::int64_t kBandRows = 512;

void sum_band(MarkSums& sums, const Cells& cells, std::int64_t radius, std::int64_t first, std::int64_t end,
              std::vector<std::uint16_t>& out) {
  const std::int64_t top = std::max<std::int64_t>(first - radius, 0), bottom = std::min(end + radius, cells.rows);
  sums.reset(top, bottom - top);
  for (std::int64_t row = top; row < bottom; ++row) sums.close_row(row, cells.of_rows(row, 1));
  for (std::int64_t col = 0; col < cells.cols; col += MarkSums::kStrip) {
    MarkSums::Cursor cursor(sums, col);
    for (std::int64_t row = first; row < end; ++row) cursor.move_to(row, out.data() + row * cells.cols + col);
  }
}

}  // namespace

void window(const Asked& asked) {
  const Cells cells = read_cells(asked, "green");
  const auto radius = static_cast<std::int64_t>(asked.number("radius", 30));
  const WindowForm form = asked.word("shape", "disc") == "disc" ? WindowForm::disc : WindowForm::square;
  const GridMetric metric = GridMetric::planar(cells.grid(), 1);
  const WindowShapes shapes = window_shapes(cells.grid(), metric, form, static_cast<double>(radius));
  std::vector<std::uint16_t> out(cells.bytes.size());
  const auto work = [&] {
    Executor executor({.threads = asked.threads});
    std::vector<std::optional<MarkSums>> seats(static_cast<std::size_t>(executor.threads()));
    executor.items((cells.rows + kBandRows - 1) / kBandRows, "windows", [&](std::int64_t band) {
      auto& seat = seats[static_cast<std::size_t>(executor.current_slot())];
      if (!seat) seat.emplace(shapes, cells.cols);
      sum_band(*seat, cells, radius, band * kBandRows, std::min((band + 1) * kBandRows, cells.rows), out);
    });
  };
  contend(asked, work, [&](const Answers& answers) {
    answers.array("count", cells.rows, cells.cols, std::span<const std::uint16_t>(out));
  });
}

}  // namespace urbiome::versus
