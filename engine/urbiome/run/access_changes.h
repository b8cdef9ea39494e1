// access_changes.csv: for each question of access that two runs share, the people within reach in the later one that
// were not in the base, and the reverse.
//
// Results tell no more than a net difference, for people may gain in one place and lose in another of the same zone. So
// both runs' recipes are read again, and everybody is asked anew on one grid: people, groups, zones and grid are the
// base's; spaces, streets, standards and parameters each run's own. That holds only while the inputs are those of the
// runs: files that are gone or changed are named, and there are no figures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/base/table.h"
#include "urbiome/exec/executor.h"
#include "urbiome/run/audit_log.h"

namespace urbiome {

// zone_id,group,gained,lost,zone_level,framework,topic,indicator,variant,scenario,status; `folders[0]` is the base.
// With several others `scenario` is the folder's name. Groups below the least size that a run shows are `suppressed`.
// Empty where no two runs ask about access; `audit` says why.
std::optional<Table> access_changes(const std::vector<std::string>& folders, const ExecutionSettings& execution,
                                    AuditLog& audit);

}  // namespace urbiome
