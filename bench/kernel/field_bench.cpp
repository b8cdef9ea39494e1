// Distances and windows on one thread and cells in memory; both passes of a distance, marks included.
#include <benchmark/benchmark.h>

#include <cmath>

#include "made_cells.h"
#include "urbiome/kernel/distance.h"
#include "urbiome/kernel/distance_geographic.h"
#include "urbiome/kernel/member_bytes.h"
#include "urbiome/kernel/window_statistics.h"
#include "urbiome/kernel/window_sums.h"

namespace urbiome {
namespace {

constexpr std::int64_t kSide = 2048, kBandRows = 256;

void per_cell(benchmark::State& state) {
  const double cells = static_cast<double>(kSide * kSide) * static_cast<double>(state.iterations());
  state.counters["cells"] = benchmark::Counter(cells, benchmark::Counter::kIsRate);
}

// Members are `share` of all cells in a hundred thousand.
ClassSet members(std::vector<ClassIndex>& cells, std::int64_t share) {
  ClassSet member{};
  if (share >= 12500) {
    for (std::int64_t i = 0; i < share / 12500; ++i) member[static_cast<std::size_t>(i)] = true;
    return member;
  }
  std::mt19937 random(5);
  for (ClassIndex& cell : cells) cell = random() % 100000 < static_cast<std::uint32_t>(share) ? 9 : cell;
  member[9] = true;
  return member;
}

template <class Work>
void both_passes(benchmark::State& state, Work& work) {
  auto cells = bench::made_cells(kSide, kSide);
  const ClassSet member = members(cells, state.range(0));
  std::vector<std::uint8_t> marks(kBandRows * kSide);
  std::vector<double> out(marks.size());
  const auto mark = [&](std::int64_t band) {
    mark_members({cells.data() + band * kBandRows * kSide, marks.size()}, member, marks);
  };
  for (auto _ : state) {
    std::vector<ColumnEnds> ends;
    for (std::int64_t band = 0; band < kSide / kBandRows; ++band) {
      mark(band);
      ends.push_back(ends_of(kSide, band * kBandRows, std::span<const std::uint8_t>(marks)));
    }
    const std::vector<ColumnsBeyond> beyond = beyond_each(ends);
    for (std::int64_t band = 0; band < kSide / kBandRows; ++band) {
      mark(band);
      work.measure(beyond[static_cast<std::size_t>(band)], band * kBandRows, marks, out);
    }
    benchmark::DoNotOptimize(out.data());
  }
  per_cell(state);
}

void distance(benchmark::State& state) {
  const double largest = state.range(1) == 0 ? kNoLimit : static_cast<double>(state.range(1));
  DistanceBand work(DistanceKeys(10, 10, DistanceMeasure::centre, largest), kSide, kSide);
  both_passes(state, work);
}
BENCHMARK(distance)->ArgNames({"of_100000", "limit_m"})->ArgsProduct({{50000, 12500, 100, 1}, {0, 300}});

void distance_on_uneven_cells(benchmark::State& state) {
  DistanceBand work(DistanceKeys(9.98, 10.017, DistanceMeasure::centre), kSide, kSide);
  both_passes(state, work);
}
BENCHMARK(distance_on_uneven_cells)->ArgName("of_100000")->Arg(12500)->Arg(1);

void distance_on_lat_lon(benchmark::State& state) {
  GeographicDistanceBand work({10, 60, 2e-4, 1e-4, kSide, kSide}, Ellipsoid{}, DistanceMeasure::centre, kNoLimit);
  both_passes(state, work);
}
BENCHMARK(distance_on_lat_lon)->ArgName("of_100000")->Arg(12500)->Arg(1);

void window(benchmark::State& state, const WindowShapes& shapes) {
  const auto cells = bench::made_cells(kSide, kSide);
  ClassSet member{};
  member[1] = member[2] = true;
  MarkSums sums(shapes, kSide), known(shapes, kSide);
  std::vector<double> out(kSide);
  for (auto _ : state) {
    sums.reset(0, kSide);
    known.reset(0, kSide);
    for (std::int64_t row = 0; row < kSide; ++row) {
      mark_members({cells.data() + row * kSide, kSide}, member, sums.cells(row));
      sums.close_row(row);
      known.close_full_row(row);
    }
    MarkSums::Cursor counts(sums, 0), all(known, 0);
    for (std::int64_t row = 0; row < kSide; ++row) {
      shares(counts.move_to(row), all.move_to(row), std::span(out));
      benchmark::DoNotOptimize(out.data());
    }
  }
  per_cell(state);
}

void square_window(benchmark::State& state) {
  const auto side = static_cast<std::int32_t>(state.range(0));
  window(state, WindowShapes({{side, side, side}}, kSide));
}
BENCHMARK(square_window)->ArgName("cells")->Arg(3)->Arg(30)->Arg(120);

void disc_window(benchmark::State& state) {
  const auto radius = static_cast<double>(state.range(0));
  window(state,
         {reach_within(radius, false, kSide, true,
                       [](std::int64_t, std::int32_t down, std::int32_t across) {
                         return std::sqrt(static_cast<double>(down) * down + static_cast<double>(across) * across);
                       }),
          kSide});
}
BENCHMARK(disc_window)->ArgName("cells")->Arg(3)->Arg(30)->Arg(120);

}  // namespace
}  // namespace urbiome
