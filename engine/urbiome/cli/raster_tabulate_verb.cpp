#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/raster_tabulate.h"

namespace urbiome {

void add_raster_tabulate(CLI::App& raster, Session& session) {
  struct Arguments {
    PathArguments paths;
    TabulateRequest request;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* verb =
      raster.add_subcommand("tabulate", "Cells and true area of each class, per zone; two rasters give transitions");
  a->paths.declare(*verb, "IN [IN2] OUT.csv", 3);
  declare_optional_zones(*verb, a->request.zones, "Polygons to tabulate by", false);
  declare_raster(*verb, a->request.raster);
  session.add(*verb, [a, &session] {
    const std::vector<std::string> inputs = a->paths.take_inputs(1, 2);
    const std::string& out = a->paths.output;
    TabulateRequest& request = a->request;
    request.raster.path = inputs[0];
    if (inputs.size() == 2) request.second_raster = inputs[1];
    check_table_output(out, {request.raster.path, request.second_raster, request.zones.path, request.raster.legend});
    OutputFile file(out, session.overwrite());  // an existing table shows before the work
    Executor executor(session.execution());
    AuditLog audit;
    const Table table = tabulate(request, executor, audit);
    write_csv(file.staging(), table);
    file.commit();
    session.say(audit);
    session.note(fmt::format("{} rows in {}", table.rows.size(), out));
    return kDone;
  });
}

}  // namespace urbiome
