#include "urbiome/run/output.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "urbiome/indicators/catalogue.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/report_page.h"
#include "urbiome/io/report_values.h"
#include "urbiome/io/space_tags.h"
#include "urbiome/io/tables.h"
#include "urbiome/io/vector_reader.h"
#include "urbiome/io/zones_writer.h"
#include "urbiome/run/api.h"
#include "urbiome/run/class_map.h"
#include "urbiome/run/lorenz.h"

namespace urbiome {
namespace {

std::string hex(const Colour& c) { return fmt::format("#{:02x}{:02x}{:02x}", c[0], c[1], c[2]); }

std::string column_name(const ResultRow& row) {
  if (!row.framework.empty()) return fmt::format("{}__{}_{}", row.indicator, row.framework, row.variant);
  return row.variant.empty() ? row.indicator : row.indicator + "__" + row.variant;
}

std::string alias_of(const ResultRow& row) {
  if (!row.framework.empty()) return fmt::format("{} {} {} ({})", row.framework, row.topic, row.variant, row.unit);
  const IndicatorSpec& spec = indicator_named(row.indicator)->spec;
  return fmt::format("{}{}{}", title_of_variant(row.indicator, std::string(spec.title), row.variant),
                     row.variant.empty() ? "" : " " + row.variant,
                     spec.unit == "1" ? "" : " (" + std::string(spec.unit) + ")");
}

// One row per zone, one column per indicator and variant of the last date; classes are left to the results layer.
ZoneFeatureTable zone_table(const Assessment& assessment) {
  const DatedLandscape& dated = assessment.dates.back();
  ZoneFeatureTable table;
  table.crs = dated.land_cover.crs.wkt();
  table.styled_column = "green_share";
  std::map<std::string, std::size_t> column;
  for (const Zone& zone : dated.landscape.zones) table.rows.push_back({zone.level, zone.id, zone.name, zone.shape, {}});
  std::map<std::pair<std::string, std::string>, std::size_t> row_of;
  for (std::size_t i = 0; i < table.rows.size(); ++i) row_of[{table.rows[i].zone_level, table.rows[i].zone_id}] = i;
  for (const ResultRow& row : assessment.results.rows) {
    if (row.date != dated.landscape.date || !row.class_code.empty() || !row.group.empty() ||
        row.indicator == "class_area_m2")
      continue;
    const std::string name = column_name(row);
    const auto [place, is_new] = column.try_emplace(name, column.size());
    if (is_new) table.columns.push_back({name, alias_of(row)});
    auto& values = table.rows[row_of.at({row.zone_level, row.zone_id})].values;
    values.resize(std::max(values.size(), place->second + 1));
    if (row.value) values[place->second] = *row.value;
  }
  for (auto& row : table.rows) row.values.resize(table.columns.size());
  return table;
}

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

// The name of an input's reference system: the recipe's, else the file's.
std::string crs_name(const std::string& path, const std::string& layer, const std::string& given) {
  const std::string text = given.empty() ? crs_wkt_of_file(path, layer) : given;
  try {
    return text.empty() ? text : Crs::parse(text).name();
  } catch (const Error&) {
    return {};  // what it means is judged where it is read
  }
}

void add_input(Json& inputs, const std::string& use, const std::string& path, const Provenance& provenance,
               bool checksums, Json more = Json::object()) {
  if (path.empty()) return;
  Json entry{{"use", use}, {"path", path}};
  entry.update(more);
  const std::string crs = crs_name(path, entry.value("layer", ""), provenance.crs);
  if (!crs.empty()) entry["crs"] = crs;
  if (!provenance.crs.empty()) entry["crs_override"] = provenance.crs;
  for (const auto& [key, text] : {std::pair{"source", &provenance.source},
                                  {"licence", &provenance.licence},
                                  {"attribution", &provenance.attribution},
                                  {"date", &provenance.date}}) {
    if (!text->empty()) entry[key] = *text;
  }
  Json files = Json::array();
  for (const std::string& file : files_of_dataset(path)) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    Json item{{"path", file}};
    if (!error) item["bytes"] = bytes;
    if (checksums && !error) item["sha256"] = sha256_of_file(file);
    files.push_back(std::move(item));
  }
  if (!files.empty()) {
    if (files[0].contains("bytes")) entry["bytes"] = files[0]["bytes"];
    if (files[0].contains("sha256")) entry["sha256"] = files[0]["sha256"];
    entry["files"] = std::move(files);
  }
  inputs.push_back(std::move(entry));
}

Json audit_json(const AuditLog& audit) {
  Json list = Json::array();
  for (const AuditEntry& entry : audit.entries()) {
    list.push_back(
        {{"severity", entry.warning ? "warning" : "note"}, {"subject", entry.subject}, {"message", entry.message}});
  }
  return list;
}

Json phases_json(const std::vector<PhaseRecord>& phases) {
  Json list = Json::array();
  for (const PhaseRecord& phase : phases) {
    list.push_back({{"phase", phase.phase},
                    {"kind", phase.kind},
                    {"date", phase.date},
                    {"facts", phase.facts},
                    {"seconds", phase.seconds},
                    {"peak_memory_mib", phase.peak_memory_mib}});
  }
  return list;
}

Json grid_json(const DatedLandscape& dated) {
  const Grid& g = dated.land_cover.source->grid();
  return {{"date", dated.landscape.date},
          {"crs", dated.land_cover.crs.name()},
          {"crs_id", dated.land_cover.crs.id()},
          {"columns", g.width},
          {"rows", g.height},
          {"cell_width", g.dx},
          {"cell_height", g.dy},
          {"origin_x", g.x0},
          {"origin_y", g.y0},
          {"legend", dated.land_cover.legend.id},
          {"blank", dated.land_cover.blank}};
}

Json classes_json(const DatedLandscape& dated) {
  Json list = Json::array();
  int order = 0;
  for (const LegendClass& entry : dated.landscape.source->classes()) {
    if (entry.missing != Missing::no) continue;
    Json roles = Json::array();
    for (int i = 0; i < kRoleCount; ++i) {
      if (entry.roles.has(static_cast<Role>(i))) roles.push_back(name_of(static_cast<Role>(i)));
    }
    list.push_back({{"code", entry.code},
                    {"name", entry.name},
                    {"colour", hex(colour_of(dated.land_cover, entry, order++))},
                    {"roles", roles}});
  }
  return list;
}

Json standards_json(const std::vector<Standard>& standards) {
  Json list = Json::array();
  for (const Standard& s : standards) {
    list.push_back({{"id", s.id},
                    {"framework", s.framework},
                    {"topic", s.topic},
                    {"title", s.title},
                    {"unit", s.unit},
                    {"evidence", name_of(s.evidence)},
                    {"source", s.source}});
  }
  return list;
}

Json run_json(const Assessment& assessment, bool checksums) {
  const Recipe& recipe = assessment.recipe;
  Json indicators_list = Json::array();
  for (const Indicator* indicator : indicators()) {
    const IndicatorSpec& s = indicator->spec;
    indicators_list.push_back({{"id", s.id},
                               {"title", s.title},
                               {"unit", s.unit},
                               {"definition", s.definition},
                               {"needs", s.needs},
                               {"evidence", name_of(s.evidence)},
                               {"source", s.source}});
  }
  const Json inputs = inputs_of(recipe, checksums);
  Json attributions = Json::array();
  for (const Json& input : inputs) {
    if (input.contains("attribution") &&
        std::find(attributions.begin(), attributions.end(), input["attribution"]) == attributions.end())
      attributions.push_back(input["attribution"]);
  }
  Json people = Json::array();
  for (const PeopleAccount& a : assessment.people)
    people.push_back({{"path", a.path}, {"total", a.total}, {"placed", a.placed}, {"outside", a.outside}});
  Json grids = Json::array();
  for (const DatedLandscape& dated : assessment.dates) {
    if (dated.land_cover.source != nullptr) grids.push_back(grid_json(dated));
  }
  Json json;
  json["urbiome"] = {{"version", version()}};
  json["libraries"] = library_versions();
  json["city"] = {{"name", recipe.city_name}, {"country", recipe.country}};
  json["finished"] = now_utc();
  json["recipe_file"] = std::filesystem::absolute(recipe.file).lexically_normal().string();
  json["recipe"] = recipe_to_json(recipe);
  json["parameters"] = json["recipe"].contains("parameters") ? json["recipe"]["parameters"] : Json::object();
  json["inputs"] = inputs;
  json["grids"] = grids;
  json["people"] = people;
  json["phases"] = phases_json(assessment.results.phases);
  json["audit"] = audit_json(assessment.results.audit);
  json["attributions"] = attributions;
  json["indicators"] = indicators_list;
  json["standards"] = standards_json(assessment.standards);
  json["maps"] = Json::object();
  if (const auto& map = assessment.dates.back().access_map) json["maps"]["access"] = access_map_json(*map);
  json["classes"] =
      assessment.dates.back().land_cover.source == nullptr ? Json::array() : classes_json(assessment.dates.back());
  return json;
}

}  // namespace

