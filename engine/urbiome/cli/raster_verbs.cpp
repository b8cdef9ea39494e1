#include "urbiome/cli/raster_arguments.h"

namespace urbiome {

void add_raster(CLI::App& root, Session& session) {
  CLI::App* raster = root.add_subcommand("raster", "Tools on single rasters");
  raster->require_subcommand(1);
  add_raster_tabulate(*raster, session);
  add_raster_coverage(*raster, session);
  add_raster_distance(*raster, session);
  add_raster_window(*raster, session);
  add_raster_morphology(*raster, session);
  add_raster_adjacency(*raster, session);
  add_raster_label(*raster, session);
}

}  // namespace urbiome
