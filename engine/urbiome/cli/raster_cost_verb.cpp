#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/raster_cost.h"

namespace urbiome {

void add_raster_cost(CLI::App& raster, Session& session) {
  struct Arguments {
    PathArguments paths;
    CostRequest request;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = raster.add_subcommand("cost", "Least cost of coming to each cell from sources, over resistances");
  a->paths.declare(*verb, "RESISTANCE OUT.tif", 2);
  verb->add_option(
          "--sources", a->request.sources,
          "Where it starts: a raster on the same grid (cells other than 0 and nodata), or points, lines, polygons")
      ->required()
      ->type_name("FILE");
  verb->add_option("--sources-layer", a->request.sources_layer, "Layer of the sources");
  verb->add_option("--directions", a->request.directions,
                   "Steps to 4 sides, 8 with corners, or 16 with knight's moves (default: 8)")
      ->check(CLI::IsMember({4, 8, 16}))
      ->type_name("4|8|16");
  verb->add_option("--max-cost", a->request.most, "Higher costs are nodata (default: no limit)")->type_name("COST");
  verb->add_option("--band", a->request.band, "Band to read")->check(CLI::Range(1, 1000000));
  verb->add_option("--crs", a->request.crs, "CRS of the raster, instead of its own");
  declare_creation(*verb, a->request.creation);
  session.add(*verb, [a, &session] {
    a->request.resistance = a->paths.take_inputs(1, 1).front();
    const std::string& out = a->paths.output;
    check_raster_output(out, {a->request.resistance, a->request.sources});
    OutputFile file(out, session.overwrite());
    Grid grid;
    a->request.before_work = [&](const RasterPlan& plan) {
      grid = plan.grid;
      session.note(in_words(plan));
    };
    Executor executor(session.execution());
    AuditLog audit;
    raster_cost(a->request, file.staging(), executor, audit);
    file.commit();
    session.say(audit);
    session.note(cells_written(grid, out));
    return kDone;
  });
}

}  // namespace urbiome
