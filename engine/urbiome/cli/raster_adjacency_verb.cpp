#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/raster_adjacency.h"

namespace urbiome {

void add_raster_adjacency(CLI::App& raster, Session& session) {
  struct Arguments {
    PathArguments paths;
    AdjacencyRequest request;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = raster.add_subcommand("adjacency", "Neighbouring cells counted by pair of classes, per zone");
  a->paths.declare(*verb, "IN OUT.csv", 2);
  declare_directions(*verb, a->request.directions);
  declare_optional_zones(*verb, a->request.zones, "Polygons to count in; cells belong by their centre", true);
  declare_raster(*verb, a->request.raster);
  session.add(*verb, [a, &session] {
    const std::vector<std::string> inputs = a->paths.take_inputs(1, 1);
    const std::string& out = a->paths.output;
    AdjacencyRequest& request = a->request;
    request.raster.path = inputs[0];
    request.before_work = [&](const RasterPlan& plan) { session.note(in_words(plan)); };
    check_table_output(out, {request.raster.path, request.zones.path, request.raster.legend});
    OutputFile file(out, session.overwrite());
    Executor executor(session.execution());
    AuditLog audit;
    const Table table = adjacency(request, executor, audit);
    write_csv(file.staging(), table);
    file.commit();
    session.say(audit);
    session.note(fmt::format("{} rows in {}", table.rows.size(), out));
    return kDone;
  });
}

}  // namespace urbiome
