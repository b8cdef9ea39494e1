// Recipe to JSON, in the words of the recipe itself, so that the result is a recipe again.
#include "urbiome/io/recipe.h"

namespace urbiome {
namespace {

void put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void put(Json& json, const Provenance& provenance) {
  put(json, "source", provenance.source);
  put(json, "licence", provenance.licence);
  put(json, "attribution", provenance.attribution);
  put(json, "date", provenance.date);
  put(json, "crs", provenance.crs);
}

Json json_of(const VectorInput& input) {
  Json json = {{"path", input.path}};
  put(json, "layer", input.layer);
  put(json, input.provenance);
  return json;
}

Json json_of(const ZonesInput& input) {
  Json json = {{"path", input.path}};
  put(json, "layer", input.layer);
  put(json, "id", input.id);
  put(json, "name", input.name);
  put(json, "level", input.level);
  put(json, input.provenance);
  return json;
}

Json json_of(const BandInput& band) { return {{"path", band.path}, {"band", band.band}}; }

Json json_of(const LandCoverInput& input) {
  Json json = Json::object();
  put(json, "path", input.path);
  if (!input.bands.empty()) {
    for (const auto& [name, band] : input.bands) json["bands"][name] = json_of(band);
    if (input.ndvi_min) json["ndvi_min"] = *input.ndvi_min;
    if (input.ndwi_min) json["ndwi_min"] = *input.ndwi_min;
  } else if (!input.class_column.empty()) {
    json["class_column"] = input.class_column;
    json["resolution_m"] = input.resolution_m;
  } else {
    json["band"] = input.band;
  }
  put(json, "legend", input.legend);
  json["unlisted"] = input.unlisted_is_unknown ? "unknown" : "error";
  put(json, "accuracy", input.accuracy);
  put(json, input.provenance);
  return json;
}

Json json_of(const GreenSpacesInput& input) {
  Json json = {{"path", input.path}};
  put(json, "layer", input.layer);
  json["role"] = name_of(input.role);
  put(json, "public", input.public_where);
  put(json, "private", input.private_where);
  put(json, "entrances", input.entrances);
  put(json, input.provenance);
  return json;
}

Json json_of(const StreetsInput& input) {
  Json json = {{"path", input.path}};
  put(json, "layer", input.layer);
  put(json, "walkable", input.walkable);
  put(json, "widths", input.widths);
  put(json, input.provenance);
  return json;
}

Json json_of(const PopulationInput& input) {
  Json json = {{"path", input.path}};
  put(json, "layer", input.layer);
  put(json, "column", input.column);
  if (input.band > 0) json["band"] = input.band;
  put(json, "table", input.table);
  put(json, "key", input.key);
  put(json, "x", input.x);
  put(json, "y", input.y);
  json["spread"] = input.spread_built ? "built" : "uniform";
  for (const auto& [name, column] : input.group_columns) json["groups"][name] = column;
  for (const auto& [name, bands] : input.group_bands) {
    Json& list = json["groups"][name] = Json::array();
    for (const BandInput& band : bands) list.push_back(json_of(band));
  }
  put(json, input.provenance);
  return json;
}

Json json_of(const NamedLayerInput& input) {
  Json json = {{"path", input.path}};
  put(json, "layer", input.layer);
  if (input.band > 0) json["band"] = input.band;
  put(json, "column", input.column);
  put(json, "unit", input.unit);
  put(json, "where", input.where);
  put(json, input.provenance);
  return json;
}

Json json_of(const Parameters& p) {
  const char* source = p.near_source == NearSource::union_of_both ? "union"
                       : p.near_source == NearSource::land_cover  ? "land_cover"
                                                                  : "spaces";
  return {{"near_distance_m", p.near_distance_m},
          {"min_green_area_ha", p.min_green_area_ha},
          {"near_source", source},
          {"measure", p.measure == Measure::centre ? "centre" : "edge"},
          {"connect_distance_m", p.connect_distance_m},
          {"connect_tie", p.connect_tie_le ? "le" : "lt"},
          {"min_patch_area_m2", p.min_patch_area_m2},
          {"patch_directions", p.patch_directions},
          {"patch_role", name_of(p.patch_role)},
          {"connect_role", name_of(p.connect_role)},
          {"exposure_radius_m", p.exposure_radius_m},
          {"cells", p.cells == CellRule::centre ? "centre" : "exact"},
          {"extent", p.extent},
          {"water_is_natural", p.water_is_natural},
          {"public_unknown", p.unknown_is_public ? "public" : "private"},
          {"min_group_size", p.min_group_size},
          {"merge_gap_m", p.merge_gap_m}};
}

template <typename Input>
void put_list(Json& json, const char* key, const std::vector<Input>& inputs) {
  for (const Input& input : inputs) json[key].push_back(json_of(input));
}

}  // namespace

Json recipe_to_json(const Recipe& recipe) {
  Json json;
  json["city"] = {{"name", recipe.city_name}};
  put(json["city"], "country", recipe.country);
  if (recipe.boundary) json["city"]["boundary"] = json_of(*recipe.boundary);
  put_list(json, "zones", recipe.zones);
  put_list(json, "land_cover", recipe.land_cover);
  put_list(json, "green_spaces", recipe.green_spaces);
  if (recipe.streets) json["streets"] = json_of(*recipe.streets);
  put_list(json, "population", recipe.population);
  for (const auto& [name, layer] : recipe.layers) json["layers"][name] = json_of(layer);
  json["parameters"] = json_of(recipe.parameters);
  if (!recipe.indicators.empty()) json["indicators"] = {{"run", recipe.indicators}};
  if (recipe.frameworks.chosen) json["frameworks"]["run"] = recipe.frameworks.run;
  if (!recipe.frameworks.standards.empty()) json["frameworks"]["standards"] = recipe.frameworks.standards;
  for (const auto& item : recipe.kept_tables.items()) json[item.key()] = item.value();
  return json;
}

}  // namespace urbiome
