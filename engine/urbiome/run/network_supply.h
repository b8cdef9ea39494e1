// How much of a supply (green space, doctors, playgrounds) each place reaches, shared with all others who reach it.
//
//   SupplyJob job({.rule = {.method = "e2sfca", .max_cost = 800}, .tables = {"people.csv", "parks.csv", "walks.csv"}},
//                 executor, audit);
//   job.write("out.csv");
//
// From three tables (run/supply_tables.h), or from layers whose ways are searched (run/supply_layers.h). The methods
// are those of kernel/floating_catchment.h; what people reach is held against what they need by
// kernel/supply_balance.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/floating_catchment.h"
#include "urbiome/kernel/supply_balance.h"
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
  std::optional<double> demand;        // what each person needs, in the unit of supply
};

class SupplyJob {
 public:
  // Reads everything. Throws Error: usage (a demand that is none), and as catchment_rule() and read_supply_tables() or
  // read_supply_layers().
  SupplyJob(const SupplyRequest& request, Executor& executor, AuditLog& audit);

  // What was read, and afterwards what nobody reaches, and who needs more: sentences for people.
  std::string in_words() const;
  std::vector<std::string> unreached() const;
  std::vector<std::string> undersupplied() const;

  // Writes id,metric,value, with groups id,group,metric,value where rows of everybody name none: the method's row of
  // each place in the order of its file, with a demand balance_per_person and balance of each, then supply_ratio of
  // each supply in the order of its own; returns the number of rows.
  std::int64_t write(const std::string& path) const;
  // The same columns for each zone: people, supply, supply_per_person; with a demand also demand, balance,
  // balance_per_person, people_undersupplied, people_oversupplied. No value per person where nobody lives.
  std::int64_t write_zones(const std::string& path) const;

 private:
  struct PlaceValues {
    std::optional<double> access, balance_per_person, balance;
  };
  // Of a group, or of everybody.
  PlaceValues values_of(std::uint32_t place, std::optional<std::size_t> group) const;
  SupplyBalance balance_of(std::span<const std::uint32_t> places, std::optional<std::size_t> group) const;
  std::size_t groups() const { return std::max<std::size_t>(group_names_.size(), 1); }

  std::string method_, kernel_;
  std::optional<double> demand_;
  std::vector<std::string> group_names_;  // empty: people are one
  SupplyData data_;
  std::int64_t pairs_ = 0;
  SupplyAccess found_;
};

}  // namespace urbiome
