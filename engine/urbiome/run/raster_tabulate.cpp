#include "urbiome/run/raster_tabulate.h"

#include <algorithm>
#include <memory>
#include <span>

#include <fmt/format.h>

#include "urbiome/kernel/pair_tally.h"
#include "urbiome/kernel/tally.h"

namespace urbiome {
namespace {

Table transitions(const TabulateRequest& request, const ClassLayer& first, const std::vector<std::string>& ids,
                  std::span<const Coverage> regions, const CellAreas& areas, Executor& executor, AuditLog& audit) {
  RasterRequest second_request = request.raster;
  second_request.path = request.second_raster;
  const ClassLayer second = open_classes(second_request, audit);
  require_same_grid({request.raster.path, first.grid(), first.crs}, {request.second_raster, second.grid(), second.crs});
  std::vector<std::unique_ptr<TileReader>> readers(static_cast<std::size_t>(executor.threads()));
  std::vector<std::unique_ptr<PairTally>> partials(readers.size());
  const auto tiles = tiles_of(*first.source, whole(first.grid()), executor.settings().tile_size, kLooseTileCells);
  std::vector<std::vector<ClassIndex>> buffers(readers.size());
  executor.for_each_tile(*first.source, tiles, "tabulating",
                         [&](int slot, const Window& window, std::span<const ClassIndex> cells) {
                           const auto seat = static_cast<std::size_t>(slot);
                           if (!readers[seat]) readers[seat] = second.source->open();
                           if (!partials[seat]) partials[seat] = std::make_unique<PairTally>(regions.size());
                           buffers[seat].resize(cells.size());
                           readers[seat]->read(window, buffers[seat]);
                           partials[seat]->consume(window, cells, buffers[seat], regions, areas);
                         });
  PairTally tally(regions.size());
  for (const auto& partial : partials) {
    if (partial) tally.merge(*partial);
  }
  const auto& from = first.source->classes();
  const auto& to = second.source->classes();
  Table table{"tabulate", {"zone_id", "class", "class_to", "cells", "area_m2"}, {}};
  const auto& sums = tally.sums();
  for (std::size_t z = 0; z < ids.size(); ++z) {
    for (const auto& [pair, by_region] : sums) {
      const auto i = pair / kMaxClasses, j = pair % kMaxClasses;
      const PairTally::Sum& sum = by_region[z];
      if (from[i].missing != Missing::no || to[j].missing != Missing::no || sum.share == 0) continue;
      table.rows.push_back({ids[z].empty() ? Cell{} : Cell{ids[z]}, from[i].code, to[j].code, from_fixed(sum.share),
                            areas.to_m2(sum.area)});
    }
  }
  return table;
}

// One thread's sums, and the cell areas of the rows that it is at.
struct RowsTally {
  ClassTally tally;
  std::shared_ptr<const CellAreas> areas;
  Window rows;

  const CellAreas& areas_of(const CellAreaRows& all, const Window& window) {
    if (!areas || window.row != rows.row || window.rows != rows.rows)
      areas = all.of(window.row, window.row_end()), rows = window;
    return *areas;
  }
  void merge(const RowsTally& other) { tally.merge(other.tally); }
};

}  // namespace

Table tabulate(const TabulateRequest& request, Executor& executor, AuditLog& audit) {
  const ClassLayer raster = open_classes(request.raster, audit);
  const Grid& grid = raster.grid();
  CellAreaRows areas;
  std::vector<ZoneCoverage> zones;
  executor.items(2, "laying zones on the grid", [&](std::int64_t part) {  // side by side: neither needs the other
    if (part == 0) {
      areas = area_rows_of(grid, raster.crs);
    } else if (request.zones.path.empty()) {
      zones.push_back({"", cover_window(whole(grid))});
    } else {
      zones = lay_zones(grid, raster.crs, request.zones, executor, audit);
    }
  });
  std::vector<Coverage> regions;
  std::vector<std::string> ids;
  for (ZoneCoverage& zone : zones) {
    regions.push_back(std::move(zone.coverage));
    ids.push_back(std::move(zone.id));
  }
  if (!request.second_raster.empty())
    return transitions(request, raster, ids, regions, *areas.of(0, grid.height), executor, audit);

  const auto& classes = raster.source->classes();
  const auto tiles = tiles_of(*raster.source, whole(grid), executor.settings().tile_size, kLooseTileCells);
  const RowsTally sums = executor.tiles(
      *raster.source, tiles, "tabulating",
      [&] {
        return RowsTally{{regions.size(), classes.size()}, {}, {}};
      },
      [&](RowsTally& partial, const Window& window, std::span<const ClassIndex> cells) {
        partial.tally.consume(window, cells, regions, partial.areas_of(areas, window));
      },
      [&](RowsTally& partial, const Window& window, ClassIndex constant) {
        if (classes[constant].missing != Missing::no) return;
        partial.tally.consume(window, constant, regions, partial.areas_of(areas, window));
      });
  const double m2_per_unit = areas.of(0, 1)->m2_per_unit();

  Table table{"tabulate", {"zone_id", "class", "cells", "area_m2"}, {}};
  for (std::size_t z = 0; z < ids.size(); ++z) {
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const Int128 share = sums.tally.share(z, i);
      if (classes[i].missing != Missing::no || (share == 0 && request.raster.legend.empty())) continue;
      const bool whole_cells = share % kOne == 0;
      table.rows.push_back({ids[z].empty() ? Cell{} : Cell{ids[z]}, classes[i].code,
                            whole_cells ? Cell{static_cast<std::int64_t>(share / kOne)} : Cell{from_fixed(share)},
                            static_cast<double>(sums.tally.area(z, i)) * m2_per_unit});
    }
  }
  return table;
}

}  // namespace urbiome
