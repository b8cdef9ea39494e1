// The share of every cell under every district, from the polygons' file; polygons are read anew each time.
#include "contender.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_zones.h"

namespace urbiome::versus {

void coverage(const Asked& asked) {
  AuditLog audit;
  const RasterInfo info = describe_raster(asked.path("cover.tif"));
  const std::optional<Crs> crs = optional_crs(info.path, info.crs, {}, audit);
  std::vector<ZoneCoverage> zones;
  contend(
      asked,
      [&] {
        Executor executor({.threads = asked.threads});
        zones = lay_zones(info.grid, crs, {.path = asked.path("zones.gpkg"), .id = "zone"}, executor, audit);
      },
      [&](const Answers& answers) {
        std::map<std::string, double> shares, squares;
        for (const ZoneCoverage& zone : zones) {
          double sum = 0, square = 0;
          for (const CellSpan& span : zone.coverage.spans) sum += span.end - span.begin;
          square = sum;
          for (const PartialCell& cell : zone.coverage.partials) {
            const double share = from_fixed(cell.share);
            sum += share;
            square += share * share;
          }
          shares[zone.id] = sum;
          squares[zone.id] = square;
        }
        answers.values({{"sum of shares", shares}, {"sum of squared shares", squares}});
      });
}

}  // namespace urbiome::versus
