// What the verbs of `urbiome raster` have in common.
#pragma once

#include <string>
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

void declare_raster(CLI::App& verb, RasterRequest& request);               // --band --crs --legend --unlisted-unknown
void declare_choice(CLI::App& verb, ClassChoice& choice);                  // --classes --role
void declare_zones(CLI::App& verb, ZonesRequest& zones);                   // --zones-layer --zone-id --centre
void declare_zones_by_centre(CLI::App& verb, ZonesRequest& zones);         // the same where centres alone decide
void declare_directions(CLI::App& verb, int& directions);                  // --directions 4|8
void declare_creation(CLI::App& verb, std::vector<std::string>& options);  // --co NAME=VALUE

// One function per verb, each in its own file.
void add_raster_tabulate(CLI::App& raster, Session& session);
void add_raster_coverage(CLI::App& raster, Session& session);
void add_raster_distance(CLI::App& raster, Session& session);
void add_raster_window(CLI::App& raster, Session& session);
void add_raster_morphology(CLI::App& raster, Session& session);
void add_raster_adjacency(CLI::App& raster, Session& session);
void add_raster_label(CLI::App& raster, Session& session);

}  // namespace urbiome
