#include "urbiome/facts/adjacency.h"

#include <algorithm>

namespace urbiome {
namespace {

// Counts of one thread, made when the thread first works.
struct Counts {
  std::vector<PairCounts> zones;
};

// The pairs of a band of whole rows, without those across its lower border.
void add_band(const Band& band, std::span<const ClassIndex> cells, std::span<const Coverage> zones, int directions,
              Counts& counts) {
  const auto cols = static_cast<std::size_t>(band.core.cols);
  const auto row_cells = [&](std::int64_t row) {
    return cells.subspan(static_cast<std::size_t>(row - band.core.row) * cols, cols);
  };
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    const Coverage& coverage = zones[zone];
    const std::int64_t first = std::max(band.core.row, coverage.first_row);
    const std::int64_t end = std::min(band.core.row_end(), coverage.row_end());
    for (std::int64_t row = first; row < end; ++row) {
      add_pairs_in_row(row_cells(row), coverage.spans_of(row), counts.zones[zone]);
      if (row + 1 == end) continue;
      add_pairs_below(row_cells(row), coverage.spans_of(row), row_cells(row + 1), coverage.spans_of(row + 1),
                      directions, counts.zones[zone]);
    }
  }
}

}  // namespace

std::int64_t adjacency_bytes(std::size_t classes, std::size_t zones, const Executor& executor) {
  return static_cast<std::int64_t>(classes * classes * zones * sizeof(std::int64_t)) * (executor.threads() + 1);
}

std::vector<PairCounts> adjacencies(const TileSource& source, std::span<const Coverage> zones, int directions,
                                    Executor& executor) {
  const std::size_t classes = source.classes().size();
  const std::int64_t bytes = adjacency_bytes(classes, zones.size(), executor);
  executor.memory().reserve(bytes, "counting neighbours of every class in every zone");
  const auto fresh = [&] { return std::vector<PairCounts>(zones.size(), PairCounts(classes)); };
  std::vector<PairCounts> sums = fresh();
  std::vector<Counts> partial(static_cast<std::size_t>(executor.threads()));
  struct Border {
    std::vector<ClassIndex> first, last;
  };
  std::vector<ClassIndex> above;
  executor.bands_in_order(
      source, bands_of(source, whole(source.grid()), 0, 1, executor), "counting neighbours",
      [&](int slot, const Band& band, std::span<const ClassIndex> cells) {
        Counts& counts = partial[static_cast<std::size_t>(slot)];
        if (counts.zones.size() != zones.size()) counts.zones = fresh();
        add_band(band, cells, zones, directions, counts);
        const auto first = cells.first(static_cast<std::size_t>(band.core.cols));
        const auto last = cells.last(static_cast<std::size_t>(band.core.cols));
        return Border{{first.begin(), first.end()}, {last.begin(), last.end()}};
      },
      [&](const Band& band, Border border) {
        for (std::size_t zone = 0; zone < zones.size() && !above.empty(); ++zone) {
          add_pairs_below(above, zones[zone].spans_of(band.core.row - 1), border.first,
                          zones[zone].spans_of(band.core.row), directions, sums[zone]);
        }
        above = std::move(border.last);
      });
  for (const Counts& counts : partial) {
    for (std::size_t zone = 0; zone < counts.zones.size(); ++zone) sums[zone].merge(counts.zones[zone]);
  }
  executor.memory().release(bytes);
  return sums;
}

}  // namespace urbiome
