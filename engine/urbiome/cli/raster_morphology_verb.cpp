#include <memory>

#include "urbiome/cli/raster_map_arguments.h"
#include "urbiome/run/raster_morphology.h"

namespace urbiome {

void add_raster_morphology(CLI::App& raster, Session& session) {
  auto a = std::make_shared<MapArguments<MorphologyToolRequest>>();
  CLI::App* verb = raster.add_subcommand("morphology", "Erosion and dilation of a class or role by a disc");
  declare_word<MorphologyOperation>(*verb, "--operation", a->request.operation,
                                    {{"erode", MorphologyOperation::erode},
                                     {"dilate", MorphologyOperation::dilate},
                                     {"open", MorphologyOperation::open},
                                     {"close", MorphologyOperation::close}},
                                    "What to do with the cells")
      ->required();
  verb->add_option("--radius-m", a->request.radius_m, "Radius of the disc, centre to centre")
      ->required()
      ->type_name("METRES");
  declare_map(*verb, *a);
  session.add(*verb, [a, &session] { return make_map(*a, session, {}, raster_morphology); });
}

}  // namespace urbiome
