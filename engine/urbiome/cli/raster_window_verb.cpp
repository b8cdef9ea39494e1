#include <memory>

#include "urbiome/cli/raster_map_arguments.h"
#include "urbiome/run/raster_window.h"

namespace urbiome {

void add_raster_window(CLI::App& raster, Session& session) {
  auto a = std::make_shared<MapArguments<WindowToolRequest>>();
  CLI::App* verb = raster.add_subcommand("window", "A statistic of the cells within a radius of every cell");
  verb->add_option("--radius-m", a->request.radius_m, "Radius, or half the side of a square")
      ->required()
      ->type_name("METRES");
  declare_word<WindowForm>(*verb, "--shape", a->request.form,
                           {{"disc", WindowForm::disc}, {"square", WindowForm::square}}, "disc (default) or square");
  verb->add_option("--statistic", a->request.statistic,
                   "share of --classes or --role; sum and mean of them or of the raster's values; diversity, majority")
      ->required()
      ->check(CLI::IsMember({"share", "sum", "mean", "diversity", "majority"}))
      ->type_name("WORD");
  declare_map(*verb, *a);
  session.add(*verb, [a, &session] { return make_map(*a, session, {}, raster_window); });
}

}  // namespace urbiome
