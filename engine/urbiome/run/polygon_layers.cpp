#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "urbiome/run/layers.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

Crs crs_of(const std::string& path, const std::string& file_crs, const std::string& override_crs,
           const std::string& what, const std::string& remedy) {
  if (!override_crs.empty()) return Crs::parse(override_crs);
  if (file_crs.empty()) {
    throw Error(ErrorCode::contradiction, fmt::format("{} {} names no coordinate reference system", what, path), "one",
                remedy);
  }
  return Crs::parse(file_crs);
}

void note_transformation(const std::string& path, const Crs& from, const Crs& to, AuditLog& audit) {
  const Transformer transformer(from, to);
  if (transformer.identity()) return;
  const std::optional<double> accuracy = transformer.accuracy_m();
  const std::string text =
      fmt::format("comes from {} to {} by {}, {}", from.name(), to.name(), transformer.operation(),
                  accuracy ? fmt::format("good to {:g} m", *accuracy) : std::string("accuracy unknown"));
  if (accuracy && *accuracy <= 5)
    audit.note(path, text);
  else
    audit.warn(path, text);
}

namespace {

std::string types_in_words(const std::map<std::string, std::int64_t>& types) {
  std::string words;
  for (const auto& [name, count] : types) words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, name);
  return words.empty() ? "no geometry" : words;
}

}  // namespace

PolygonLayer read_polygons(const VectorRequest& request, const std::string& crs_override, const std::string& what,
                           AuditLog& audit) {
  return polygons_of(read_vector(request), crs_override, what, audit);
}

PolygonLayer polygons_of(VectorLayer layer, const std::string& crs_override, const std::string& what, AuditLog& audit) {
  for (const std::string& warning : layer.warnings) audit.warn(layer.path, warning);
  PolygonLayer result{layer.path, crs_of(layer.path, layer.crs, crs_override, what), {}, {}};
  std::int64_t mixed = 0, repaired_count = 0;
  std::string reason;
  const auto read = static_cast<std::int64_t>(layer.features.size());
  for (Feature& feature : layer.features) {
    if (feature.polygons.empty()) {
      result.without.push_back(std::move(feature));
      continue;
    }
    if (!feature.points.empty() || !feature.lines.empty()) ++mixed;
    Repair repair = repaired(feature.polygons);
    if (repair.changed) {
      ++repaired_count;
      if (reason.empty()) reason = fmt::format("feature {}: {}", feature.fid, repair.reason);
    }
    if (repair.shape.empty()) {
      result.without.push_back(std::move(feature));
      continue;
    }
    feature.polygons = std::move(repair.shape);
    result.features.push_back(std::move(feature));
  }
  if (layer.null_geometries > 0)
    audit.warn(layer.path, fmt::format("{} of {} features have no geometry (null)", layer.null_geometries, read));
  if (layer.empty_geometries > 0)
    audit.warn(layer.path, fmt::format("{} of {} features have an empty geometry", layer.empty_geometries, read));
  const std::int64_t other =
      static_cast<std::int64_t>(result.without.size()) - layer.null_geometries - layer.empty_geometries;
  if (other > 0)
    audit.warn(layer.path, fmt::format("{} of {} features hold no polygon ({}); they were left out", other, read,
                                       types_in_words(layer.geometry_types)));
  if (mixed > 0)
    audit.note(layer.path, fmt::format("points or lines beside polygons were left out in {} features", mixed));
  if (repaired_count > 0)
    audit.warn(layer.path,
               fmt::format("{} of {} geometries were invalid and repaired ({})", repaired_count, read, reason));
  if (result.features.empty()) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{} {} holds {}", what, layer.path, types_in_words(layer.geometry_types)), "polygons",
                "give a polygon layer, or turn closed lines into polygons first");
  }
  return result;
}

ForEach on_threads(Executor& executor) {
  return [&executor](std::int64_t count, const std::function<void(std::int64_t)>& body) {
    executor.parts(count, "polygons", body);
  };
}

namespace {

constexpr double kOverlap = 1e-3;  // less is how borders are drawn

// Two tables of zones with one level are meant to lie beside each other; adds levels whose tables do not.
void warn_of_tables_with_one_level(const Recipe& recipe, const std::vector<ZoneShape>& zones, Executor& executor,
                                   AuditLog& audit, std::set<std::string>& overlapping) {
  std::map<std::string, std::map<std::string, std::vector<MultiPolygon>>> tables;  // by level and path
  std::map<std::string, const Crs*> crs;
  for (const ZoneShape& zone : zones) {
    tables[zone.level][zone.path].push_back(zone.shape);
    crs[zone.path] = &zone.crs;
  }
  for (auto& [level, by_path] : tables) {
    if (by_path.size() < 2) continue;
    const Crs& common = *crs.at(by_path.begin()->first);
    std::vector<MultiPolygon> grounds;
    std::string paths;
    for (auto& [path, shapes] : by_path) {
      const Transformer transformer(*crs.at(path), common);
      MultiPolygon ground = union_of(shapes, on_threads(executor));
      const Box box = bounds(ground);
      const double tolerance = 1e-6 * std::max(box.xmax - box.xmin, box.ymax - box.ymin);
      if (!transformer.identity()) ground = repaired(transformer.transform(ground, tolerance)).shape;
      grounds.push_back(std::move(ground));
      paths += (paths.empty() ? "" : ", ") + path;
    }
    const double overlap = overlapping_area(grounds, on_threads(executor));
    const double whole = overlap > 0 ? planar_area(union_of(grounds, on_threads(executor))) : 0;
    if (whole <= 0 || overlap / whole <= kOverlap) continue;
    overlapping.insert(level);
    audit.warn(recipe.file, fmt::format("zones of {} have one level, \"{}\", and overlap on {:.3g} % of their ground: "
                                        "give each table a level of its own",
                                        paths, level, 100 * overlap / whole));
  }
}

}  // namespace

