#include <memory>
#include <optional>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/cli/network_arguments.h"
#include "urbiome/cli/network_verbs.h"
#include "urbiome/cli/path_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/network_reach.h"

namespace urbiome {
namespace {

struct Arguments {
  NetworkReachRequest request;
  std::string output, opportunities, catchments;
};

void declare_elevation(CLI::App& verb, ElevationRequest& request) {
  CLI::Option* path =
      verb.add_option("--elevation", request.path, "Raster of heights in metres: slopes make ways slower or quicker");
  path->type_name("FILE");
  verb.add_option("--elevation-band", request.band, "Band of that raster")->check(CLI::Range(1, 1000000))->needs(path);
  verb.add_option("--elevation-crs", request.crs, "CRS of it, instead of its own")->needs(path);
}

// Tables of what is within limits, and those limits.
void declare_limits(CLI::App& verb, Arguments& a) {
  verb.add_option("--opportunities", a.opportunities,
                  "Table of the targets within limits, and their area, along streets and in a straight line")
      ->type_name("OUT.csv");
  verb.add_option("--catchments", a.catchments, "Polygons from which some target is reached within limits")
      ->type_name("OUT.gpkg");
  verb.add_option("--catchment-width-m", a.request.catchment_width_m, "Their ground on both sides of a street")
      ->capture_default_str();
  verb.add_option("--within", a.request.within_m, "Limits in metres along the street (default: 300,400,500)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("M,...");
  verb.add_option("--within-min", a.request.within_min, "Limits in minutes of walking")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("MIN,...");
}

std::vector<std::string> inputs_of(const NetworkReachRequest& request) {
  return {request.streets.path, request.streets.walkable,    request.origins.path,
          request.targets.path, request.entrances.entrances, request.elevation.path};
}

int run_reach(const Arguments& a, const Session& session) {
  const NetworkReachRequest& request = a.request;
  check_table_output(a.output, inputs_of(request));
  if (!a.opportunities.empty()) check_table_output(a.opportunities, inputs_of(request));
  if (!a.catchments.empty()) check_geopackage_output(a.catchments, inputs_of(request));
  if (a.opportunities.empty() && a.catchments.empty() && !(request.within_m.empty() && request.within_min.empty())) {
    throw Error(ErrorCode::usage, "--within and --within-min are limits of --opportunities and --catchments",
                "one of these as well", "give --opportunities OUT.csv");
  }
  OutputFile table(a.output, session.overwrite());
  std::vector<OutputFile*> files{&table};
  std::optional<OutputFile> opportunities, catchments;
  if (!a.opportunities.empty()) files.push_back(&opportunities.emplace(a.opportunities, session.overwrite()));
  if (!a.catchments.empty()) files.push_back(&catchments.emplace(a.catchments, session.overwrite()));
  Executor executor(session.execution());
  AuditLog audit;
  const NetworkReachJob job(request, executor, audit);
  const NetworkReachJob::Summary summary = job.write(table.staging(), executor);
  std::vector<std::string> said{fmt::format("{}; {} rows in {}", in_words(summary), summary.origins, a.output)};
  std::string within;  // all tables say the same
  if (opportunities) within = job.write_opportunities(opportunities->staging(), executor);
  if (catchments) within = job.write_catchments(catchments->staging(), executor);
  if (!within.empty()) said.push_back(within);
  OutputFile::commit_all(files);
  session.say(audit);
  session.note(audit);
  for (const std::string& sentence : said) session.note(sentence);
  return kDone;
}

}  // namespace

void add_network_reach(CLI::App& network, Session& session) {
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = network.add_subcommand(
      "reach", "The nearest park, school or stop for everyone, along streets and in a straight line");
  NetworkReachRequest& request = a->request;
  verb->add_option("OUT,-o,--output", a->output, "Table to write")->required()->type_name("OUT.csv");
  declare_streets(*verb, request.streets, request.streets_crs, request.least_island_m).front()->required();
  declare_places(*verb, "origin", request.origins, "Points or polygons where people live, or a raster of counts")
      .front()
      ->required();
  verb->add_option("--origins-band", request.origins_band, "Band of that raster")->check(CLI::Range(1, 1000000));
  verb->add_option("--people", request.origins.amount, "Column with the number of people (default: none is told)");
  declare_places(*verb, "target", request.targets, "Points or polygons to walk to").front()->required();
  declare_entrances(*verb, request.entrances, request.snap_max_m);
  verb->add_option("--max-m", request.max_m, "Farther along streets is unreached (default: no limit)");
  verb->add_option("--speed-kmh", request.speed_kmh, "Walking speed on flat ground")->capture_default_str();
  declare_elevation(*verb, request.elevation);
  declare_limits(*verb, *a);
  session.add(*verb, [a, &session] { return run_reach(*a, session); });
}

}  // namespace urbiome
