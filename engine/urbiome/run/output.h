// The output folder of an assessment, written beside the target and renamed at the end.
#pragma once

#include <string>

#include "urbiome/io/json.h"
#include "urbiome/io/output_folder.h"
#include "urbiome/run/assess.h"

namespace urbiome {

struct OutputOptions {
  bool checksums = true;      // of inputs, for run.json
  bool only_results = false;  // no more than results.csv, results.json and run.json
};

// results.csv, results.json, results.xlsx, zones.gpkg, maps/*.tif, run.json, report.html into the staging folder,
// tables beside layers; the caller commits. Error{unwritable}.
void write_output(const Assessment& assessment, OutputFolder& folder, const OutputOptions& options, Executor& executor);

// Inputs of a recipe with size and sha256, as kept in run.json.
Json inputs_of(const Recipe& recipe, bool checksums);

// Error{usage} when the output exists and one of the recipe's files lies in it, or is it; the run.json that is replayed
// may.
void keep_apart(const std::string& out, const Recipe& recipe);

// Compares the inputs kept in a run.json with the files of today: one sentence per difference, none when all are the
// same.
std::vector<std::string> changed_inputs(const Json& run_json);

}  // namespace urbiome
