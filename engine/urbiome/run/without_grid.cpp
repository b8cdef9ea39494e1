#include "urbiome/run/without_grid.h"

#include <algorithm>

#include <fmt/format.h>

#include "urbiome/run/population_sources.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {
namespace {

constexpr double kTolerance = 1e-4;  // of the city's extent, for densified edges

MultiPolygon moved(const MultiPolygon& shape, const Transformer& transformer) {
  if (transformer.identity() || shape.empty()) return shape;
  const Point a = transformer({bounds(shape).xmin, bounds(shape).ymin}),
              b = transformer({bounds(shape).xmax, bounds(shape).ymax});
  return repaired(transformer.transform(shape, kTolerance * std::max({std::abs(b.x - a.x), std::abs(b.y - a.y), 1e-9})))
      .shape;
}

// Zones in a CRS, one Transformer for those of a layer: PROJ may search long for the way between two CRSs.
std::vector<MultiPolygon> moved(const std::vector<ZoneShape>& zones, const Crs& crs) {
  std::vector<MultiPolygon> shapes;
  std::optional<Transformer> from_zones;
  const ZoneShape* previous = nullptr;
  for (const ZoneShape& zone : zones) {
    if (previous == nullptr || previous->crs.wkt() != zone.crs.wkt()) from_zones.emplace(zone.crs, crs);
    previous = &zone;
    shapes.push_back(moved(zone.shape, *from_zones));
  }
  return shapes;
}

}  // namespace

MultiPolygon box_of_people(const std::vector<PopulationSource>& sources, const Crs& crs) {
  Box box;
  for (const PopulationSource& source : sources) {
    const Transformer transformer(source.crs, crs);
    for (const PeopleAt& item : source.items) {
      if (item.is_point)
        box.include(transformer(item.point));
      else
        box.include(bounds(moved(item.shape, transformer)));
    }
  }
  if (box.empty()) throw Error(ErrorCode::contradiction, "nobody of the population has a place", "points or polygons");
  const double margin =
      1e-9 * std::max({box.xmax - box.xmin, box.ymax - box.ymin, 1e-6});  // points on the rim are inside
  return rectangle({box.xmin - margin, box.ymin - margin, box.xmax + margin, box.ymax + margin});
}

ZoneShape city_outline(const Recipe& recipe, const std::vector<ZoneShape>& zones,
                       const std::optional<ZoneShape>& boundary, const std::vector<PopulationSource>& sources,
                       AuditLog& audit) {
  if (boundary) return *boundary;
  ZoneShape city{recipe.file, "city", recipe.city_name, recipe.city_name, {}, {}};
  if (!zones.empty()) {
    city.crs = zones[0].crs;
    city.shape = union_of(moved(zones, city.crs));
  } else if (!sources.empty()) {
    city.crs = sources[0].crs;
    city.shape = box_of_people(sources, city.crs);
    audit.note(recipe.file, "no boundary, zones or land cover: the city is the box of the population");
  } else {
    throw Error(ErrorCode::contradiction, recipe.file + " names neither land cover, boundary, zones nor population",
                "at least one of them", "urbiome init writes a recipe from layers");
  }
  return city;
}

CityWithoutGrid city_without_grid(const Recipe& recipe, const std::vector<ZoneShape>& zones,
                                  const std::optional<ZoneShape>& boundary, Executor& executor, AuditLog& audit,
                                  std::vector<PeopleAccount>& accounts) {
  std::vector<PopulationSource> sources;
  const std::vector<std::string> groups = group_names(recipe);
  for (const PopulationInput& input : recipe.population) sources.push_back(read_population(input, groups, audit));
  ZoneShape outline = city_outline(recipe, zones, boundary, sources, audit);
  CityWithoutGrid city;
  city.crs = outline.crs;
  std::vector<Zone>& out = city.landscape.zones;
  out.push_back({"city", recipe.city_name, recipe.city_name, std::move(outline.shape), {}});
  std::vector<MultiPolygon> shapes = moved(zones, city.crs);
  for (std::size_t i = 0; i < zones.size(); ++i)
    out.push_back({zones[i].level, zones[i].id, zones[i].name, std::move(shapes[i]), {}});
  if (sources.empty()) return city;
  warn_of_several(recipe, audit);

  city.people.resize(groups.size() + 1);
  for (std::size_t p = 0; p < city.people.size(); ++p)
    city.people[p] = {p == 0 ? "" : groups[p - 1], std::vector<ZonePeople::OfZone>(out.size()), false, false};
  const auto add = [&](const std::vector<double>& people, double share, std::size_t zone) {
    for (std::size_t p = 0; p < people.size(); ++p)
      city.people[p].zones[zone].residents += to_fixed_wide(people[p] * share);
  };
  for (std::size_t s = 0; s < sources.size(); ++s) {
    const PopulationSource& source = sources[s];
    PeopleAccount account{recipe.population[s].path, 0, 0, 0};
    const Transformer transformer(source.crs, city.crs);
    std::vector<double> sums(groups.size() + 1, 0);
    for (const PeopleAt& item : source.items) {
      executor.throw_if_cancelled();
      for (std::size_t p = 0; p < item.people.size(); ++p) sums[p] += item.people[p];
      account.total += item.people[0];
      double in_city = 0;
      if (item.is_point) {
        const Point at = transformer(item.point);
        for (std::size_t z = 0; z < out.size(); ++z) {
          if (!contains(out[z].shape, at)) continue;
          add(item.people, 1, z);
          if (z == 0) in_city = 1;
        }
      } else if (!item.shape.empty()) {
        const MultiPolygon shape = moved(item.shape, transformer);
        const double whole = planar_area(shape);
        for (std::size_t z = 0; z < out.size() && whole > 0; ++z) {
          if (!bounds(shape).intersects(bounds(out[z].shape))) continue;
          const double share = std::clamp(planar_area(intersection_of(shape, out[z].shape)) / whole, 0.0, 1.0);
          add(item.people, share, z);
          if (z == 0) in_city = share;
        }
      }
      account.placed += item.people[0] * in_city;
      account.outside += item.people[0] * (1 - in_city);
    }
    check_groups(recipe.population[s], sums, groups, audit);
    if (account.total > 0 && account.placed == 0) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("population {}: none of its {} people lies in the city", account.path,
                              people_text(account.total)),
                  "layers of the same place", "check the crs of both layers");
    }
    report_people(account, "in the city", "outside it or without a place", audit);
    accounts.push_back(account);
  }
  return city;
}

}  // namespace urbiome
