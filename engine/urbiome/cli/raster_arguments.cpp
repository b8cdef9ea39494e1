#include "urbiome/cli/raster_arguments.h"

#include <fmt/format.h>

namespace urbiome {

std::string cells_written(const Grid& grid, const std::string& path) {
  return fmt::format("{} x {} cells in {}", grid.width, grid.height, path);
}

void declare_raster(CLI::App& verb, RasterRequest& request) {
  verb.add_option("--legend", request.legend, "A shipped legend or a csv file");
  verb.add_option("--band", request.band, "Band to read")->check(CLI::Range(1, 1000000));
  verb.add_option("--crs", request.crs, "CRS of the raster, instead of its own");
  verb.add_flag("--unlisted-unknown", request.unlisted_is_unknown,
                "Codes that the legend lacks are unknown instead of an error");
}

void declare_choice(CLI::App& verb, ClassChoice& choice) {
  verb.add_option("--classes", choice.codes, "Codes of the cells that are meant, as 10,20")
      ->delimiter(',')
      ->type_name("CODES");
  verb.add_option("--role", choice.role, "green, blue, built, natural, vegetated or canopy: cells of classes with that role")
      ->type_name("ROLE");
}

namespace {

std::vector<CLI::Option*> declare_zone_options(CLI::App& verb, ZonesRequest& zones, bool by_centre) {
  std::vector<CLI::Option*> options{
      verb.add_option("--zones-layer", zones.layer, "Layer of the zones file"),
      verb.add_option("--zone-id", zones.id, "Column that names zones (default: the feature number)")};
  if (!by_centre) {
    options.push_back(
        verb.add_flag("--centre", zones.by_centre, "Cells count by their centre instead of their covered share"));
  }
  return options;
}

}  // namespace

void declare_zones(CLI::App& verb, ZonesRequest& zones) { declare_zone_options(verb, zones, false); }

void declare_optional_zones(CLI::App& verb, ZonesRequest& zones, const std::string& description, bool by_centre) {
  CLI::Option* file = verb.add_option("--zones", zones.path, description)->type_name("FILE");
  for (CLI::Option* option : declare_zone_options(verb, zones, by_centre)) option->needs(file);
}

void declare_directions(CLI::App& verb, int& directions) {
  verb.add_option("--directions", directions, "Neighbours of a cell: 4 (by sides) or 8 (by corners too)")
      ->check(CLI::IsMember({4, 8}))
      ->capture_default_str();
}

void declare_creation(CLI::App& verb, std::vector<std::string>& options) {
  verb.add_option("--co", options, "Creation option of GeoTIFF, as COMPRESS=ZSTD (repeatable)")
      ->expected(1)
      ->take_all()
      ->type_name("NAME=VALUE");
}

}  // namespace urbiome
