#include <map>
#include <memory>

#include "urbiome/cli/raster_map_arguments.h"
#include "urbiome/run/raster_distance.h"

namespace urbiome {

void add_raster_distance(CLI::App& raster, Session& session) {
  auto a = std::make_shared<MapArguments<DistanceToolRequest>>();
  CLI::App* verb = raster.add_subcommand(
      "distance", "Exact distance of every cell to the nearest cell of a class or role, in metres");
  static const std::map<std::string, DistanceMeasure> kMeasures{{"centre", DistanceMeasure::centre},
                                                                {"edge", DistanceMeasure::edge}};
  verb->add_option("--measure", a->request.measure, "centre: to the cell's centre; edge: to its nearest side")
      ->transform(CLI::CheckedTransformer(kMeasures))
      ->type_name("centre|edge");
  verb->add_option("--to-vector", a->request.to_vector,
                   "Polygons instead of cells; edge: to the nearest side, 0 inside; centre: to cells they cover")
      ->type_name("FILE");
  verb->add_option("--to-layer", a->request.to_layer, "Layer of the polygons");
  verb->add_option("--max-m", a->request.max_m, "Farther cells are nodata (default: no limit)")->type_name("METRES");
  declare_map_tool(*verb, session, a, raster_distance,
                   [](const DistanceToolRequest& request) { return request.to_vector; });
}

}  // namespace urbiome
