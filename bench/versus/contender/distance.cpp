// Distances in cells as floats, to members (1) among cells in memory; --most=30 leaves out what is farther.
#include "urbiome/kernel/distance.h"
#include "contender.h"
#include "urbiome/exec/executor.h"

namespace urbiome::versus {
namespace {

constexpr std::int64_t kBandRows = 512;

}  // namespace

void distance(const Asked& asked) {
  const Cells cells = read_cells(asked, "green");
  const DistanceKeys keys(1, 1, DistanceMeasure::centre, asked.number("most", kNoLimit));
  const std::int64_t bands = (cells.rows + kBandRows - 1) / kBandRows;
  const auto rows_of = [&](std::int64_t band) { return std::min(kBandRows, cells.rows - band * kBandRows); };
  std::vector<float> out(cells.bytes.size());
  const auto work = [&] {
    Executor executor({.threads = asked.threads});
    std::vector<ColumnEnds> ends(static_cast<std::size_t>(bands));
    executor.items(bands, "columns", [&](std::int64_t band) {
      const std::int64_t first = band * kBandRows;
      ends[static_cast<std::size_t>(band)] = ends_of(cells.cols, first, cells.of_rows(first, rows_of(band)));
    });
    const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
    std::vector<std::optional<DistanceBand>> seats(static_cast<std::size_t>(executor.threads()));
    executor.items(bands, "rows", [&](std::int64_t band) {
      auto& seat = seats[static_cast<std::size_t>(executor.current_slot())];
      if (!seat) seat.emplace(keys, cells.cols, cells.rows);
      const std::int64_t first = band * kBandRows, rows = rows_of(band);
      seat->measure(beyond[static_cast<std::size_t>(band)], first, cells.of_rows(first, rows),
                    std::span<float>(out.data() + first * cells.cols, static_cast<std::size_t>(rows * cells.cols)));
    });
  };
  contend(asked, work, [&](const Answers& answers) {
    answers.array("distance", cells.rows, cells.cols, std::span<const float>(out));
  });
}

}  // namespace urbiome::versus
