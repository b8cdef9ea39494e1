#include "urbiome/io/recipe.h"

#include <gtest/gtest.h>

#include "io/small_inputs.h"
#include "urbiome/base/error.h"

namespace urbiome {
namespace {

class RecipeReader : public ::testing::Test {
 protected:
  Recipe read(const std::string& text) { return read_recipe(write_text(folder_, "city.toml", text)); }
  std::string refusal(const std::string& text, ErrorCode code = ErrorCode::contradiction) {
    try {
      read(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      const std::string path = (folder_ / "city.toml");
      EXPECT_EQ(std::string(error.what()).substr(0, path.size()), path);
      return std::string(error.what()).substr(path.size());
    }
    return "accepted";
  }
  ScratchFolder folder_;
};

const char* const kCity = "[city]\nname = \"Olinda\"\n";

TEST_F(RecipeReader, DefaultsOfTheContract) {
  const Recipe recipe = read(kCity);
  EXPECT_EQ(recipe.city_name, "Olinda");
  EXPECT_FALSE(recipe.boundary.has_value());
  const Parameters& p = recipe.parameters;
  EXPECT_EQ(p.near_distance_m, 300);
  EXPECT_EQ(p.min_green_area_ha, 1);
  EXPECT_EQ(p.near_source, NearSource::spaces);
  EXPECT_EQ(p.measure, Measure::edge);
  EXPECT_EQ(p.connect_distance_m, 100);
  EXPECT_FALSE(p.connect_tie_le || p.water_is_natural || p.unknown_is_public);
  EXPECT_EQ(p.patch_directions, 8);
  EXPECT_EQ(p.patch_role, Role::green);
  EXPECT_EQ(p.connect_role, Role::natural);
  EXPECT_EQ(p.cells, CellRule::exact);
  EXPECT_EQ(p.extent, "admin");
  EXPECT_TRUE(recipe.not_computed_yet.empty());
}

const char* const kFull = R"(
[city]
name = "São João 广州"
country = "BR"
boundary = { path = "b.gpkg", layer = "limite", crs = "EPSG:4674" }
[[zones]]
path = "z/zonas.shp"
id = "NM_BAIR"
level = "bairro"
[[zones]]
path = "/data/wards.gpkg"
id = "code"
name = "label"
level = "ward"
source = "IBGE"
[[land_cover]]
path = "/vsizip/cover.zip/a.tif"
legend = "worldcover"
date = 2020
unlisted = "unknown"
accuracy = "samples.csv"
[[land_cover]]
path = "L7.tif"
bands = { red = 3, nir = "nir.tif", green = { path = "g.tif", band = 2 } }
ndvi_min = 0.2
ndwi_min = 0
date = 2021-06-30
[[land_cover]]
path = "plan.gpkg"
class_column = "uso"
legend = "my.csv"
resolution_m = 5
[green_spaces]
path = "https://example.org/parks.geojson"
public = "access = 'yes'"
role = "blue"
[streets]
path = "roads.gpkg"
walkable = "filter.csv"
[[population]]
path = "tracts.gpkg"
column = "V014"
spread = "built"
groups = { women = "V020", children = [2, { path = "c.tif", band = 3 }], old = { path = "o.tif" }, men = 7 }
[[population]]
path = "pop.tif"
[layers.night_light]
path = "viirs.tif"
band = 2
unit = "nW"
[parameters]
near_distance_m = 400
near_source = "union"
patch_directions = 4
connect_tie = "le"
extent = "built_cells_only"
public_unknown = "public"
[frameworks]
run = ["uni"]
standards = "mine.csv"
[supplied]
"1.5" = { value = 0.8, unit = "ratio", year = 2022, source = "water utility" }
[[scenario]]
name = "trees"
edits = "edits.geojson"
)";

TEST_F(RecipeReader, EveryTable) {
  const Recipe recipe = read(kFull);
  EXPECT_EQ(recipe.city_name, "São João 广州");
  EXPECT_EQ(recipe.boundary->path, (folder_ / "b.gpkg"));
  EXPECT_EQ(recipe.boundary->provenance.crs, "EPSG:4674");
  ASSERT_EQ(recipe.zones.size(), 2U);
  EXPECT_EQ(recipe.zones[0].path, (folder_ / "z/zonas.shp"));
  EXPECT_EQ(recipe.zones[1].path, "/data/wards.gpkg");
  EXPECT_EQ(recipe.zones[1].provenance.source, "IBGE");
  ASSERT_EQ(recipe.land_cover.size(), 3U);
  EXPECT_EQ(recipe.land_cover[0].path, "/vsizip/cover.zip/a.tif");
  EXPECT_EQ(recipe.land_cover[0].provenance.date, "2020");
  EXPECT_TRUE(recipe.land_cover[0].unlisted_is_unknown);
  EXPECT_EQ(recipe.land_cover[1].provenance.date, "2021-06-30");
  EXPECT_EQ(recipe.land_cover[1].bands.at("red").path, (folder_ / "L7.tif"));
  EXPECT_EQ(recipe.land_cover[1].bands.at("red").band, 3);
  EXPECT_EQ(recipe.land_cover[1].bands.at("nir").path, (folder_ / "nir.tif"));
  EXPECT_EQ(recipe.land_cover[1].bands.at("green").band, 2);
  EXPECT_EQ(recipe.land_cover[1].ndwi_min, 0);
  EXPECT_EQ(recipe.land_cover[2].legend, (folder_ / "my.csv"));
  EXPECT_EQ(recipe.land_cover[2].resolution_m, 5);
  ASSERT_EQ(recipe.green_spaces.size(), 1U);
  EXPECT_EQ(recipe.green_spaces[0].path, "https://example.org/parks.geojson");
  EXPECT_EQ(recipe.green_spaces[0].role, Role::blue);
  ASSERT_EQ(recipe.population.size(), 2U);
  EXPECT_EQ(recipe.population[0].band, 0);
  EXPECT_TRUE(recipe.population[0].spread_built);
  EXPECT_EQ(recipe.population[0].group_columns.at("women"), "V020");
  ASSERT_EQ(recipe.population[0].group_bands.at("children").size(), 2U);
  EXPECT_EQ(recipe.population[0].group_bands.at("children")[0].path, (folder_ / "tracts.gpkg"));
  EXPECT_EQ(recipe.population[0].group_bands.at("children")[1].band, 3);
  EXPECT_EQ(recipe.population[0].group_bands.at("men")[0].band, 7);
  EXPECT_EQ(recipe.population[1].band, 1);  // a raster when nothing else is said
  EXPECT_EQ(recipe.layers.at("night_light").band, 2);
  EXPECT_EQ(recipe.parameters.near_source, NearSource::union_of_both);
  EXPECT_TRUE(recipe.parameters.unknown_is_public);
  EXPECT_TRUE(recipe.frameworks.chosen);
  EXPECT_EQ(recipe.frameworks.run, std::vector<std::string>{"uni"});
  EXPECT_EQ(recipe.frameworks.standards, (folder_ / "mine.csv"));
  EXPECT_EQ(recipe.not_computed_yet, (std::vector<std::string>{"supplied", "scenario"}));
}

TEST_F(RecipeReader, RunJsonHoldsTheSameRecipe) {
  const Recipe recipe = read(kFull);
  const Json json = recipe_to_json(recipe);
  write_json((folder_ / "elsewhere.json"), json);
  write_json((folder_ / "run.json"), Json{{"versions", "1"}, {"recipe", json}});
  for (const char* file : {"elsewhere.json", "run.json"}) {
    const Recipe again = read_recipe(folder_ / file);
    EXPECT_EQ(recipe_to_json(again).dump(1), json.dump(1));
    EXPECT_EQ(again.zones[0].path, (folder_ / "z/zonas.shp"));
    EXPECT_EQ(again.kept_tables["scenario"][0]["edits"], (folder_ / "edits.geojson"));
  }
  EXPECT_EQ(recipe_to_json(recipe_from_json(recipe_to_json(read(kCity)), "x.json")), recipe_to_json(read(kCity)));
}

TEST_F(RecipeReader, UnknownKeysNameTheNearest) {
  const std::string city = kCity;
  EXPECT_EQ(refusal(city + "[parameters]\nnear_distance = 300\n").substr(0, 50),
            ":4: parameters.near_distance is not a key of param");
  EXPECT_NE(refusal(city + "[parameters]\nnear_distance = 300\n").find("did you mean 'near_distance_m'?"),
            std::string::npos);
  EXPECT_NE(refusal(city + "[parameter]\n").find("did you mean 'parameters'?"), std::string::npos);
  EXPECT_NE(refusal(city + "[[zones]]\npaht = \"a\"\nid = \"b\"\n").find("did you mean 'path'?"), std::string::npos);
  EXPECT_NE(refusal(city + "[layers.nightlight]\npath = \"a\"\n").find("did you mean 'night_light'?"),
            std::string::npos);
  EXPECT_EQ(
      refusal(city + "[[zones]]\npath=\"a\"\nid=\"b\"\n[[zones]]\npath=\"a\"\nid=\"b\"\ncolour=1\n").substr(0, 21),
      ":9: zones[2].colour i");
  EXPECT_NE(refusal("[city]\nname = \"a\"\nboundary = { path = \"b\", lyer = \"c\" }\n").find("city.boundary.lyer"),
            std::string::npos);
  EXPECT_NE(refusal(city + "[supplied]\n\"1.5\" = { value = 1, units = \"m\" }\n").find("did you mean 'unit'?"),
            std::string::npos);
}

TEST_F(RecipeReader, WrongTypesAndRanges) {
  const std::string p = std::string(kCity) + "[parameters]\n";
  EXPECT_EQ(refusal(p + "near_distance_m = -1\n"),
            ":4: parameters.near_distance_m is -1; expected a number from 0 to 100000");
  EXPECT_NE(refusal(p + "near_distance_m = 1e9\n"), "accepted");
  EXPECT_NE(refusal(p + "near_distance_m = nan\n"), "accepted");
  EXPECT_NE(refusal(p + "near_distance_m = inf\n"), "accepted");
  EXPECT_NE(refusal(p + "near_distance_m = \"300\"\n"), "accepted");
  EXPECT_NE(refusal(p + "patch_directions = 6\n"), "accepted");
  EXPECT_NE(refusal(p + "patch_directions = 8.0\n"), "accepted");
  EXPECT_NE(refusal(p + "min_group_size = 9223372036854775807\n"), "accepted");
  EXPECT_NE(refusal(p + "water_is_natural = 1\n"), "accepted");
  EXPECT_NE(refusal(p + "measure = \"center\"\n").find("did you mean 'centre'?"), std::string::npos);
  EXPECT_EQ(refusal(p + "extent = \"admin\"\nmeasure = \"edge\"\n"), "accepted");
  EXPECT_NE(refusal("city = 3\n"), "accepted");
  EXPECT_NE(refusal("[city]\nname = \"\"\n").find("name is missing"), std::string::npos);
  EXPECT_NE(refusal("[city]\nname = \"a\"\nboundary = 3\n"), "accepted");
  EXPECT_NE(refusal("").find("city is missing"), std::string::npos);
  EXPECT_NE(refusal(std::string(kCity) + "zones = [3]\n"), "accepted");
  EXPECT_NE(refusal(std::string(kCity) + "[[zones]]\npath = \"a\"\n").find("zones[1].id is missing"),
            std::string::npos);
  EXPECT_NE(refusal(std::string(kCity) + "[streets]\npath = \"a\"\ndate = \"yesterday\"\n").find("ISO 8601"),
            std::string::npos);
  EXPECT_NE(refusal(std::string(kCity) + "[streets]\npath = \"a\"\ndate = 20\n"), "accepted");
  EXPECT_NE(refusal(std::string(kCity) + "[streets]\npath = \"a\"\ndate = \"2020-13\"\n"), "accepted");
}

TEST_F(RecipeReader, ContradictionsOfLandCoverAndPopulation) {
  const std::string cover = std::string(kCity) + "[land_cover]\npath = \"a.tif\"\n";
  EXPECT_NE(refusal(cover).find("legend is missing"), std::string::npos);
  EXPECT_NE(refusal(cover + "legend = \"worldcovr\"\n").find("did you mean 'worldcover'?"), std::string::npos);
  EXPECT_NE(refusal(cover + "bands = { red = 1, nir = 2 }\n").find("ndvi_min is missing"), std::string::npos);
  EXPECT_NE(refusal(cover + "bands = { red = 1 }\nndvi_min = 0.2\n").find("red and nir"), std::string::npos);
  EXPECT_NE(refusal(cover + "bands = { red = 1, nir = 2 }\nndvi_min = 0.2\nndwi_min = 0\n").find("green"),
            std::string::npos);
  EXPECT_NE(refusal(cover + "bands = { red = 1, nir = 2, blue = 3 }\nndvi_min = 0.2\n").find("bands.blue"),
            std::string::npos);
  EXPECT_NE(refusal(cover + "bands = { red = 1.5, nir = 2 }\nndvi_min = 0.2\n"), "accepted");
  EXPECT_NE(refusal(cover + "bands = { red = 0, nir = 2 }\nndvi_min = 0.2\n"), "accepted");
  EXPECT_NE(refusal(cover + "legend = \"worldcover\"\nndvi_min = 0.2\n").find("without bands"), std::string::npos);
  EXPECT_EQ(refusal(cover + "bands = { ndvi = 1 }\nndvi_min = 0.2\n"), "accepted");
  EXPECT_NE(refusal(std::string(kCity) + "[land_cover]\nbands = { ndvi = 1 }\nndvi_min = 0.2\n").find("a path"),
            std::string::npos);
  const std::string people = std::string(kCity) + "[population]\npath = \"a.csv\"\n";
  EXPECT_NE(refusal(people + "x = \"lon\"\ncolumn = \"n\"\n").find("y is missing"), std::string::npos);
  EXPECT_NE(refusal(people + "x = \"lon\"\ny = \"lat\"\n").find("column is missing"), std::string::npos);
  EXPECT_NE(refusal(people + "band = 1\ncolumn = \"n\"\n").find("beside"), std::string::npos);
  EXPECT_NE(refusal(people + "table = \"t.csv\"\ncolumn = \"n\"\n").find("key is missing"), std::string::npos);
  EXPECT_NE(refusal(people + "column = \"n\"\ngroups = { women = [] }\n"), "accepted");
  EXPECT_NE(refusal(people + "column = \"n\"\ngroups = { women = [\"a\"] }\n"), "accepted");
}

TEST_F(RecipeReader, TagsOfGreenSpaces) {
  const std::string spaces = std::string(kCity) + "[green_spaces]\npath = \"city.osm.pbf\"\n";
  const Recipe shipped = read(spaces + "tags = \"cif_water\"\n");
  EXPECT_EQ(shipped.green_spaces[0].tags, "cif_water");
  EXPECT_EQ(recipe_to_json(shipped)["green_spaces"][0]["tags"], "cif_water");
  EXPECT_EQ(read(spaces + "tags = \"mine.csv\"\n").green_spaces[0].tags, (folder_ / "mine.csv"));
  EXPECT_EQ(read(spaces).green_spaces[0].tags, "");
  const std::string said = refusal(spaces + "tags = \"cif_opn_space\"\n");
  EXPECT_EQ(said,
            ":5: green_spaces.tags is \"cif_opn_space\"; expected a csv file, or one of cif_open_space, "
            "cif_open_space_heat, cif_water, ghsci; did you mean 'cif_open_space'?");
}

TEST_F(RecipeReader, BrokenFiles) {
  EXPECT_EQ(refusal("[city]\nname = \"a\nx = 1\n", ErrorCode::unreadable).substr(0, 3), ":2:");
  EXPECT_NE(refusal("[city]\nname = \"a\"\nname = \"b\"\n", ErrorCode::unreadable), "accepted");
  EXPECT_NE(refusal(std::string("\xff\xfe\x00[", 4), ErrorCode::unreadable), "accepted");
  EXPECT_NE(refusal("a = " + std::string(5000, '[') + std::string(5000, ']'), ErrorCode::unreadable), "accepted");
  EXPECT_THROW(read_recipe((folder_ / "absent.toml")), Error);
  EXPECT_THROW(read_recipe((folder_ / "")), Error);
  EXPECT_THROW(read_recipe(write_text(folder_, "broken.json", "{\"recipe\": \n{\"city\": }")), Error);
  EXPECT_THROW(read_recipe(write_text(folder_, "list.json", "[1, 2]")), Error);
  try {
    read_json((folder_ / "broken.json"));
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("line 2"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace urbiome
