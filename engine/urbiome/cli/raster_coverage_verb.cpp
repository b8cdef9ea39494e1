#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/raster_coverage.h"

namespace urbiome {

void add_raster_coverage(CLI::App& raster, Session& session) {
  struct Arguments {
    RasterPaths paths;
    ZonesRequest zones;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = raster.add_subcommand("coverage", "Exact covered share of every cell that a zone touches");
  a->paths.declare(*verb, "GRID ZONES OUT.csv", 3);
  declare_zones(*verb, a->zones);
  session.add(*verb, [a, &session] {
    const std::vector<std::string> inputs = a->paths.take_inputs(2, 2);
    const std::string& out = a->paths.output;
    keep_apart(out, inputs);
    OutputFile file(out, session.overwrite());
    a->zones.path = inputs[1];
    AuditLog audit;
    const Table table = coverage_table(inputs[0], a->zones, audit);
    write_csv(file.staging(), table);
    file.commit();
    session.say(audit);
    session.note(fmt::format("{} rows in {}", table.rows.size(), out));
    return kDone;
  });
}

}  // namespace urbiome
