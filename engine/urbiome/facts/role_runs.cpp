#include "urbiome/facts/role_runs.h"

#include <algorithm>

namespace urbiome {
namespace {

// Runs of one table as each tile saw them; rows of tiles are joined when all tiles are in.
struct TileRuns {
  Window window;
  std::vector<RunTable> tables;  // one per wanted table, rows of the window
};

ClassSet members_of(const std::vector<LegendClass>& classes, std::optional<Role> role) {
  ClassSet members{};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    members[i] = classes[i].missing == Missing::no && (!role || classes[i].roles.has(*role));
  }
  return members;
}

// Joins the tiles' runs of table `which` into rows of the grid; runs that meet at a seam become one.
RunTable joined(const std::vector<TileRuns>& tiles, std::size_t which, std::int64_t grid_rows) {
  std::vector<std::vector<std::size_t>> tiles_by_first_row(static_cast<std::size_t>(grid_rows) + 1);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    tiles_by_first_row[static_cast<std::size_t>(tiles[i].window.row)].push_back(i);
  }
  RunTable table;
  std::size_t count = 0;
  for (const TileRuns& tile : tiles) count += tile.tables[which].runs.size();
  table.runs.reserve(count);
  table.offsets.reserve(static_cast<std::size_t>(grid_rows) + 1);
  std::vector<std::size_t> active;
  for (std::int64_t row = 0; row < grid_rows; ++row) {
    std::erase_if(active, [&](std::size_t i) { return tiles[i].window.row_end() <= row; });
    const auto& starting = tiles_by_first_row[static_cast<std::size_t>(row)];
    if (!starting.empty()) {
      active.insert(active.end(), starting.begin(), starting.end());
      std::sort(active.begin(), active.end(),
                [&](std::size_t a, std::size_t b) { return tiles[a].window.col < tiles[b].window.col; });
    }
    const std::size_t row_start = table.runs.size();
    for (const std::size_t i : active) {
      for (const Run& run : tiles[i].tables[which].of_row(row - tiles[i].window.row)) {
        if (table.runs.size() > row_start && table.runs.back().end == run.begin) {
          table.runs.back().end = run.end;
        } else {
          table.runs.push_back(run);
        }
      }
    }
    table.offsets.push_back(table.runs.size());
  }
  return table;
}

std::vector<Coverage> regions_of(const Landscape& landscape) {
  std::vector<Coverage> regions;
  for (const Zone& zone : landscape.zones) regions.push_back(zone.coverage);
  for (const auto& set : landscape.spaces_in_zone) regions.insert(regions.end(), set.begin(), set.end());
  return regions;
}

// The rectangle of rows and columns that any region touches.
Window touched(const std::vector<Coverage>& regions, const Grid& grid) {
  std::int64_t top = grid.height, bottom = 0, left = grid.width, right = 0;
  for (const Coverage& region : regions) {
    if (region.empty()) continue;
    top = std::min(top, region.first_row);
    bottom = std::max(bottom, region.row_end());
    for (const CellSpan& span : region.spans) {
      left = std::min<std::int64_t>(left, span.begin);
      right = std::max<std::int64_t>(right, span.end);
    }
    for (const PartialCell& cell : region.partials) {
      left = std::min<std::int64_t>(left, cell.col);
      right = std::max<std::int64_t>(right, cell.col + 1);
    }
  }
  if (top >= bottom || left >= right) return {};
  return {top, left, bottom - top, right - left};
}

Window hull(const Window& a, const Window& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  const std::int64_t row = std::min(a.row, b.row), col = std::min(a.col, b.col);
  return {row, col, std::max(a.row_end(), b.row_end()) - row, std::max(a.col_end(), b.col_end()) - col};
}

}  // namespace

Int128 ClassAreas::total(std::size_t zone) const {
  Int128 sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) sum += at(zone, i);
  return sum;
}

Int128 ClassAreas::known(std::size_t zone) const {
  Int128 sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].missing == Missing::no) sum += at(zone, i);
  }
  return sum;
}

Int128 ClassAreas::of_role(std::size_t zone, Role role) const {
  Int128 sum = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].missing == Missing::no && classes[i].roles.has(role)) sum += at(zone, i);
  }
  return sum;
}

