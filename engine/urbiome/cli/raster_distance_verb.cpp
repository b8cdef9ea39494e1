#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_map_arguments.h"
#include "urbiome/run/raster_distance.h"

namespace urbiome {

void add_raster_distance(CLI::App& raster, Session& session) {
  auto a = std::make_shared<MapArguments<DistanceToolRequest>>();
  CLI::App* verb = raster.add_subcommand(
      "distance", "Exact distance of every cell to the nearest cell of a class or role, in metres");
  declare_word<DistanceMeasure>(*verb, "--measure", a->request.measure,
                                {{"centre", DistanceMeasure::centre}, {"edge", DistanceMeasure::edge}},
                                "centre (default): to the cell's centre; edge: to its nearest side");
  verb->add_option("--to-vector", a->request.to_vector,
                   "Polygons instead of cells; edge: to the nearest side, 0 inside; centre: to cells they cover")
      ->type_name("FILE");
  verb->add_option("--to-layer", a->request.to_layer, "Layer of the polygons");
  verb->add_option("--max-m", a->request.max_m, "Farther cells are nodata (default: no limit)")->type_name("METRES");
  verb->add_option("--nearest", a->request.nearest_path,
                   "Raster of the nearest patch's id, as raster label numbers them; ties to the smallest")
      ->type_name("FILE");
  declare_directions(*verb, a->request.directions);
  declare_map(*verb, *a);
  session.add(*verb, [a, &session] {
    const std::string nearest = a->request.nearest_path;
    if (nearest.empty()) return make_map(*a, session, {a->request.to_vector}, raster_distance);
    const std::string& input = a->paths.given.front();
    check_raster_output(nearest, {input, a->request.raster.legend});
    OutputFile ids(nearest, session.overwrite());
    a->request.nearest_path = ids.staging();
    const int status = make_map(*a, session, {}, raster_distance, &ids);
    session.note(fmt::format("ids of the nearest patches in {}", nearest));
    return status;
  });
}

}  // namespace urbiome