Json inputs_of(const Recipe& recipe, bool checksums) {
  Json inputs = Json::array();
  const auto of_layer = [](const std::string& layer) {
    return layer.empty() ? Json::object() : Json{{"layer", layer}};
  };
  if (recipe.boundary) {
    add_input(inputs, "boundary", recipe.boundary->path, recipe.boundary->provenance, checksums,
              of_layer(recipe.boundary->layer));
  }
  for (const ZonesInput& input : recipe.zones) {
    Json more = of_layer(input.layer);
    more["id"] = input.id;
    add_input(inputs, "zones", input.path, input.provenance, checksums, std::move(more));
  }
  for (const LandCoverInput& input : recipe.land_cover) {
    add_input(inputs, "land_cover", input.path, input.provenance, checksums, {{"legend", input.legend}});
    for (const auto& [name, band] : input.bands) {
      if (band.path != input.path) add_input(inputs, "land_cover band " + name, band.path, input.provenance, checksums);
    }
  }
  for (const GreenSpacesInput& input : recipe.green_spaces) {
    Json more = of_layer(input.layer);
    if (!input.tags.empty()) more["tags"] = input.tags;
    add_input(inputs, "green_spaces", input.path, input.provenance, checksums, std::move(more));
    if (!SpaceTags::is_shipped(input.tags)) add_input(inputs, "tags", input.tags, {}, checksums);
    add_input(inputs, "entrances", input.entrances, input.provenance, checksums);
  }
  for (const PopulationInput& input : recipe.population) {
    add_input(inputs, "population", input.path, input.provenance, checksums, of_layer(input.layer));
    add_input(inputs, "population table", input.table, input.provenance, checksums);
    for (const auto& [group, bands] : input.group_bands) {
      for (const BandInput& band : bands) {
        if (band.path != input.path) add_input(inputs, "group " + group, band.path, input.provenance, checksums);
      }
    }
  }
  if (recipe.streets) {
    add_input(inputs, "streets", recipe.streets->path, recipe.streets->provenance, checksums,
              of_layer(recipe.streets->layer));
    add_input(inputs, "walkable", recipe.streets->walkable, {}, checksums);
  }
  add_input(inputs, "standards", recipe.frameworks.standards, {}, checksums);
  for (const auto& [name, input] : recipe.layers)
    add_input(inputs, "layer " + name, input.path, input.provenance, checksums, of_layer(input.layer));
  return inputs;
}

