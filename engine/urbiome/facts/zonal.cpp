#include "urbiome/facts/zonal.h"

#include <cmath>
#include <memory>

#include "urbiome/kernel/region_index.h"
#include "urbiome/kernel/tally.h"

namespace urbiome {
namespace {

// What one thread reads with and adds to.
struct Seat {
  std::unique_ptr<ValueReader> values, weights;
  std::vector<double> value_cells, weight_cells;
  std::vector<std::uint32_t> wanted;
  std::unique_ptr<ZonalTally> tally;
};

std::span<const double> read_with(std::unique_ptr<ValueReader>& reader, const ValueSource& source, const Window& window,
                                  std::vector<double>& cells) {
  if (!reader) reader = source.open();
  const auto size = static_cast<std::size_t>(window.cells());
  if (cells.size() < size) cells.resize(size);
  const std::span<double> part(cells.data(), size);
  reader->read(window, part);
  return part;
}

// Tiles that no zone meets are not read.
std::vector<Window> with_zones(std::vector<Window> tiles, const RegionIndex& index) {
  std::vector<std::uint32_t> found;
  std::erase_if(tiles, [&](const Window& tile) {
    index.find(tile, found);
    return found.empty();
  });
  return tiles;
}

}  // namespace

ZonalTally zonal_sums(const ValueSource& values, const ZonalQuestion& question, Executor& executor) {
  const RegionIndex index(question.zones, values.grid().height);
  const auto tiles = with_zones(tiles_of(values, whole(values.grid()), executor.settings().tile_size), index);
  std::vector<Seat> seats(static_cast<std::size_t>(executor.threads()));
  executor.items(static_cast<std::int64_t>(tiles.size()), "summing by zone", [&](std::int64_t item) {
    const Window& window = tiles[static_cast<std::size_t>(item)];
    Seat& seat = seats[static_cast<std::size_t>(executor.current_slot())];
    index.find(window, seat.wanted);
    CellWeights weights{{}, question.areas};
    if (question.weights != nullptr)
      weights.values = read_with(seat.weights, *question.weights, window, seat.weight_cells);
    const auto cells = read_with(seat.values, values, window, seat.value_cells);
    if (!seat.tally) seat.tally = std::make_unique<ZonalTally>(question.zones.size(), question.needs);
    seat.tally->consume(window, cells, weights, question.zones, seat.wanted);
  });
  std::unique_ptr<ZonalTally> result;
  for (Seat& seat : seats) {
    if (!result) {
      result = std::move(seat.tally);
    } else if (seat.tally) {
      result->merge(*seat.tally);
    }
    seat = {};
  }
  if (!result) return ZonalTally(question.zones.size(), question.needs);
  result->settle();
  return std::move(*result);
}

ZonalTally zonal_sums_of_bytes(const TileSource& bytes, std::optional<std::uint8_t> nodata,
                               const ZonalQuestion& question, Executor& executor) {
  const RegionIndex index(question.zones, bytes.grid().height);
  const auto tiles = with_zones(tiles_of(bytes, whole(bytes.grid()), executor.settings().tile_size), index);
  const ClassTally counts = executor.tiles(
      bytes, tiles, "counting by zone", [&] { return ClassTally(question.zones.size(), kMaxClasses); },
      [&](ClassTally& partial, const Window& window, std::span<const ClassIndex> cells) {
        partial.consume(window, cells, question.zones, *question.areas);
      });
  ZonalTally result(question.zones.size(), question.needs);
  const int unit = std::ilogb(question.areas->m2_per_unit());
  for (std::size_t zone = 0; zone < question.zones.size(); ++zone) {
    for (std::size_t value = 0; value < kMaxClasses; ++value) {
      const Int128 share = counts.share(zone, value);
      if (share == 0 || (nodata && *nodata == value)) continue;
      result.add(zone, static_cast<double>(value), share, counts.area(zone, value), unit);
    }
  }
  result.settle();
  return result;
}

}  // namespace urbiome
