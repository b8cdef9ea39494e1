// Least cost over 8 neighbours from all cells marked in `sources`; resistances as doubles in memory, sides of cells 1.
#include "urbiome/facts/least_cost.h"

#include <algorithm>
#include <limits>

#include "contender.h"

namespace urbiome::versus {

void least_cost(const Asked& asked) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  const Cells effort = read_cells(asked, "resistance"), sources = read_cells(asked, "sources");
  const std::vector<double> resistance(effort.bytes.begin(), effort.bytes.end());
  const auto steps = step_lengths(GridMetric::planar(effort.grid(), 1), effort.rows);
  std::vector<double> cost(resistance.size());
  const auto work = [&] {
    Executor executor({.threads = asked.threads});
    executor.parts(effort.rows, "sources", [&](std::int64_t row) {
      const std::span<const std::uint8_t> marks = sources.of_rows(row, 1);
      std::transform(marks.begin(), marks.end(), cost.begin() + row * effort.cols,
                     [](std::uint8_t source) { return source != 0 ? 0 : kFar; });
    });
    spread_costs({.width = effort.cols,
                  .height = effort.rows,
                  .resistance = resistance,
                  .cost = cost,
                  .steps = steps,
                  .directions = 8},
                 kFar, executor);
  };
  contend(asked, work, [&](const Answers& answers) {
    answers.array("cost", effort.rows, effort.cols, std::span<const double>(cost));
  });
}

}  // namespace urbiome::versus
