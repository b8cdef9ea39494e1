// How much of a supply (green space, doctors, playgrounds) each place reaches, shared with all others who reach it.
//
//   SupplyJob job({.rule = {.method = "e2sfca", .max_cost = 800}, .tables = {"people.csv", "parks.csv", "walks.csv"}},
//                 executor, audit);
//   job.write("out.csv");
//
// From three tables (run/supply_tables.h), or from layers whose ways are searched (run/supply_layers.h). The methods
// are those of kernel/floating_catchment.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/floating_catchment.h"
#include "urbiome/run/audit_log.h"
#include "urbiome/run/supply_data.h"
#include "urbiome/run/supply_layers.h"
#include "urbiome/run/supply_rule.h"
#include "urbiome/run/supply_tables.h"

namespace urbiome {

struct SupplyRequest {
  SupplyRule rule;
  SupplyTables tables;
  std::optional<SupplyLayers> layers;  // instead of the tables
};

class SupplyJob {
 public:
  // Reads everything. Throws Error as catchment_rule() and read_supply_tables() or read_supply_layers().
  SupplyJob(const SupplyRequest& request, Executor& executor, AuditLog& audit);

  // What was read, and afterwards what nobody reaches: sentences for people.
  std::string in_words() const;
  std::vector<std::string> unreached() const;

  // Writes id,metric,value: the method's row of each place in the order of its file, then supply_ratio of each supply
  // in the order of its own; returns the number of rows.
  std::int64_t write(const std::string& path) const;

 private:
  std::string method_, kernel_;
  SupplyData data_;
  std::int64_t pairs_ = 0;
  SupplyAccess found_;
};

}  // namespace urbiome
