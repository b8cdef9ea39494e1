#include <memory>
#include <optional>

#include <fmt/format.h>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/raster_label.h"

namespace urbiome {

void add_raster_label(CLI::App& raster, Session& session) {
  struct Arguments {
    PathArguments paths;
    LabelRequest request;
    std::string table;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* verb = raster.add_subcommand("label", "Patches: connected cells of each class, or of a role, by id");
  a->paths.declare(*verb, "IN [OUT.tif]", 2);
  verb->add_option("--table", a->table, "Table of the patches to write; then OUT.tif may be left out")
      ->type_name("FILE");
  declare_choice(*verb, a->request.choice);
  declare_directions(*verb, a->request.directions);
  declare_raster(*verb, a->request.raster);
  declare_creation(*verb, a->request.creation_options);
  session.add(*verb, [a, &session] {
    LabelRequest& request = a->request;
    const bool table_only = a->paths.output.empty() && a->paths.given.size() == 1;
    if (table_only && a->table.empty())
      throw Error(ErrorCode::usage, "raster label was given neither OUT.tif nor --table", "one of them, or both",
                  "name what to write");
    request.raster.path = table_only ? a->paths.given[0] : a->paths.take_inputs(1, 1)[0];
    const std::string& out = a->paths.output;
    request.before_work = [&](const RasterPlan& plan) { session.note(in_words(plan)); };
    std::optional<OutputFile> ids, table;
    const std::vector<std::string> inputs{request.raster.path, request.raster.legend};
    const auto stage = [&](const std::string& path, std::optional<OutputFile>& file) {
      file.emplace(path, session.overwrite());
      return file->staging();
    };
    if (!out.empty()) {
      check_raster_output(out, inputs);
      request.ids_path = stage(out, ids);
    }
    if (!a->table.empty()) {
      check_table_output(a->table, inputs);
      request.table_path = stage(a->table, table);
    }
    Executor executor(session.execution());
    AuditLog audit;
    const LabelResult found = label(request, executor, audit);
    std::vector<OutputFile*> made;
    if (ids) made.push_back(&*ids);
    if (table) made.push_back(&*table);
    OutputFile::commit_all(made);
    session.say(audit);
    std::string scratch;
    if (found.scratch_bytes > 0) scratch = fmt::format("; {} MiB of scratch", (found.scratch_bytes >> 20) + 1);
    session.note(fmt::format("{} patches in {}{}", found.patches, table_only ? a->table : out, scratch));
    return kDone;
  });
}

}  // namespace urbiome
