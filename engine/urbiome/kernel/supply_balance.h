// What people reach of a supply against what they need: per person, and summed over many of them.
//
// A place whose people reach A each and need D each has the balance A - D per person, P (A - D) in all: negative where
// they are undersupplied, positive where they are oversupplied, 0 where they have exactly what they need; those are
// neither (Urban Nature Access of InVEST, Natural Capital Project).
//
//   SupplyBalance district(10);                  // D: 10 m2 for each person
//   district.add(500, 42.5);                     // 500 people who reach 42.5 m2 each
//   district.balance(), district.oversupplied();  // 16250, 500
//
// Guarantees: sums and the balance are exact before they are rounded, whatever the order.
#pragma once

#include <optional>

#include "urbiome/kernel/exact_sum.h"

namespace urbiome {

class SupplyBalance {
 public:
  explicit SupplyBalance(double demand) : demand_(demand) {}  // finite, 0 or more

  void add(double people, double access);
  void add(const SupplyBalance& others);  // who need as much

  double people() const { return people_.rounded(); }
  double supply() const { return supply_.rounded(); }  // sum of P A
  double demand() const;                               // sum of P D
  double balance() const;                              // supply less demand
  double undersupplied() const { return under_.rounded(); }
  double oversupplied() const { return over_.rounded(); }
  // Of an average person; empty where nobody is.
  std::optional<double> supply_per_person() const;
  std::optional<double> balance_per_person() const;

 private:
  ExactSum needed() const;

  double demand_;
  ExactSum people_, supply_, under_, over_;
};

}  // namespace urbiome