std::vector<ZoneShape> read_zones(const Recipe& recipe, Executor& executor, AuditLog& audit) {
  std::vector<ZoneShape> zones;
  std::set<std::string> overlapping;  // levels
  for (const ZonesInput& input : recipe.zones) {
    VectorRequest request{
        .path = input.path, .layer = input.layer, .columns = {input.id}, .where = {}, .x = {}, .y = {}};
    if (!input.name.empty()) request.columns.push_back(input.name);
    const PolygonLayer layer = read_polygons(request, input.provenance.crs, "zones layer", audit);
    std::map<std::string, std::vector<MultiPolygon>> parts;
    std::map<std::string, std::string> names;
    std::vector<std::string> order;
    std::int64_t nameless = 0, renamed = 0;
    for (const Feature& feature : layer.features) {
      const std::string id = text_of(feature.attributes[0]);
      if (id.empty()) {
        ++nameless;
        continue;
      }
      const std::string name = input.name.empty() ? id : text_of(feature.attributes[1]);
      if (parts.find(id) == parts.end()) {
        order.push_back(id);
        names[id] = name;
      } else if (names[id] != name) {
        ++renamed;
      }
      parts[id].push_back(feature.polygons);
    }
    if (nameless > 0) {
      audit.warn(input.path, fmt::format("{} polygons have an empty {}: they belong to no zone but count for the city",
                                         nameless, input.id));
    }
    if (order.size() < layer.features.size() - static_cast<std::size_t>(nameless)) {
      audit.note(input.path,
                 fmt::format("{} polygons share {} ids of column {}; polygons with one id are one zone",
                             layer.features.size() - static_cast<std::size_t>(nameless), order.size(), input.id));
    }
    if (renamed > 0)
      audit.warn(input.path,
                 fmt::format("{} polygons repeat an id with another name; the first name was kept", renamed));
    for (const Feature& feature : layer.without) {  // a zone all the same: its rows say no_data
      const std::string id = text_of(feature.attributes[0]);
      if (id.empty() || parts.find(id) != parts.end()) continue;
      order.push_back(id);
      names[id] = input.name.empty() ? id : text_of(feature.attributes[1]);
      parts[id] = {MultiPolygon{}};
      audit.warn("zone " + id, "has no polygon, so its rows have status no_data");
    }
    std::vector<MultiPolygon> all;
    for (const std::string& id : order) {
      const auto& shapes = parts[id];
      zones.push_back({input.path, input.level.empty() ? "zone" : input.level, id, names[id], layer.crs,
                       shapes.size() == 1 ? shapes[0] : union_of(shapes)});
      all.push_back(zones.back().shape);
    }
    const double overlap = overlapping_area(all, on_threads(executor));
    const double whole = overlap > 0 ? planar_area(union_of(all, on_threads(executor))) : 0;
    if (whole > 0 && overlap / whole > 1e-6) {
      audit.warn(input.path,
                 fmt::format("zones overlap on {:.3g} % of their ground; each counts it", 100 * overlap / whole));
    }
    if (whole > 0 && overlap / whole > kOverlap) overlapping.insert(input.level.empty() ? "zone" : input.level);
  }
  warn_of_tables_with_one_level(recipe, zones, executor, audit, overlapping);
  for (ZoneShape& zone : zones) zone.overlaps = overlapping.contains(zone.level);
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (zones[i].level == "city") {
      throw Error(ErrorCode::contradiction, "a zones level is called \"city\"", "another word",
                  "rename the level: city stands for the whole boundary");
    }
  }
  return zones;
}

std::optional<ZoneShape> read_boundary(const Recipe& recipe, AuditLog& audit) {
  if (!recipe.boundary) return std::nullopt;
  const VectorInput& input = *recipe.boundary;
  const PolygonLayer layer =
      read_polygons({.path = input.path, .layer = input.layer, .columns = {}, .where = {}, .x = {}, .y = {}},
                    input.provenance.crs, "city boundary", audit);
  std::vector<MultiPolygon> shapes;
  for (const Feature& feature : layer.features) shapes.push_back(feature.polygons);
  return ZoneShape{input.path, "city", recipe.city_name, recipe.city_name, layer.crs, union_of(shapes)};
}

}  // namespace urbiome
