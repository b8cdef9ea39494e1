// How much of a supply (green space, doctors, playgrounds) each place reaches, shared with all others who reach it.
//
// Three tables by id: DEMAND(id,people), SUPPLY(id,amount) and COSTS(origin,dest,cost), where origin is an id of DEMAND
// and dest one of SUPPLY; a pair that COSTS lacks cannot be travelled. Other columns are left alone. The methods are
// those of kernel/floating_catchment.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/exec/executor.h"
#include "urbiome/kernel/floating_catchment.h"
#include "urbiome/run/audit_log.h"

namespace urbiome {

struct SupplyRequest {
  std::string demand, supply, costs;  // csv files
  std::string method = "2sfca";       // 2sfca, e2sfca, 3sfca, bfca
  std::string kernel;                 // a decay by name, or a csv max_cost,weight; empty: the method's own
  std::optional<double> power;        // of the decay power
  double floor = 0;                   // of power and inverse, in the unit of cost; 0: none
  std::optional<double> max_cost;     // none: costs of any size count

  static const std::vector<std::string>& methods();
  static const std::vector<std::string>& kernels();  // without the file
  std::string kernel_or_default() const;             // dichotomy for 2sfca, otherwise gaussian
  bool kernel_is_file() const;
};

class SupplyJob {
 public:
  // Reads all tables. Throws Error: usage (a kernel without the options that it needs, or with others), unreadable,
  // contradiction (ids that are twice or unknown, a pair twice, a cost that weighs without limit), memory.
  SupplyJob(const SupplyRequest& request, Executor& executor, AuditLog& audit);
  ~SupplyJob();

  // What was read, and afterwards what nobody reaches: sentences for people.
  std::string in_words() const;
  std::vector<std::string> unreached() const;

  // Writes id,metric,value: the method's row of each place in the order of DEMAND, then supply_ratio of each supply in
  // the order of SUPPLY; returns the number of rows.
  std::int64_t write(const std::string& path) const;

 private:
  std::string method_, kernel_;
  std::unique_ptr<class PlaceTable> demand_, supply_;
  std::int64_t pairs_ = 0;
  SupplyAccess found_;
};

}  // namespace urbiome
