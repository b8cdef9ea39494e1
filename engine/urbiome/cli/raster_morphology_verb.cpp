#include <map>
#include <memory>

#include "urbiome/cli/raster_map_arguments.h"
#include "urbiome/run/raster_morphology.h"

namespace urbiome {

void add_raster_morphology(CLI::App& raster, Session& session) {
  auto a = std::make_shared<MapArguments<MorphologyToolRequest>>();
  CLI::App* verb = raster.add_subcommand("morphology", "Erosion and dilation of a class or role by a disc");
  static const std::map<std::string, MorphologyOperation> kOperations{{"erode", MorphologyOperation::erode},
                                                                      {"dilate", MorphologyOperation::dilate},
                                                                      {"open", MorphologyOperation::open},
                                                                      {"close", MorphologyOperation::close}};
  verb->add_option("--operation", a->request.operation, "erode, dilate, open or close")
      ->required()
      ->transform(CLI::CheckedTransformer(kOperations))
      ->type_name("erode|dilate|open|close");
  verb->add_option("--radius-m", a->request.radius_m, "Radius of the disc, centre to centre")
      ->required()
      ->type_name("METRES");
  declare_map(*verb, *a);
  session.add(*verb, [a, &session] { return make_map(*a, session, {}, raster_morphology); });
}

}  // namespace urbiome
