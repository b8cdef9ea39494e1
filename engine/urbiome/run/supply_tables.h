// Floating catchments from three tables: who lives where, what is offered where, and the costs between them.
#pragma once

#include <string>

#include "urbiome/exec/executor.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/run/supply_data.h"
#include "urbiome/run/supply_rule.h"

namespace urbiome {

// csv files: DEMAND(id,people or a column for each group), SUPPLY(id,amount and perhaps a limit) and
// COSTS(origin,dest,cost), where origin is an id of DEMAND and dest one of SUPPLY; a pair that COSTS lacks cannot be
// travelled. Other columns are left alone.
struct SupplyTables {
  std::string demand, supply, costs;
  std::string zone = {};  // a column of DEMAND with each place's zone; empty: none is asked for
};

// Throws Error: unreadable, contradiction (ids that are twice or unknown, a pair twice, a cost that weighs without
// limit), memory.
SupplyData read_supply_tables(const SupplyTables& tables, const SupplyRule& asked, const DistanceDecay& decay,
                              Executor& executor, AuditLog& audit);

}  // namespace urbiome
