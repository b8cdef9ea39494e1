#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/command.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/io/tables.h"
#include "urbiome/run/raster_tools.h"

namespace urbiome {
namespace {

struct Arguments {
  std::vector<std::string> paths;  // inputs, then OUT
  std::string out;
  TabulateRequest request;
};

std::string take_output(Arguments& a) {
  if (!a.out.empty()) return a.out;
  const std::string out = a.paths.back();
  a.paths.pop_back();
  return out;
}

void write_table(const Table& table, const std::string& out, const Session& session) {
  OutputFile file(out, session.overwrite());
  write_csv(file.staging(), table);
  file.commit();
  session.note(fmt::format("{} rows in {}", table.rows.size(), out));
}

void add_tabulate(CLI::App& raster, Session& session) {
  auto a = std::make_shared<Arguments>();
  CLI::App* verb =
      raster.add_subcommand("tabulate", "Cells and true area of each class, per zone; two rasters give transitions");
  verb->add_option("PATHS", a->paths, "IN [IN2] OUT.csv")->required()->expected(1, 3);
  verb->add_option("-o,--output", a->out, "Table to write (instead of the last positional)")->type_name("FILE");
  verb->add_option("--zones", a->request.zones, "Polygons to tabulate by")->type_name("FILE");
  verb->add_option("--zones-layer", a->request.zones_layer, "Layer of the zones file");
  verb->add_option("--zone-id", a->request.zone_id, "Column that names zones (default: the feature number)");
  verb->add_option("--legend", a->request.legend, "A shipped legend or a csv file");
  verb->add_option("--band", a->request.band, "Band to read")->check(CLI::Range(1, 1000000));
  verb->add_option("--crs", a->request.crs, "CRS of the raster, instead of its own");
  verb->add_flag("--centre", a->request.by_centre, "Cells count by their centre instead of their covered share");
  verb->add_flag("--unlisted-unknown", a->request.unlisted_is_unknown,
                 "Codes that the legend lacks are unknown instead of an error");
  session.add(*verb, [a, &session] {
    const std::string out = take_output(*a);
    if (a->paths.empty() || a->paths.size() > 2)
      throw Error(ErrorCode::usage, "raster tabulate was given the wrong number of files", "IN [IN2] OUT.csv");
    a->request.raster = a->paths[0];
    if (a->paths.size() == 2) a->request.second_raster = a->paths[1];
    keep_apart(out, {a->request.raster, a->request.second_raster, a->request.zones, a->request.legend});
    OutputFile probe(out, session.overwrite());  // an existing table shows before the work
    Executor executor(session.execution());
    AuditLog audit;
    const Table table = tabulate(a->request, executor, audit);
    write_csv(probe.staging(), table);
    probe.commit();
    session.say(audit);
    session.note(fmt::format("{} rows in {}", table.rows.size(), out));
    return kDone;
  });
}

void add_coverage(CLI::App& raster, Session& session) {
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = raster.add_subcommand("coverage", "Exact covered share of every cell that a zone touches");
  verb->add_option("PATHS", a->paths, "GRID ZONES OUT.csv")->required()->expected(2, 3);
  verb->add_option("-o,--output", a->out, "Table to write (instead of the last positional)")->type_name("FILE");
  verb->add_option("--zones-layer", a->request.zones_layer, "Layer of the zones file");
  verb->add_option("--zone-id", a->request.zone_id, "Column that names zones (default: the feature number)");
  verb->add_flag("--centre", a->request.by_centre, "Cells whose centre lies in the zone, with share 1");
  session.add(*verb, [a, &session] {
    const std::string out = take_output(*a);
    if (a->paths.size() != 2)
      throw Error(ErrorCode::usage, "raster coverage was given the wrong number of files", "GRID ZONES OUT.csv");
    keep_apart(out, a->paths);
    AuditLog audit;
    const Table table = coverage_table(a->paths[0], a->paths[1], a->request.zones_layer, a->request.zone_id,
                                       a->request.by_centre, audit);
    write_table(table, out, session);
    session.say(audit);
    return kDone;
  });
}

}  // namespace

void add_raster(CLI::App& root, Session& session) {
  CLI::App* raster = root.add_subcommand("raster", "Tools on single rasters");
  raster->require_subcommand(1);
  add_tabulate(*raster, session);
  add_coverage(*raster, session);
}

}  // namespace urbiome
