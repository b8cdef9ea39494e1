// What the verbs of `urbiome raster` have in common.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "urbiome/cli/command.h"
#include "urbiome/run/raster_layer.h"
#include "urbiome/run/raster_zones.h"

namespace urbiome {

// IN... OUT: the output is the last positional, or what -o names.
struct RasterPaths {
  std::vector<std::string> given;
  std::string output;

  // `words` as the usage shows them: "IN [IN2] OUT.csv".
  void declare(CLI::App& verb, const std::string& words, int most);
  // Splits the inputs from the output. Error{usage} unless least <= inputs <= most.
  std::vector<std::string> take_inputs(std::size_t least, std::size_t most);

 private:
  std::string words_, verb_;
};

// Outputs, before any work. Error{usage}: the output is one of `inputs`, or its name does not end as its format's do:
// a table's in .csv, a raster's in .tif, .tiff or .gtiff, a GeoPackage's in .gpkg, in any case.
void check_table_output(const std::string& path, const std::vector<std::string>& inputs);
void check_raster_output(const std::string& path, const std::vector<std::string>& inputs);
void check_geopackage_output(const std::string& path, const std::vector<std::string>& inputs);

// "929 x 793 cells in distance.tif".
std::string cells_written(const Grid& grid, const std::string& path);

void declare_raster(CLI::App& verb, RasterRequest& request);  // --band --crs --legend --unlisted-unknown
void declare_choice(CLI::App& verb, ClassChoice& choice);     // --classes --role
void declare_zones(CLI::App& verb, ZonesRequest& zones);      // --zones-layer --zone-id --centre
// --zones as well, for verbs that work without; `by_centre`: no --centre, for centres alone decide.
void declare_optional_zones(CLI::App& verb, ZonesRequest& zones, const std::string& description, bool by_centre);
void declare_directions(CLI::App& verb, int& directions);                  // --directions 4|8
void declare_creation(CLI::App& verb, std::vector<std::string>& options);  // --co NAME=VALUE

// An option that takes one of the words that `words` lists, in the order of its values.
template <class Value>
CLI::Option* declare_word(CLI::App& verb, const std::string& name, Value& value,
                          const std::vector<std::pair<std::string, Value>>& words, const std::string& description) {
  std::vector<std::string> listed;
  for (const auto& [word, meaning] : words) listed.push_back(word);
  return verb
      .add_option_function<std::string>(
          name,
          [&value, words](const std::string& given) {
            for (const auto& [word, meaning] : words) {
              if (word == given) value = meaning;
            }
          },
          description)
      ->check(CLI::IsMember(listed))
      ->type_name("WORD");
}

// One function per verb, each in its own file.
void add_raster_tabulate(CLI::App& raster, Session& session);
void add_raster_coverage(CLI::App& raster, Session& session);
void add_raster_adjacency(CLI::App& raster, Session& session);
void add_raster_label(CLI::App& raster, Session& session);
void add_raster_zonal(CLI::App& raster, Session& session);
void add_raster_resample(CLI::App& raster, Session& session);
void add_raster_cost(CLI::App& raster, Session& session);
void add_raster_distance(CLI::App& raster, Session& session);
void add_raster_window(CLI::App& raster, Session& session);
void add_raster_morphology(CLI::App& raster, Session& session);

}  // namespace urbiome
