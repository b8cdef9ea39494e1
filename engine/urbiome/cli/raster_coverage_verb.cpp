#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/raster_coverage.h"

namespace urbiome {

void add_raster_coverage(CLI::App& raster, Session& session) {
  struct Arguments {
    PathArguments paths;
    ZonesRequest zones;
    std::string crs;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = raster.add_subcommand("coverage", "Exact covered share of every cell that a zone touches");
  a->paths.declare(*verb, "GRID ZONES OUT.csv", 3);
  declare_zones(*verb, a->zones);
  verb->add_option("--crs", a->crs, "CRS of the grid, instead of its own");
  session.add(*verb, [a, &session] {
    const std::vector<std::string> inputs = a->paths.take_inputs(2, 2);
    const std::string& out = a->paths.output;
    check_table_output(out, inputs);
    OutputFile file(out, session.overwrite());
    a->zones.path = inputs[1];
    Executor executor(session.execution());
    AuditLog audit;
    CoverageJob job(inputs[0], a->crs, a->zones, executor, audit);
    session.note(in_words(job.plan()));
    job.plan().require(executor);
    const std::int64_t rows = job.write(file.staging(), executor, audit);
    file.commit();
    session.say(audit);
    session.note(fmt::format("{} rows in {}", rows, out));
    return kDone;
  });
}

}  // namespace urbiome
