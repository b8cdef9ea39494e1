// Runs, patches and neighbours on one thread, from class bytes in memory.
#include <benchmark/benchmark.h>

#include "made_cells.h"
#include "urbiome/kernel/adjacency.h"
#include "urbiome/kernel/label.h"
#include "urbiome/kernel/mask.h"

namespace urbiome {
namespace {

constexpr std::int64_t kRows = 512, kCols = 4096;

void per_byte(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * kRows * kCols);
  state.SetItemsProcessed(state.iterations() * kRows * kCols);
}

ClassSet first_classes(int count) {
  ClassSet set{};
  for (int i = 0; i < count; ++i) set[static_cast<std::size_t>(i)] = true;
  return set;
}

std::span<const ClassIndex> row_of(const std::vector<ClassIndex>& cells, std::int64_t row) {
  return {cells.data() + row * kCols, static_cast<std::size_t>(kCols)};
}

void member_masks(benchmark::State& state) {
  const auto cells = bench::made_cells(kRows, kCols);
  const ClassSet set = first_classes(3);
  std::vector<std::uint64_t> bits(mask_words(kCols));
  for (auto _ : state) {
    for (std::int64_t row = 0; row < kRows; ++row) member_bits(row_of(cells, row), set, bits);
    benchmark::DoNotOptimize(bits.data());
  }
  per_byte(state);
}
BENCHMARK(member_masks);

void role_runs(benchmark::State& state) {
  const auto cells = bench::made_cells(kRows, kCols);
  const ClassSet set = first_classes(3);
  std::vector<Run> runs;
  for (auto _ : state) {
    for (std::int64_t row = 0; row < kRows; ++row) {
      runs.clear();
      append_runs(row_of(cells, row), set, 0, runs);
    }
    benchmark::DoNotOptimize(runs.data());
  }
  per_byte(state);
}
BENCHMARK(role_runs);

void all_class_runs(benchmark::State& state) {
  const auto cells = bench::made_cells(kRows, kCols);
  ClassRuns runs;
  for (auto _ : state) {
    for (std::int64_t row = 0; row < kRows; ++row) class_runs(row_of(cells, row), 0, runs);
    benchmark::DoNotOptimize(runs.begins.data());
  }
  per_byte(state);
}
BENCHMARK(all_class_runs);

// Patches with counts, boxes and areas; `segments` of cell areas to a row, 0: areas follow from counts.
void label_band(benchmark::State& state) {
  const auto cells = bench::made_cells(kRows, kCols);
  const bool by_class = state.range(0) != 0;
  const auto areas = bench::made_areas(kRows, std::max<std::int64_t>(state.range(2), 1), kCols);
  PatchMeasures measures;
  if (state.range(2) > 0) measures.areas = &areas;
  BandLabeller labeller({static_cast<int>(state.range(1)), by_class, first_classes(by_class ? 8 : 3)}, measures, false);
  for (auto _ : state) {
    labeller.label(cells, kCols, 0, std::int64_t{1} << 40);
    benchmark::DoNotOptimize(labeller.count());
  }
  per_byte(state);
}
BENCHMARK(label_band)
    ->ArgNames({"by_class", "directions", "segments"})
    ->Args({0, 8, 0})
    ->Args({0, 4, 0})
    ->Args({0, 8, 4})
    ->Args({1, 8, 0})
    ->Args({1, 4, 0})
    ->Args({1, 8, 4});

void paint_patches(benchmark::State& state) {
  const auto cells = bench::made_cells(kRows, kCols);
  BandLabeller labeller({8, true, first_classes(8)}, {}, true);
  labeller.label(cells, kCols, 0, std::int64_t{1} << 40);
  std::vector<std::uint32_t> ids(static_cast<std::size_t>(labeller.count()), 1), line(kCols);
  for (auto _ : state) {
    for (std::int64_t row = 0; row < kRows; ++row) labeller.paint<std::uint32_t>(row, ids, 0, line);
    benchmark::DoNotOptimize(line.data());
  }
  per_byte(state);
}
BENCHMARK(paint_patches);

void neighbour_pairs(benchmark::State& state) {
  const auto cells = bench::made_cells(kRows, kCols);
  const std::vector<CellSpan> whole_row{{0, kCols}};
  for (auto _ : state) {
    PairCounts counts(8);
    for (std::int64_t row = 0; row + 1 < kRows; ++row) {
      add_pairs_in_row(row_of(cells, row), whole_row, counts);
      add_pairs_below(row_of(cells, row), whole_row, row_of(cells, row + 1), whole_row,
                      static_cast<int>(state.range(0)), counts);
    }
    benchmark::DoNotOptimize(counts.both_ways(0, 1));
  }
  per_byte(state);
}
BENCHMARK(neighbour_pairs)->ArgName("directions")->Arg(4)->Arg(8);

}  // namespace
}  // namespace urbiome
