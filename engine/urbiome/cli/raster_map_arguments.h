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
  PathArguments paths;
  Request request;
  std::vector<std::string> creation;
};

// IN OUT.tif, the raster, the choice of cells, creation options.
template <class Request>
void declare_map(CLI::App& verb, MapArguments<Request>& arguments) {
  arguments.paths.declare(verb, "IN OUT.tif", 2);
  declare_raster(verb, arguments.request.raster);
  declare_choice(verb, arguments.request.choice);
  declare_creation(verb, arguments.creation);
}

// Makes the file: `work` with a request whose inputs are named; `also_read` are its other inputs, `also_made` is
// another file that it makes.
template <class Request, class Work>
int make_map(MapArguments<Request>& arguments, const Session& session, const std::vector<std::string>& also_read,
             const Work& work, OutputFile* also_made = nullptr) {
  Request& request = arguments.request;
  request.raster.path = arguments.paths.take_inputs(1, 1)[0];
  std::vector<std::string> inputs{request.raster.path, request.raster.legend};
  inputs.insert(inputs.end(), also_read.begin(), also_read.end());
  check_raster_output(arguments.paths.output, inputs);
  OutputFile file(arguments.paths.output, session.overwrite());
  Executor executor(session.execution());
  AuditLog audit;
  Grid grid;
  const RasterOutput output{file.staging(), arguments.creation, [&](const RasterPlan& plan) {
                              grid = plan.grid;
                              session.note(in_words(plan));
                            }};
  work(request, output, executor, audit);
  std::vector<OutputFile*> made{&file};
  if (also_made != nullptr) made.push_back(also_made);
  OutputFile::commit_all(made);
  session.say(audit);
  session.note(cells_written(grid, arguments.paths.output));
  return kDone;
}

}  // namespace urbiome
