#include "urbiome/run/raster_tools.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "urbiome/facts/role_runs.h"
#include "urbiome/io/legends.h"
#include "urbiome/run/layers.h"
#include "urbiome/vector/cell_area.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

std::optional<Crs> optional_crs(const std::string& path, const std::string& file_crs, const std::string& override_crs,
                                AuditLog& audit) {
  if (!override_crs.empty()) return Crs::parse(override_crs);
  if (!file_crs.empty()) return Crs::parse(file_crs);
  audit.warn(path, "names no coordinate reference system; its unit is taken as the metre");
  return std::nullopt;
}

CellAreas areas_of(const Grid& grid, const std::optional<Crs>& crs) {
  return crs ? make_cell_areas(grid, *crs) : planar_cell_areas(grid);
}

struct NamedCoverage {
  std::string id;
  Coverage coverage;
};

// Zones on the raster's grid. Without an id column every feature is a zone, named by its number.
std::vector<NamedCoverage> lay_zones(const Grid& grid, const std::optional<Crs>& crs, const std::string& path,
                                     const std::string& layer, const std::string& id, bool by_centre,
                                     Executor& executor, AuditLog& audit) {
  VectorRequest request{.path = path, .layer = layer, .columns = {}, .where = {}, .x = {}, .y = {}};
  if (!id.empty()) request.columns.push_back(id);
  bool has_crs = false;
  for (const LayerDescription& d : describe_vector(path))
    has_crs = has_crs || ((layer.empty() || d.name == layer) && !d.crs.empty());
  if (!has_crs && crs) audit.warn(path, "names no coordinate reference system; the raster's is taken");
  // Where one side has no CRS both are taken to share one, whatever it is.
  const std::string same = crs ? crs->wkt() : "EPSG:3857";
  const PolygonLayer polygons = read_polygons(request, has_crs ? std::string{} : same, "zones layer", audit);
  std::vector<NamedCoverage> zones;
  std::vector<std::string> order;
  std::vector<std::vector<MultiPolygon>> parts;
  for (const Feature& feature : polygons.features) {
    const std::string name = id.empty() ? std::to_string(feature.fid) : text_of(feature.attributes[0]);
    if (name.empty()) continue;
    const auto place = std::find(order.begin(), order.end(), name);
    if (place == order.end()) {
      order.push_back(name);
      parts.push_back({feature.polygons});
    } else {
      parts[static_cast<std::size_t>(place - order.begin())].push_back(feature.polygons);
    }
  }
  zones.resize(order.size());
  executor.items(static_cast<std::int64_t>(order.size()), "laying zones on the grid", [&](std::int64_t item) {
    const auto i = static_cast<std::size_t>(item);
    MultiPolygon shape = parts[i].size() == 1 ? parts[i][0] : union_of(parts[i]);
    if (crs && has_crs) {
      const Transformer transformer(polygons.crs, *crs);
      if (!transformer.identity())
        shape = repaired(transformer.transform(shape, 1e-3 * std::min(grid.dx, grid.dy))).shape;
    }
    if (crs && crs->is_geographic()) shape = beside_antimeridian(std::move(shape), grid);
    zones[i] = {order[i], by_centre ? cover_centres(shape, grid) : cover_exactly(shape, grid)};
  });
  return zones;
}

LandCoverRaster open(const TabulateRequest& request, const std::string& path) {
  LandCoverInput input;
  input.path = path;
  input.band = request.band;
  input.legend = request.legend;
  input.unlisted_is_unknown = request.unlisted_is_unknown;
  return open_land_cover(input, false);
}

Table transitions(const TabulateRequest& request, const LandCoverRaster& first, const std::vector<NamedCoverage>& zones,
                  const CellAreas& areas, Executor& executor) {
  const LandCoverRaster second = open(request, request.second_raster);
  if (!(first.source->grid() == second.source->grid())) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} and {} lie on different grids", request.raster, request.second_raster), "one grid",
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
  const LandCoverRaster raster = open(request, request.raster);
  for (const std::string& warning : raster.info.warnings) audit.warn(request.raster, warning);
  const Grid& grid = raster.source->grid();
  const std::optional<Crs> crs = optional_crs(request.raster, raster.info.crs, request.crs, audit);
  CellAreas areas;
  std::vector<NamedCoverage> zones;
  executor.items(2, "laying zones on the grid", [&](std::int64_t part) {  // side by side: neither needs the other
    if (part == 0) {
      areas = areas_of(grid, crs);
    } else if (request.zones.empty()) {
      zones.push_back({"", cover_window(whole(grid))});
    } else {
      zones =
          lay_zones(grid, crs, request.zones, request.zones_layer, request.zone_id, request.by_centre, executor, audit);
    }
  });
  if (!request.second_raster.empty()) return transitions(request, raster, zones, areas, executor);

  std::vector<Coverage> regions;
  for (NamedCoverage& zone : zones) regions.push_back(std::move(zone.coverage));
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
      if (classes[i].missing != Missing::no || (share == 0 && request.legend.empty())) continue;
      const bool whole_cells = share % kOne == 0;
      table.rows.push_back({zones[z].id.empty() ? Cell{} : Cell{zones[z].id}, classes[i].code,
                            whole_cells ? Cell{static_cast<std::int64_t>(share / kOne)} : Cell{from_fixed(share)},
                            areas.to_m2(tally.area(z, i))});
    }
  }
  return table;
}

Table coverage_table(const std::string& raster, const std::string& zones_path, const std::string& layer,
                     const std::string& zone_id, bool by_centre, AuditLog& audit) {
  const RasterInfo info = describe_raster(raster);
  const std::optional<Crs> crs = optional_crs(raster, info.crs, {}, audit);
  Table table{"coverage", {"zone_id", "row", "col", "share"}, {}};
  Executor executor({.threads = 1});
  for (const NamedCoverage& zone : lay_zones(info.grid, crs, zones_path, layer, zone_id, by_centre, executor, audit)) {
    for (std::int64_t row = zone.coverage.first_row; row < zone.coverage.row_end(); ++row) {
      std::vector<std::pair<std::int32_t, double>> cells;
      for (const CellSpan& span : zone.coverage.spans_of(row)) {
        for (std::int32_t col = span.begin; col < span.end; ++col) cells.emplace_back(col, 1.0);
      }
      for (const PartialCell& cell : zone.coverage.partials_of(row))
        cells.emplace_back(cell.col, from_fixed(cell.share));
      std::sort(cells.begin(), cells.end());
      for (const auto& [col, share] : cells) table.rows.push_back({zone.id, row, std::int64_t{col}, share});
    }
  }
  return table;
}

}  // namespace urbiome