TilePass pass_over_tiles(const Landscape& landscape, const TilePassRequest& request, Executor& executor) {
  const auto& classes = landscape.source->classes();
  const Grid& grid = landscape.grid();
  const std::vector<Coverage> regions = request.class_areas ? regions_of(landscape) : std::vector<Coverage>{};

  std::vector<ClassSet> members;
  for (const Role role : request.roles) members.push_back(members_of(classes, role));
  if (request.known) members.push_back(members_of(classes, std::nullopt));

  Window area = touched(regions, grid);
  if (!members.empty()) area = hull(area, landscape.mapped);
  const std::vector<Window> tiles = tiles_of(*landscape.source, area, executor.settings().tile_size);

  std::vector<TileRuns> tile_runs(members.empty() ? 0 : tiles.size());
  std::vector<std::optional<ClassTally>> tallies(static_cast<std::size_t>(executor.threads()));
  executor.for_each_tile(
      *landscape.source, tiles, "reading land cover",
      [&](int slot, const Window& window, std::span<const ClassIndex> cells) {
        if (!regions.empty()) {
          auto& tally = tallies[static_cast<std::size_t>(slot)];
          if (!tally) tally.emplace(regions.size(), classes.size());
          tally->consume(window, cells, regions, landscape.areas);
        }
        if (members.empty()) return;
        const auto index =
            static_cast<std::size_t>(std::lower_bound(tiles.begin(), tiles.end(), window,
                                                      [](const Window& a, const Window& b) {
                                                        return a.row != b.row ? a.row < b.row : a.col < b.col;
                                                      }) -
                                     tiles.begin());
        TileRuns& mine = tile_runs[index];
        mine.window = window;
        mine.tables.resize(members.size());
        std::int64_t bytes = 0;
        for (std::size_t which = 0; which < members.size(); ++which) {
          RunTable& table = mine.tables[which];
          for (std::int64_t row = 0; row < window.rows; ++row) {
            append_runs(
                cells.subspan(static_cast<std::size_t>(row * window.cols), static_cast<std::size_t>(window.cols)),
                members[which], static_cast<std::int32_t>(window.col), table.runs);
            table.offsets.push_back(table.runs.size());
          }
          table.runs.shrink_to_fit();
          bytes += table.bytes();
        }
        executor.memory().reserve(bytes, "the table of runs of green, natural and known cells");
      });

  TilePass result;
  result.class_areas.classes = classes;
  result.class_areas.m2_per_unit = landscape.areas.m2_per_unit();
  result.class_areas.zones = landscape.zones.size();
  result.class_areas.with_spaces = !landscape.spaces_in_zone.empty();
  if (!regions.empty()) {
    ClassTally sum(regions.size(), classes.size());
    for (const auto& tally : tallies) {
      if (tally) sum.merge(*tally);
    }
    for (std::size_t region = 0; region < regions.size(); ++region) {
      for (std::size_t i = 0; i < classes.size(); ++i) {
        result.class_areas.units.push_back(sum.area(region, i));
        result.class_areas.cell_shares.push_back(sum.share(region, i));
      }
    }
  }
  for (std::size_t which = 0; which < members.size(); ++which) {
    std::int64_t runs = 0;
    for (const TileRuns& tile : tile_runs) runs += static_cast<std::int64_t>(tile.tables[which].runs.size());
    const std::int64_t most = runs * static_cast<std::int64_t>(sizeof(Run)) +
                              (grid.height + 1) * static_cast<std::int64_t>(sizeof(std::size_t));
    executor.memory().reserve(most, "the table of runs of green, natural and known cells");  // before it is made
    RunTable table = joined(tile_runs, which, grid.height);
    for (TileRuns& tile : tile_runs) {
      executor.memory().release(tile.tables[which].bytes());
      tile.tables[which] = RunTable();
    }
    if (which < request.roles.size()) {
      result.runs.roles[static_cast<std::size_t>(request.roles[which])] = std::move(table);
    } else {
      result.runs.known = std::move(table);
    }
  }
  return result;
}

}  // namespace urbiome
