#include "urbiome/kernel/supply_balance.h"

namespace urbiome {

void SupplyBalance::add(double people, double access) {
  people_.add(people);
  supply_.add_product(people, access);
  if (access < demand_) under_.add(people);
  if (access > demand_) over_.add(people);
}

void SupplyBalance::add(const SupplyBalance& others) {
  people_.add(others.people_);
  supply_.add(others.supply_);
  under_.add(others.under_);
  over_.add(others.over_);
}

ExactSum SupplyBalance::needed() const {
  ExactSum demand;
  demand.add(demand_);
  return ExactSum::product(people_, demand);
}

double SupplyBalance::demand() const { return needed().rounded(); }

double SupplyBalance::balance() const {
  ExactSum rest = supply_;
  rest.subtract(needed());
  return rest.rounded();
}

std::optional<double> SupplyBalance::supply_per_person() const {
  if (people_.zero()) return std::nullopt;
  return supply() / people();
}

std::optional<double> SupplyBalance::balance_per_person() const {
  if (people_.zero()) return std::nullopt;
  return balance() / people();
}

}  // namespace urbiome
