// The files that a verb reads and the one that it writes.
#pragma once

#include <string>
#include <vector>

#include "urbiome/cli/command.h"

namespace urbiome {

// IN... OUT: the output is the last positional, or what -o names.
struct PathArguments {
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

}  // namespace urbiome
