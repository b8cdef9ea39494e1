#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/raster_zonal.h"

namespace urbiome {

void add_raster_zonal(CLI::App& raster, Session& session) {
  struct Arguments {
    PathArguments paths;
    ZonalRequest request;
  };
  auto a = std::make_shared<Arguments>();
  a->request.statistics = {"count", "sum", "mean", "min", "max"};
  CLI::App* verb = raster.add_subcommand("zonal", "Statistics of values under zones, by exact covered shares");
  a->paths.declare(*verb, "VALUES ZONES OUT.csv", 3);
  declare_zones(*verb, a->request.zones);
  verb->add_option("--statistics", a->request.statistics,
                   "count, sum, mean, min, max, range, variance, stdev, coefficient_of_variation, median, quantile_25 "
                   "(any percent), mode, minority, variety, weighted_mean ... (default: count,sum,mean,min,max)")
      ->delimiter(',')
      ->type_name("NAMES");
  verb->add_option("--weights", a->request.weights,
                   "Raster of weights on the same grid, or area for true cell areas in m2")
      ->type_name("FILE|area");
  verb->add_option("--weights-band", a->request.weights_band, "Band of the weights")->check(CLI::Range(1, 1000000));
  verb->add_option("--band", a->request.band, "Band to read (default: all)")->check(CLI::Range(1, 1000000));
  verb->add_option("--crs", a->request.crs, "CRS of the raster, instead of its own");
  session.add(*verb, [a, &session] {
    const std::vector<std::string> inputs = a->paths.take_inputs(2, 2);
    const std::string& out = a->paths.output;
    ZonalRequest& request = a->request;
    request.values = inputs[0];
    request.zones.path = inputs[1];
    check_table_output(out, {request.values, request.zones.path, request.weights});
    OutputFile file(out, session.overwrite());  // an existing table shows before the work
    Executor executor(session.execution());
    AuditLog audit;
    ZonalJob job(request, executor, audit);
    session.note(in_words(job.plan()));
    job.plan().require(executor);
    const std::int64_t rows = job.write(file.staging(), executor);
    file.commit();
    session.say(audit);
    session.note(fmt::format("{} rows in {}", rows, out));
    return kDone;
  });
}

}  // namespace urbiome
