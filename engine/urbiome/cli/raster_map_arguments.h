// What the verbs have in common that make one raster of another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "urbiome/cli/raster_arguments.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/raster_output.h"

namespace urbiome {

// Arguments of a verb that makes one raster of another.
template <class Request>
struct MapArguments {
  RasterPaths paths;
  Request request;
  std::vector<std::string> creation;
};

// IN OUT.tif, the raster, the choice of cells, creation options; `work` makes the file. `also_read(request)` names
// another file that is read, or none.
template <class Request, class Work, class AlsoRead>
void declare_map_tool(CLI::App& verb, Session& session, const std::shared_ptr<MapArguments<Request>>& a, Work work,
                      AlsoRead also_read) {
  a->paths.declare(verb, "IN OUT.tif", 2);
  declare_raster(verb, a->request.raster);
  declare_choice(verb, a->request.choice);
  declare_creation(verb, a->creation);
  session.add(verb, [a, &session, work, also_read] {
    a->request.raster.path = a->paths.take_inputs(1, 1)[0];
    keep_apart(a->paths.output, {a->request.raster.path, a->request.raster.legend, also_read(a->request)});
    OutputFile file(a->paths.output, session.overwrite());
    Executor executor(session.execution());
    AuditLog audit;
    const RasterOutput output{file.staging(), a->creation,
                              [&](const RasterPlan& plan) { session.note(in_words(plan)); }};
    work(a->request, output, executor, audit);
    file.commit();
    session.say(audit);
    return kDone;
  });
}

template <class Request, class Work>
void declare_map_tool(CLI::App& verb, Session& session, const std::shared_ptr<MapArguments<Request>>& a, Work work) {
  declare_map_tool(verb, session, a, work, [](const Request&) { return std::string{}; });
}

}  // namespace urbiome
