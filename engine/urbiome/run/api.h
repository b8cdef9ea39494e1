// The few functions that other languages call.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "urbiome/base/table.h"
#include "urbiome/exec/executor.h"
#include "urbiome/io/json.h"

namespace urbiome {

struct AssessRequest {
  std::string recipe;
  std::string out;  // empty: nothing is written
  bool overwrite = false;
  std::int64_t memory_bytes = 0;  // 0: a quarter of the machine
  int num_threads = 0;            // 0: all cores
  const CancelToken* cancel = nullptr;
  std::function<void(std::string_view, double)> progress;
};

Table assess_table(const AssessRequest& request);  // the columns of results.csv
Table catalogue_table();                           // id, title, unit, least, most, definition, needs, evidence, source
std::string_view version();
Json library_versions();  // name -> version, for provenance

}  // namespace urbiome
