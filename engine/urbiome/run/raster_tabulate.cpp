#include "urbiome/run/raster_tabulate.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "urbiome/kernel/tally.h"

namespace urbiome {
namespace {

Table transitions(const TabulateRequest& request, const ClassLayer& first, const std::vector<ZoneCoverage>& zones,
                  const CellAreas& areas, Executor& executor, AuditLog& audit) {
  RasterRequest second_request = request.raster;
  second_request.path = request.second_raster;
  const ClassLayer second = open_classes(second_request, audit);
  if (!(first.source->grid() == second.source->grid())) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} and {} lie on different grids", request.raster.path, request.second_raster), "one grid",
                "warp one to the other (gdalwarp -te ... -ts ... -r near)");
  }
  const auto& from = first.source->classes();
  const auto& to = second.source->classes();
  if (from.size() * to.size() > 65536)
    throw Error(ErrorCode::contradiction, "the rasters have too many classes for a table of transitions",
                "at most 65,536 pairs", "give a legend");
  struct Pairs {
    std::vector<Int128> area, share;
    void merge(const Pairs& other) {
      for (std::size_t i = 0; i < area.size(); ++i) area[i] += other.area[i], share[i] += other.share[i];
    }
  };
  const std::size_t pair_count = from.size() * to.size();
  std::vector<std::unique_ptr<TileReader>> readers(static_cast<std::size_t>(executor.threads()));
  const auto tiles = tiles_of(*first.source, whole(first.source->grid()), executor.settings().tile_size);
  std::vector<std::unique_ptr<Pairs>> partial(readers.size());
  executor.for_each_tile(
      *first.source, tiles, "tabulating", [&](int slot, const Window& window, std::span<const ClassIndex> a) {
        const auto seat = static_cast<std::size_t>(slot);
        if (!readers[seat]) readers[seat] = second.source->open();
        if (!partial[seat])
          partial[seat] = std::make_unique<Pairs>(
              Pairs{std::vector<Int128>(zones.size() * pair_count), std::vector<Int128>(zones.size() * pair_count)});
        std::vector<ClassIndex> b(a.size());
        readers[seat]->read(window, b);
        for (std::size_t z = 0; z < zones.size(); ++z) {
          const auto add = [&](std::int64_t row, std::int64_t col, std::int64_t share) {
            const auto i = static_cast<std::size_t>((row - window.row) * window.cols + col - window.col);
            const std::size_t pair = z * pair_count + a[i] * to.size() + b[i];
            const std::int64_t area = areas.cell(row, col);
            partial[seat]->area[pair] += share == kOne ? area : scale_exactly(area, share, kOne);
            partial[seat]->share[pair] += share;
          };
          for (std::int64_t row = window.row; row < window.row_end(); ++row) {
            for (const CellSpan& span : zones[z].coverage.spans_of(row)) {
              for (std::int64_t col = std::max<std::int64_t>(span.begin, window.col);
                   col < std::min<std::int64_t>(span.end, window.col_end()); ++col)
                add(row, col, kOne);
            }
            for (const PartialCell& cell : zones[z].coverage.partials_of(row)) {
              if (cell.col >= window.col && cell.col < window.col_end()) add(row, cell.col, cell.share);
            }
          }
        }
      });
  Pairs sum{std::vector<Int128>(zones.size() * pair_count), std::vector<Int128>(zones.size() * pair_count)};
  for (const auto& p : partial) {
    if (p) sum.merge(*p);
  }
  Table table{"tabulate", {"zone_id", "class", "class_to", "cells", "area_m2"}, {}};
  for (std::size_t z = 0; z < zones.size(); ++z) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      for (std::size_t j = 0; j < to.size(); ++j) {
        const std::size_t pair = z * pair_count + i * to.size() + j;
        if (from[i].missing != Missing::no || to[j].missing != Missing::no || sum.share[pair] == 0) continue;
        table.rows.push_back({zones[z].id.empty() ? Cell{} : Cell{zones[z].id}, from[i].code, to[j].code,
                              from_fixed(sum.share[pair]), areas.to_m2(sum.area[pair])});
      }
    }
  }
  return table;
}

}  // namespace

Table tabulate(const TabulateRequest& request, Executor& executor, AuditLog& audit) {
  const ClassLayer raster = open_classes(request.raster, audit);
  const Grid& grid = raster.grid();
  CellAreas areas;
  std::vector<ZoneCoverage> zones;
  executor.items(2, "laying zones on the grid", [&](std::int64_t part) {  // side by side: neither needs the other
    if (part == 0) {
      areas = areas_of(grid, raster.crs);
    } else if (request.zones.path.empty()) {
      zones.push_back({"", cover_window(whole(grid))});
    } else {
      zones = lay_zones(grid, raster.crs, request.zones, executor, audit);
    }
  });
  if (!request.second_raster.empty()) return transitions(request, raster, zones, areas, executor, audit);

  std::vector<Coverage> regions;
  for (ZoneCoverage& zone : zones) regions.push_back(std::move(zone.coverage));
  const auto& classes = raster.source->classes();
  const auto tiles = tiles_of(*raster.source, whole(grid), executor.settings().tile_size);
  const ClassTally tally = executor.tiles(
      *raster.source, tiles, "tabulating", [&] { return ClassTally(regions.size(), classes.size()); },
      [&](ClassTally& partial, const Window& window, std::span<const ClassIndex> cells) {
        partial.consume(window, cells, regions, areas);
      });

  Table table{"tabulate", {"zone_id", "class", "cells", "area_m2"}, {}};
  for (std::size_t z = 0; z < zones.size(); ++z) {
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const Int128 share = tally.share(z, i);
      if (classes[i].missing != Missing::no || (share == 0 && request.raster.legend.empty())) continue;
      const bool whole_cells = share % kOne == 0;
      table.rows.push_back({zones[z].id.empty() ? Cell{} : Cell{zones[z].id}, classes[i].code,
                            whole_cells ? Cell{static_cast<std::int64_t>(share / kOne)} : Cell{from_fixed(share)},
                            areas.to_m2(tally.area(z, i))});
    }
  }
  return table;
}

}  // namespace urbiome
