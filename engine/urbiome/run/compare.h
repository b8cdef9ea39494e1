// Two or more assessments side by side: what differs, and whether the definitions do.
#pragma once

#include <string>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/run/audit_log.h"

namespace urbiome {

struct Comparison {
  Table table;     // compare.csv: the keys of results, then base, value, difference, lower, upper, clears_error
  AuditLog audit;  // definitions that differ: legend, CRS, cell size, thresholds, parameters, city, version
  std::int64_t differing = 0;  // rows with a difference other than 0, or a value on one side only
};

// `folders[0]` is the base. Rows are matched by every key but city and scenario; a row that stands in one folder only
// has the other side empty. With several others the column `scenario` holds the folder's name. Throws Error{unreadable}
// for a folder that is no output of assess.
Comparison compare(const std::vector<std::string>& folders);

}  // namespace urbiome
