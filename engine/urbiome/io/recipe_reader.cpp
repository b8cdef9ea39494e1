// Recipe from JSON: the keys of the contract, one function a table.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include "urbiome/io/legends.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/io/recipe.h"
#include "urbiome/io/recipe_table.h"

namespace urbiome {
namespace {

constexpr double kMostMetres = 100000;  // beyond 100 km nothing is near
constexpr int kMostBands = 1000000;

const std::vector<std::string> kLayerNames = {"elevation", "night_light",   "noise",   "protected",   "restored",
                                              "degraded",  "shore",         "species", "pm25",        "trees",
                                              "buildings", "barriers",      "income",  "residential", "built_fraction",
                                              "land",      "points_sampled"};

Provenance read_provenance(RecipeTable& table) {
  Provenance provenance;
  provenance.source = table.text("source");
  provenance.licence = table.text("licence");
  provenance.attribution = table.text("attribution");
  provenance.date = table.date("date");
  provenance.crs = table.text("crs");
  return provenance;
}

int read_band(RecipeTable& table, const std::string& key, int fallback) {
  return static_cast<int>(table.whole(key, fallback, 1, kMostBands));
}

VectorInput read_vector_input(RecipeTable table) {
  VectorInput input;
  input.path = table.required_path("path");
  input.layer = table.text("layer");
  input.provenance = read_provenance(table);
  table.finish();
  return input;
}

void read_city(RecipeTable& root, Recipe& recipe) {
  std::optional<RecipeTable> city = root.table("city");
  if (!city) throw root.wrong("city", "is missing", "a table [city] with a name", "add [city] name = \"...\"");
  recipe.city_name = city->required_text("name", "the city's name");
  recipe.country = city->text("country");
  if (const Json* boundary = city->raw("boundary")) {
    if (boundary->is_string()) {
      recipe.boundary.emplace().path = city->required_path("boundary");
    } else if (boundary->is_object()) {
      recipe.boundary = read_vector_input(*city->table("boundary"));
    } else {
      throw city->wrong_value("boundary", "a path, or a table { path, layer, crs }");
    }
  }
  city->finish();
}

ZonesInput read_zones(RecipeTable table) {
  ZonesInput input;
  input.path = table.required_path("path");
  input.layer = table.text("layer");
  input.name = table.text("name");
  input.id = table.text("id");
  if (input.id.empty()) input.id = input.name;  // names may serve as ids
  if (input.id.empty()) throw table.wrong("id", "is missing", "the column that identifies a zone", "add id = \"...\"");
  input.level = table.text("level");
  if (input.level.empty()) input.level = "zone";
  input.provenance = read_provenance(table);
  table.finish();
  if (input.level == "city") throw table.wrong_value("level", "another word", "the level city is the whole city");
  return input;
}

// A legend is a shipped id or a file; what looks like neither is a misspelt id.
std::string read_legend(RecipeTable& table) {
  const std::string legend = table.text("legend");
  const std::vector<std::string> shipped = shipped_legends();
  if (legend.empty() || std::find(shipped.begin(), shipped.end(), legend) != shipped.end()) return legend;
  std::error_code ignored;
  const std::string path = table.resolved(legend);
  if (legend.find_first_of("./\\") == std::string::npos && !std::filesystem::exists(path, ignored)) {
    throw table.wrong_value("legend", "a csv file, or one of " + listed(shipped), did_you_mean(legend, shipped));
  }
  return path;
}

// A band as a number of `path`, a file, or a table of both.
BandInput read_band_input(RecipeTable& table, const std::string& key, const std::string& path) {
  const Json* value = table.raw(key);
  BandInput input;
  if (value->is_string()) {
    input.path = table.required_path(key);
  } else if (value->is_object()) {
    RecipeTable inner = *table.table(key);
    input.path = inner.path("path");
    input.band = read_band(inner, "band", 1);
    inner.finish();
    if (input.path.empty()) input.path = path;
  } else if (value->is_number_integer()) {
    input.path = path;
    input.band = read_band(table, key, 1);
  } else {
    throw table.wrong_value(key, "a band number, a path, or a table { path, band }");
  }
  if (input.path.empty()) throw table.wrong_value(key, "a path, because the land cover has none", "add path = \"...\"");
  return input;
}

void read_bands(RecipeTable& table, LandCoverInput& input) {
  std::optional<RecipeTable> bands = table.table("bands");
  input.ndvi_min = table.optional_number("ndvi_min", -1e9, 1e9);
  input.ndwi_min = table.optional_number("ndwi_min", -1e9, 1e9);
  if (!bands) {
    if (input.ndvi_min || input.ndwi_min) {
      throw table.wrong(input.ndvi_min ? "ndvi_min" : "ndwi_min", "is given without bands",
                        "bands = { red = 3, nir = 4 }", "add bands");
    }
    return;
  }
  for (const char* name : {"red", "nir", "green", "ndvi", "ndwi"}) {
    if (bands->raw(name) != nullptr) input.bands[name] = read_band_input(*bands, name, input.path);
  }
  bands->finish();
  const auto given = [&](const char* name) { return input.bands.count(name) > 0; };
  if (!input.ndvi_min)
    throw table.wrong("ndvi_min", "is missing", "the NDVI above which a cell is green", "add ndvi_min = 0.2");
  if (!given("ndvi") && !(given("red") && given("nir"))) {
    throw table.wrong("bands", "lacks what NDVI needs", "red and nir, or ndvi");
  }
  if (input.ndwi_min && !given("ndwi") && !(given("green") && given("nir"))) {
    throw table.wrong("bands", "lacks what NDWI needs", "green and nir, or ndwi", "add a band or leave ndwi_min out");
  }
  for (const char* key : {"band", "class_column", "legend", "resolution_m"}) {
    if (table.has(key))
      throw table.wrong(key, "is given beside bands", "one of the two", "classes of bands come from thresholds");
  }
}

LandCoverInput read_land_cover(RecipeTable table) {
  LandCoverInput input;
  input.path = table.path("path");
  input.band = read_band(table, "band", 1);
  input.class_column = table.text("class_column");
  input.resolution_m = table.number("resolution_m", 10, 0.01, kMostMetres);
  input.legend = read_legend(table);
  input.unlisted_is_unknown = table.choice("unlisted", {"error", "unknown"}) == "unknown";
  input.accuracy = table.path("accuracy");
  input.provenance = read_provenance(table);
  read_bands(table, input);
  table.finish();
  if (!input.bands.empty()) return input;
  if (input.path.empty()) throw table.wrong("path", "is missing", "a path", "add path = \"...\"");
  if (input.class_column.empty() && table.has("resolution_m")) {
    throw table.wrong("resolution_m", "is given for a raster", "polygons with class_column", "leave it out");
  }
  if (!input.class_column.empty() && table.has("band")) {
    throw table.wrong("band", "is given beside class_column", "one of the two",
                      "band is for rasters, class_column for polygons");
  }
  if (input.legend.empty()) {
    throw table.wrong("legend", "is missing", "a csv file, or one of " + listed(shipped_legends()),
                      "add legend = \"...\"");
  }
  return input;
}

GreenSpacesInput read_green_spaces(RecipeTable table) {
  GreenSpacesInput input;
  input.path = table.required_path("path");
  input.layer = table.text("layer");
  input.role = table.choice("role", {"green", "blue"}) == "blue" ? Role::blue : Role::green;
  input.public_where = table.text("public");
  input.private_where = table.text("private");
  input.entrances = table.path("entrances");
  input.provenance = read_provenance(table);
  table.finish();
  return input;
}

StreetsInput read_streets(RecipeTable table) {
  StreetsInput input;
  input.path = table.required_path("path");
  input.layer = table.text("layer");
  input.walkable = table.path("walkable");
  input.widths = table.path("widths");
  input.provenance = read_provenance(table);
  table.finish();
  return input;
}

// groups = { women = "V020" | 3 | [3, 4] | { path, band } }
void read_groups(RecipeTable groups, PopulationInput& input) {
  for (const std::string& name : groups.keys()) {
    const Json& value = *groups.raw(name);
    if (name.empty()) throw groups.wrong(name, "has a group without a name", "a name");
    if (value.is_string()) {
      input.group_columns[name] = groups.required_text(name, "a column");
      continue;
    }
    std::vector<BandInput>& bands = input.group_bands[name];
    if (value.is_array() && !value.empty()) {
      for (std::size_t i = 0; i < value.size(); ++i) {  // each member as if it stood alone
        const std::string key = fmt::format("{}[{}]", name, i + 1);
        const Json member = Json::object({{key, value[i]}});
        RecipeTable alone(member, groups.place_of(""), groups.source());
        if (value[i].is_string()) throw groups.wrong_value(name, "band numbers or tables { path, band }");
        bands.push_back(read_band_input(alone, key, input.path));
        const auto same = [&](const BandInput& b) {
          return b.path == bands.back().path && b.band == bands.back().band;
        };
        if (std::ranges::count_if(bands, same) > 1) throw groups.wrong_value(name, "each band once");
      }
    } else if (value.is_object() || value.is_number_integer()) {
      bands.push_back(read_band_input(groups, name, input.path));
    } else {
      throw groups.wrong_value(name, "a column, a list of band numbers, or a table { path, band }");
    }
  }
}

PopulationInput read_population(RecipeTable table) {
  PopulationInput input;
  input.path = table.required_path("path");
  input.layer = table.text("layer");
  input.column = table.text("column");
  if (table.raw("band") != nullptr) input.band = read_band(table, "band", 1);
  input.table = table.path("table");
  input.key = table.text("key");
  input.x = table.text("x");
  input.y = table.text("y");
  input.spread_built = table.choice("spread", {"uniform", "built"}) == "built";
  input.provenance = read_provenance(table);
  if (std::optional<RecipeTable> groups = table.table("groups")) read_groups(*groups, input);
  table.finish();
  const std::string counts = "column, or band, or table with key and column";
  if (input.band > 0 && !(input.column.empty() && input.table.empty())) {
    throw table.wrong("band", "is given beside column or table", "one of " + counts);
  }
  if (input.table.empty() != input.key.empty()) {
    throw table.wrong(input.key.empty() ? "key" : "table", "is missing", "table and key together");
  }
  if (input.x.empty() != input.y.empty())
    throw table.wrong(input.x.empty() ? "x" : "y", "is missing", "x and y together");
  if (input.column.empty() && (!input.table.empty() || !input.x.empty())) {
    throw table.wrong("column", "is missing", "the column of counts", "add column = \"...\"");
  }
  if (input.column.empty() && input.band == 0) input.band = 1;  // then path must be a raster
  if (input.band > 0 && !input.group_columns.empty()) {
    const auto& [group, column] = *input.group_columns.begin();
    throw table.wrong("groups", fmt::format("names column {} for group {}, and the people are bands", column, group),
                      "band numbers or tables { path, band }");
  }
  return input;
}

void read_layers(RecipeTable& root, Recipe& recipe) {
  std::optional<RecipeTable> layers = root.table("layers");
  if (!layers) return;
  for (const std::string& name : kLayerNames) {
    std::optional<RecipeTable> table = layers->table(name);
    if (!table) continue;
    NamedLayerInput input;
    input.path = table->required_path("path");
    input.layer = table->text("layer");
    if (table->raw("band") != nullptr) input.band = read_band(*table, "band", 1);
    input.column = table->text("column");
    input.unit = table->text("unit");
    input.where = table->text("where");
    input.provenance = read_provenance(*table);
    table->finish();
    recipe.layers[name] = std::move(input);
  }
  layers->finish();
}

void read_parameters(RecipeTable& root, Parameters& p) {
  std::optional<RecipeTable> found = root.table("parameters");
  if (!found) return;
  RecipeTable& table = *found;
  const std::vector<std::string> roles = {"green", "blue", "built", "natural", "vegetated"};
  p.near_distance_m = table.number("near_distance_m", p.near_distance_m, 0, kMostMetres);
  p.min_green_area_ha = table.number("min_green_area_ha", p.min_green_area_ha, 0, 1e9);
  const std::string source = table.choice("near_source", {"spaces", "land_cover", "union"});
  p.near_source = source == "union"        ? NearSource::union_of_both
                  : source == "land_cover" ? NearSource::land_cover
                                           : NearSource::spaces;
  p.measure = table.choice("measure", {"edge", "centre"}) == "centre" ? Measure::centre : Measure::edge;
  p.connect_distance_m = table.number("connect_distance_m", p.connect_distance_m, 0, kMostMetres);
  p.connect_tie_le = table.choice("connect_tie", {"lt", "le"}) == "le";
  p.min_patch_area_m2 = table.number("min_patch_area_m2", p.min_patch_area_m2, 0, 1e13);
  p.patch_directions = static_cast<int>(table.whole("patch_directions", p.patch_directions, 4, 8));
  if (p.patch_directions != 4 && p.patch_directions != 8) throw table.wrong_value("patch_directions", "8 or 4");
  if (table.raw("patch_role") != nullptr) p.patch_role = *role_named(table.choice("patch_role", roles));
  if (table.raw("connect_role") != nullptr) p.connect_role = *role_named(table.choice("connect_role", roles));
  p.exposure_radius_m = table.number("exposure_radius_m", p.exposure_radius_m, 0, kMostMetres);
  p.cells = table.choice("cells", {"exact", "centre"}) == "centre" ? CellRule::centre : CellRule::exact;
  p.extent = table.choice("extent", {"admin", "built_cells_only"});
  p.water_is_natural = table.flag("water_is_natural", p.water_is_natural);
  p.unknown_is_public = table.choice("public_unknown", {"private", "public"}) == "public";
  p.min_group_size = table.whole("min_group_size", p.min_group_size, 0, std::int64_t{1} << 53);
  p.merge_gap_m = table.number("merge_gap_m", p.merge_gap_m, 0, kMostMetres);
  table.finish();
}

// A list of names, empty when the key is absent.
std::vector<std::string> read_names(RecipeTable& table, const char* key, const char* expected) {
  const Json* list = table.raw(key);
  if (list == nullptr) return {};
  const bool words =
      list->is_array() && std::all_of(list->begin(), list->end(), [](const Json& j) { return j.is_string(); });
  if (!words) throw table.wrong_value(key, expected);
  return list->get<std::vector<std::string>>();
}

FrameworksInput read_frameworks(RecipeTable table) {
  FrameworksInput input;
  input.chosen = table.has("run");
  input.run = read_names(table, "run", "a list of names such as [\"uni\", \"target12\"]");
  input.standards = table.path("standards");
  table.finish();
  return input;
}

void check_supplied(RecipeTable& root) {
  const Json& supplied = *root.raw("supplied");
  if (supplied.is_string()) {
    root.path("supplied");
    return;
  }
  RecipeTable table = *root.table("supplied");
  for (const std::string& topic : table.keys()) {
    RecipeTable value = *table.table(topic);
    if (!value.has("value")) throw value.wrong("value", "is missing", "a number", "add value = ...");
    value.optional_number("value", -1e300, 1e300);
    value.text("unit");
    value.date("year");
    value.text("source");
    value.finish();
  }
}

// Tables of the contract that later versions compute: checked, kept word for word, and said to be unused.
void read_later_tables(RecipeTable& root, Recipe& recipe) {
  const auto keep = [&](const char* key) {
    recipe.not_computed_yet.push_back(key);
    recipe.kept_tables[key] = *root.raw(key);
  };
  if (root.raw("supplied") != nullptr) {
    check_supplied(root);
    keep("supplied");
  }
  const std::vector<RecipeTable> scenarios = root.tables("scenario");
  for (RecipeTable scenario : scenarios) {
    scenario.required_text("name", "the scenario's name");
    scenario.required_path("edits");
    scenario.finish();
  }
  if (!scenarios.empty()) keep("scenario");
}

// Paths inside the kept tables, so that they mean the same when read from run.json.
void resolve_kept_paths(const RecipeTable& root, Json& kept) {
  const auto resolve = [&](Json& table, const char* key) {
    if (table.is_object() && table.contains(key)) table[key] = root.resolved(table[key].get<std::string>());
  };
  if (kept.contains("supplied") && kept["supplied"].is_string()) resolve(kept, "supplied");
  if (!kept.contains("scenario")) return;
  if (kept["scenario"].is_object()) resolve(kept["scenario"], "edits");
  if (!kept["scenario"].is_array()) return;
  for (Json& scenario : kept["scenario"]) resolve(scenario, "edits");
}

Recipe read_source(const RecipeSource& source) {
  Recipe recipe;
  recipe.file = source.file;
  RecipeTable root(source.root, "", source);
  read_city(root, recipe);
  for (RecipeTable& table : root.tables("zones")) recipe.zones.push_back(read_zones(table));
  for (RecipeTable& table : root.tables("land_cover")) recipe.land_cover.push_back(read_land_cover(table));
  for (RecipeTable& table : root.tables("green_spaces")) recipe.green_spaces.push_back(read_green_spaces(table));
  if (std::optional<RecipeTable> streets = root.table("streets")) recipe.streets = read_streets(*streets);
  for (RecipeTable& table : root.tables("population")) recipe.population.push_back(read_population(table));
  read_layers(root, recipe);
  read_parameters(root, recipe.parameters);
  if (std::optional<RecipeTable> chosen = root.table("indicators")) {
    recipe.indicators = read_names(*chosen, "run", "a list of ids such as [\"green_share\", \"residents\"]");
    chosen->finish();
  }
  if (std::optional<RecipeTable> frameworks = root.table("frameworks"))
    recipe.frameworks = read_frameworks(*frameworks);
  read_later_tables(root, recipe);
  resolve_kept_paths(root, recipe.kept_tables);
  root.finish();
  return recipe;
}

}  // namespace

Recipe recipe_from_json(const Json& json, const std::string& file) {
  RecipeSource source;
  source.root = json;
  source.file = file;
  source.folder = std::filesystem::absolute(file).parent_path().string();
  return read_source(source);
}

Recipe read_recipe(const std::string& path) {
  if (!path.ends_with(".json")) return read_source(recipe_source_from_toml(path));
  const Json json = read_json(path);
  if (json.is_object() && json.contains("recipe")) return recipe_from_json(json["recipe"], path);
  return recipe_from_json(json, path);
}

}  // namespace urbiome
