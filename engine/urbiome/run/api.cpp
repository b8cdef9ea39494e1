#include "urbiome/run/api.h"

#include "urbiome/indicators/catalogue.h"
#include "urbiome/io/library_versions.h"
#include "urbiome/run/output.h"
#include "urbiome/run/version.h"
#include "urbiome/vector/crs.h"
#include "urbiome/vector/overlay.h"

namespace urbiome {

Table assess_table(const AssessRequest& request) {
  const CancelScope scope(request.cancel);
  AssessOptions options;
  options.execution = {.threads = request.num_threads,
                       .memory_bytes = request.memory_bytes,
                       .tile_size = 0,
                       .cancel = request.cancel,
                       .progress = request.progress};
  const Recipe recipe = read_recipe(request.recipe);
  std::optional<OutputFolder> folder;  // before the work: an existing folder shows at once
  if (!request.out.empty()) keep_apart(request.out, recipe);
  if (!request.out.empty()) folder.emplace(request.out, request.overwrite);
  const Assessment done = assess(recipe, options);
  if (folder) {
    Executor executor(options.execution);
    write_output(done, *folder, {.checksums = true, .only_results = false}, executor);
    folder->commit();
  }
  return results_table(done.results);
}

Table catalogue_table() {
  Table table{"catalogue", {"id", "title", "unit", "least", "most", "definition", "needs", "evidence", "source"}, {}};
  for (const Indicator* indicator : indicators()) {
    const IndicatorSpec& s = indicator->spec;
    table.rows.push_back({std::string(s.id), std::string(s.title), std::string(s.unit), s.least, s.most,
                          std::string(s.definition), std::string(s.needs), std::string(name_of(s.evidence)),
                          std::string(s.source)});
  }
  return table;
}

std::string_view version() { return kVersion; }

Json library_versions() {
  Json versions = io_library_versions();
  versions["PROJ"] = proj_version();
  versions["GEOS"] = geos_version();
  return versions;
}

}  // namespace urbiome
