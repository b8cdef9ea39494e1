#include "urbiome/run/cautions.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/exact.h"
#include "urbiome/run/population_sources.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kSliverCells = 1e-3;  // a zone of less ground is noise of its outline

void warn_of_small_zones(const Landscape& landscape, const std::string& level, AuditLog& audit) {
  const double cell_area = landscape.grid().dx * landscape.grid().dy;
  std::vector<std::string> slivers;
  for (const Zone& zone : landscape.zones) {
    if (zone.level != level) continue;
    if (zone.coverage.empty())
      audit.warn("zone " + zone.id, "covers no cell");
    else if (planar_area(zone.shape) < kSliverCells * cell_area)
      slivers.push_back(zone.id);
  }
  if (slivers.empty()) return;
  audit.warn("level " + level,
             fmt::format("{} zones are slivers of less than a thousandth of a cell, and their figures mean nothing: {}",
                         slivers.size(), fmt::join(slivers, ", ")));
}

// A constant offset moves all four sides of the box alike.
void warn_of_offset(const Landscape& landscape, const std::string& level, AuditLog& audit) {
  const Box a = bounds(landscape.zones[0].shape);
  Box b;
  for (const Zone& zone : landscape.zones) {
    if (zone.level == level && !zone.shape.empty()) b.include(bounds(zone.shape));
  }
  if (b.empty()) return;
  const double dx = ((b.xmin - a.xmin) + (b.xmax - a.xmax)) / 2, dy = ((b.ymin - a.ymin) + (b.ymax - a.ymax)) / 2;
  const double wobble = std::hypot((b.xmax - a.xmax) - (b.xmin - a.xmin), (b.ymax - a.ymax) - (b.ymin - a.ymin));
  const double shift = std::hypot(dx, dy), cell = std::min(landscape.grid().dx, landscape.grid().dy);
  if (shift <= 2 * cell || wobble >= 0.1 * shift) return;
  audit.warn("level " + level, fmt::format("zones lie {:.3g}, {:.3g} map units from the city boundary on every "
                                           "side: a constant offset, as from a wrong datum",
                                           dx, dy));
}

}  // namespace

void describe_land_cover(const LandCoverLayer& layer, const Landscape& landscape, const ClassAreas& areas,
                         AuditLog& audit) {
  const std::string& path = layer.info.path;
  const Grid& grid = layer.source->grid();
  if (layer.blank) {
    return audit.note(path,
                      fmt::format("{} x {} cells of {:g} x {:g} in {}; no land cover: rows of the land have status "
                                  "no_data",
                                  grid.width, grid.height, grid.dx, grid.dy, layer.crs.name()));
  }
  audit.note(path,
             fmt::format("{} x {} cells of {:g} x {:g} in {} {}, legend {}", grid.width, grid.height, grid.dx, grid.dy,
                         layer.crs.name(), layer.crs.id(), layer.legend.id.empty() ? "none" : layer.legend.id));
  if (!layer.crs.is_geographic()) {
    const Box box = bounds(landscape.zones[0].shape);
    const double off = linear_distortion(layer.crs, {(box.xmin + box.xmax) / 2, (box.ymin + box.ymax) / 2});
    audit.note(
        path,
        fmt::format("lengths on the map are {:.3g} % off in the middle of the city; areas are taken on the ellipsoid",
                    100 * off));
  }
  const double whole = static_cast<double>(areas.total(0));
  if (whole <= 0) return;
  double nodata = 0, unknown = 0;
  std::string absent;
  for (std::size_t i = 0; i < areas.classes.size(); ++i) {
    const double share = static_cast<double>(areas.at(0, i)) / whole;
    const LegendClass& entry = areas.classes[i];
    if (entry.missing == Missing::nodata)
      nodata += share;
    else if (entry.missing == Missing::unknown)
      unknown += share;
    else if (share == 0)
      absent += (absent.empty() ? "" : ", ") + entry.code;
  }
  if (nodata > 1e-9) audit.warn(path, fmt::format("{:.3g} % of the city is outside the survey (nodata)", 100 * nodata));
  if (unknown > 1e-9) audit.warn(path, fmt::format("{:.3g} % of the city is not classified (unknown)", 100 * unknown));
  if (!absent.empty()) audit.note(path, "classes of the legend that do not occur in the city: " + absent);
}

void warn_of_odd_zones(const Landscape& landscape, AuditLog& audit) {
  for (const std::string& level : levels_of(landscape)) {
    warn_of_small_zones(landscape, level, audit);
    warn_of_offset(landscape, level, audit);
  }
}

void note_people_beyond_city(const ZonePeople& people, const std::vector<PeopleAccount>& accounts, AuditLog& audit) {
  double placed = 0;
  for (const PeopleAccount& account : accounts) placed += account.placed;
  const double in_city = from_fixed(people.zones[0].residents), beyond = placed - in_city;
  if (beyond <= 1e-9 * placed) return;
  audit.note("population",
             fmt::format("{} of the {} people on the grid live outside the city, which has {}: zones that reach beyond "
                         "the city count those on their own ground",
                         people_text(beyond), people_text(placed), people_text(in_city)));
}

}  // namespace urbiome
