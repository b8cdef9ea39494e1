// What is asked of floating catchments: a method, and how weights fall with cost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "urbiome/kernel/floating_catchment.h"
#include "urbiome/run/audit_log.h"

namespace urbiome {

// People who are counted by themselves, with a limit of their own where they have one.
struct SupplyGroup {
  std::string column;  // with their number at each place
  std::optional<double> max_cost;
};

struct SupplyRule {
  std::string method = "2sfca";     // 2sfca, e2sfca, 3sfca, bfca
  std::string kernel;               // a decay by name, or a csv max_cost,weight; empty: the method's own
  std::optional<double> power;      // of the decay power
  double floor = 0;                 // of power and inverse, in the unit of cost; 0: none
  std::optional<double> max_cost;   // none: costs of any size count
  std::string radius_column;        // of supplies: the limit of each, instead of max_cost
  std::vector<SupplyGroup> groups;  // who together are everybody; empty: people are one

  static const std::vector<std::string>& methods();
  static const std::vector<std::string>& kernels();  // without the file
  std::string kernel_or_default() const;             // dichotomy for 2sfca, otherwise gaussian
  bool kernel_is_file() const;
  bool needs_max() const;  // somebody's costs have no other limit
};

// Throws Error: usage (a kernel without the options that it needs, or with others), unreadable, contradiction (steps).
CatchmentRule catchment_rule(const SupplyRule& asked, AuditLog& audit);

// Limits of supplies that were read from `path`, into the rule. Throws Error{contradiction}: one at which the weights
// of the kernel cannot end.
void set_radii(std::vector<double> radii, const std::vector<std::string>& ids, const std::string& path,
               const SupplyRule& asked, CatchmentRule& rule);

// A table whose last line has no end may have been cut off.
void warn_of_cut(const std::string& path, AuditLog& audit);

}  // namespace urbiome
