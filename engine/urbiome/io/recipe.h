// The recipe: one file `city.toml` that names a city's layers and parameters.
//
// Plain values as the file gives them, paths resolved against the file's folder. read_recipe() refuses unknown keys,
// wrong types and values out of range with Error{usage or contradiction} naming key, found, expected, remedy.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/io/json.h"
#include "urbiome/raster/legend.h"

namespace urbiome {

// What every input may add about where it comes from. `crs` overrides the file's own and is recorded.
struct Provenance {
  std::string source, licence, attribution, date, crs;
};

struct VectorInput {
  std::string path, layer;
  Provenance provenance;
};

struct ZonesInput {
  std::string path, layer, id, name, level;  // id and name are columns; level defaults to "zone"
  Provenance provenance;
};

struct BandInput {
  std::string path;
  int band = 1;
};

struct LandCoverInput {
  std::string path;
  int band = 1;
  std::string class_column;  // set: `path` holds polygons
  double resolution_m = 10;  // cell size for polygons, rasterised by cell centre
  std::string legend;        // a shipped id or a csv file
  bool unlisted_is_unknown = false;
  std::string accuracy;
  std::map<std::string, BandInput> bands;  // red, nir, green, ndvi or ndwi; set: classes come from thresholds
  std::optional<double> ndvi_min, ndwi_min;
  Provenance provenance;
};

struct GreenSpacesInput {
  std::string path, layer;
  Role role = Role::green;                  // green or blue
  std::string public_where, private_where;  // OGR SQL conditions; both empty: access unknown
  std::string entrances;
  Provenance provenance;
};

struct StreetsInput {
  std::string path, layer, walkable, widths;
  Provenance provenance;
};

struct PopulationInput {
  std::string path, layer;
  std::string column;         // of a vector layer, a csv or `table`
  int band = 0;               // > 0: a raster of counts (default band 1 when path is a raster and no column is given)
  std::string table, key;     // counts in a csv joined to the layer by `key`
  std::string x, y;           // csv columns of point coordinates
  bool spread_built = false;  // spread = "built"
  std::map<std::string, std::vector<BandInput>> group_bands;  // groups from bands
  std::map<std::string, std::string> group_columns;           // groups from columns
  Provenance provenance;
};

struct NamedLayerInput {
  std::string path, layer, column, unit, where;
  int band = 0;
  Provenance provenance;
};

enum class NearSource { spaces, land_cover, union_of_both };
enum class Measure { edge, centre };
enum class CellRule { exact, centre };

struct Parameters {
  double near_distance_m = 300;
  double min_green_area_ha = 1.0;
  NearSource near_source = NearSource::spaces;
  Measure measure = Measure::edge;
  double connect_distance_m = 100;
  bool connect_tie_le = false;  // connect_tie = "le"
  double min_patch_area_m2 = 0;
  int patch_directions = 8;
  Role patch_role = Role::green;
  Role connect_role = Role::natural;
  double exposure_radius_m = 300;
  CellRule cells = CellRule::exact;
  std::string extent = "admin";  // admin | built_cells_only
  bool water_is_natural = false;
  bool unknown_is_public = false;  // public_unknown = "public"
  std::int64_t min_group_size = 0;
  double merge_gap_m = 0;  // mapped spaces so near to each other are one place of a standard
};

struct FrameworksInput {
  bool chosen = false;           // `run` is given
  std::vector<std::string> run;  // frameworks to compute; not chosen: all whose data are there
  std::string standards;         // a table of frameworks/standards.h; empty: the shipped one
};

struct Recipe {
  std::string file;  // where it was read from
  std::string city_name, country;
  std::optional<VectorInput> boundary;
  std::vector<ZonesInput> zones;
  std::vector<LandCoverInput> land_cover;
  std::vector<GreenSpacesInput> green_spaces;
  std::optional<StreetsInput> streets;
  std::vector<PopulationInput> population;
  std::map<std::string, NamedLayerInput> layers;
  Parameters parameters;
  FrameworksInput frameworks;
  std::vector<std::string> indicators;        // [indicators] run: only these ids; empty: all
  std::vector<std::string> not_computed_yet;  // tables of the contract that this version reads but does not use
  // Where it asks for some indicators alone, frameworks are left out too unless it names them.
  bool runs_frameworks() const {
    return frameworks.chosen ? !frameworks.run.empty() : !frameworks.standards.empty() || indicators.empty();
  }
  Json kept_tables = Json::object();          // those tables, word for word, so that run.json loses nothing
};

// Reads a .toml recipe, or the recipe kept in a run.json.
Recipe read_recipe(const std::string& path);
Recipe recipe_from_json(const Json& json, const std::string& file);
Json recipe_to_json(const Recipe& recipe);  // as resolved: absolute paths, defaults filled in

}  // namespace urbiome
