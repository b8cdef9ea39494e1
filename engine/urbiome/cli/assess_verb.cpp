#include <memory>

#include <fmt/format.h>

#include "urbiome/cli/command.h"
#include "urbiome/run/output.h"

namespace urbiome {
namespace {

bool is_run_json(const std::string& path) { return path.size() >= 5 && path.substr(path.size() - 5) == ".json"; }

void replay_notes(const std::string& path, const Session& session) {
  const auto changes = changed_inputs(read_json(path));
  if (changes.empty()) session.note("inputs are the same as in " + path);
  for (const std::string& change : changes) to_stderr(fmt::format("urbiome: warning: {}\n", change));
}

}  // namespace

void add_assess(CLI::App& root, Session& session) {
  struct Arguments {
    std::string recipe, out;
    bool no_checksum = false, only_results = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = root.add_subcommand("assess", "Compute a city's indicators into a folder");
  verb->add_option("RECIPE", arguments->recipe, "city.toml, or run.json of an earlier run")->required();
  verb->add_option("-o,--output,OUT", arguments->out, "Folder to make: the last word, or after -o")
      ->required()
      ->option_text("DIR");
  verb->add_flag("--no-checksum", arguments->no_checksum, "Do not read inputs a second time for their sha256");
  verb->add_flag("--only-results", arguments->only_results,
                 "Write results.csv, results.json and run.json: no maps, workbook, GeoPackage or report");
  session.add(*verb, [arguments, &session] {
    const Recipe recipe = read_recipe(arguments->recipe);
    keep_apart(arguments->out, recipe);
    OutputFolder folder(arguments->out, session.overwrite());
    if (is_run_json(arguments->recipe)) replay_notes(arguments->recipe, session);
    AssessOptions options{session.execution(), [&](const DatePlan& plan) { session.note(in_words(plan)); },
                          !arguments->only_results};
    const Assessment done = assess(recipe, options);
    Executor executor(session.execution());
    write_output(done, folder, {.checksums = !arguments->no_checksum, .only_results = arguments->only_results},
                 executor);
    folder.commit();
    session.say(done.results.audit);
    session.note(fmt::format("{} values in {}{}", done.results.rows.size(), arguments->out,
                             arguments->only_results ? "/results.csv" : "; open " + arguments->out + "/report.html"));
    return done.results.failed ? kSomeFailed : kDone;
  });
}

}  // namespace urbiome