void keep_apart(const std::string& out, const Recipe& recipe) {
  std::vector<std::string> files;
  if (std::filesystem::path(recipe.file).extension() != ".json") files.push_back(recipe.file);
  for (const Json& input : inputs_of(recipe, false)) files.push_back(input.value("path", ""));
  for (const LandCoverInput& input : recipe.land_cover) files.push_back(input.legend);
  std::erase(files, std::string{});
  keep_apart(out, files);
}

std::vector<std::string> changed_inputs(const Json& run) {
  std::vector<std::string> changes;
  for (const Json& input : run.value("inputs", Json::array())) {
    for (const Json& file : input.value("files", Json::array())) {
      const std::string path = file.value("path", "");
      if (!file.contains("sha256")) continue;
      std::error_code error;
      if (!std::filesystem::exists(path, error)) {
        changes.push_back(path + " is no longer there");
      } else if (sha256_of_file(path) != file.value("sha256", "")) {
        changes.push_back(path + " has changed since");
      }
    }
  }
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  return changes;
}

void write_output(const Assessment& assessment, OutputFolder& folder, const OutputOptions& options,
                  Executor& executor) {
  const Table table = results_table(assessment.results);
  const auto tables = [&] {
    write_csv(folder.path("results.csv"), table);
    write_json(folder.path("results.json"), table_to_json(table));
    if (!options.only_results && !assessment.results.lorenz.empty())
      write_csv(folder.path("lorenz.csv"), lorenz_table(assessment.results.lorenz));
    if (!options.only_results) write_xlsx(folder.path("results.xlsx"), {table});
  };
  const auto layers = [&] {  // what asks for the words of a CRS: not from two threads at once
    if (!options.only_results) write_zones_geopackage(folder.path("zones.gpkg"), zone_table(assessment), table);
    for (std::size_t i = 0; !options.only_results && i < assessment.dates.size(); ++i) {
      const bool last = i + 1 == assessment.dates.size();
      const std::string& date = assessment.dates[i].landscape.date;
      const std::string name = date.empty() ? std::to_string(i + 1) : date;
      write_class_map(assessment.dates[i], folder.path(last ? "maps/classes.tif" : "maps/classes_" + name + ".tif"));
    }
    const DatedLandscape& last = assessment.dates.back();
    if (!options.only_results && last.access_map)
      write_access_map(*last.access_map, last.landscape, last.land_cover.crs, folder.path("maps/access.tif"));
    write_json(folder.path("run.json"), run_json(assessment, options.checksums));
  };
  executor.parts(2, "the files of the output folder", [&](std::int64_t i) { i == 0 ? tables() : layers(); });
  if (!options.only_results) write_report(folder.staging());
}

}  // namespace urbiome
