#include "urbiome/run/raster_coverage.h"

#include <algorithm>
#include <utility>

#include "urbiome/run/raster_layer.h"

namespace urbiome {

Table coverage_table(const std::string& raster, const ZonesRequest& zones, AuditLog& audit) {
  const RasterInfo info = describe_raster(raster);
  const std::optional<Crs> crs = optional_crs(raster, info.crs, {}, audit);
  Table table{"coverage", {"zone_id", "row", "col", "share"}, {}};
  Executor executor({.threads = 1});
  for (const ZoneCoverage& zone : lay_zones(info.grid, crs, zones, executor, audit)) {
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
