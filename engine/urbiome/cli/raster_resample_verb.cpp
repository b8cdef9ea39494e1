#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/raster_resample.h"

namespace urbiome {
namespace {

// Sums are right to more digits than counts of people have a meaning.
std::string people_in_words(double people) { return fmt::format("{:.10g}", people); }

}  // namespace

void add_raster_resample(CLI::App& raster, Session& session) {
  struct Arguments {
    PathArguments paths;
    ResampleRequest request;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = raster.add_subcommand("resample", "Counts, such as people, on another grid, their sum conserved");
  a->paths.declare(*verb, "COUNTS OUT.tif", 2);
  verb->add_option("--like", a->request.like, "Raster whose grid is wanted")->required()->type_name("GRID");
  verb->add_option("--band", a->request.band, "Band to read")->check(CLI::Range(1, 1000000));
  verb->add_option("--crs", a->request.crs, "CRS of the counts, instead of their own");
  declare_creation(*verb, a->request.creation_options);
  session.add(*verb, [a, &session] {
    a->request.counts = a->paths.take_inputs(1, 1)[0];
    const std::string& out = a->paths.output;
    check_raster_output(out, {a->request.counts, a->request.like});
    OutputFile file(out, session.overwrite());
    Executor executor(session.execution());
    AuditLog audit;
    ResampleJob job(a->request, executor, audit);
    session.note(in_words(job.plan()));
    job.plan().require(executor);
    const ResampleJob::Account account = job.write(file.staging(), executor);
    file.commit();
    if (account.beyond > 0) {
      audit.warn(a->request.counts,
                 fmt::format("{} of {} people lie beyond the grid of {} and are not in {}",
                             people_in_words(account.beyond), people_in_words(account.total), a->request.like, out));
    }
    session.say(audit);
    session.note(
        fmt::format("{} of {} people in {}", people_in_words(account.placed), people_in_words(account.total), out));
    return kDone;
  });
}

}  // namespace urbiome
