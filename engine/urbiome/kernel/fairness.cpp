#include "urbiome/kernel/fairness.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "urbiome/kernel/exact_sum.h"

namespace urbiome {
namespace {

void add_number(ExactSum& sum, double number) {
  const BinaryParts parts = parts_of(number);
  sum.add(parts.mantissa, parts.exponent);
}

void add_product_of(ExactSum& sum, double a, double b) {
  const BinaryParts first = parts_of(a), second = parts_of(b);
  sum.add(static_cast<Int128>(first.mantissa) * second.mantissa, first.exponent + second.exponent);
}

ExactSum times(const ExactSum& sum, std::int64_t factor) {
  ExactSum whole;
  whole.add(factor, 0);
  return ExactSum::product(sum, whole);
}

ExactSum less(ExactSum sum, const ExactSum& part) {
  sum.subtract(part);
  return sum;
}

double share(const ExactSum& part, const ExactSum& whole) { return narrowed(ratio(part.wide(), whole.wide())); }

// All units of one x or one rank.
struct Step {
  double key, per_person;
  ExactSum people, provision;
};

struct Steps {
  std::vector<Step> steps;
  ExactSum people, provision;

  Steps(std::span<const ProvidedUnit> units, double ProvidedUnit::*key) {
    std::vector<ProvidedUnit> sorted(units.begin(), units.end());
    std::erase_if(sorted, [](const ProvidedUnit& unit) { return unit.people == 0; });
    std::ranges::sort(sorted, {}, key);
    for (const ProvidedUnit& unit : sorted) {
      if (steps.empty() || steps.back().key != unit.*key) steps.push_back({unit.*key, unit.per_person, {}, {}});
      add_number(steps.back().people, unit.people);
      add_product_of(steps.back().provision, unit.people, unit.per_person);
    }
    for (const Step& step : steps) people.add(step.people), provision.add(step.provision);
  }
  bool nothing() const { return provision.zero(); }
};

// Gini's sum as sum_k provision_k (people before k - people after k) / (N T), all exact but the last division.
std::optional<double> index_of(const Steps& all) {
  if (all.nothing()) return std::nullopt;
  ExactSum before, index;
  for (const Step& step : all.steps) {
    ExactSum place = less(before, all.people);
    before.add(step.people);
    place.add(before);
    index.add(ExactSum::product(step.provision, place));
  }
  return share(index, ExactSum::product(all.people, all.provision));
}

// What the first `tenths` tenths of people have, in the order of the steps given.
template <class Iterator>
double provision_of_first(Iterator first, Iterator end, const ExactSum& people, int tenths) {
  ExactSum missing = times(people, tenths), whole;  // ten times the people still to come
  for (; first != end; ++first) {
    const ExactSum rest = less(missing, times(first->people, 10));
    if (rest.wide().fraction < 0) break;
    whole.add(first->provision);
    missing = rest;
  }
  const double part = first == end ? 0 : first->per_person * (missing.rounded() / 10);
  return whole.rounded() + part;
}

}  // namespace

std::optional<double> mean_of_lowest_fifth(std::span<const ProvidedUnit> units) {
  const Steps all(units, &ProvidedUnit::rank);
  if (all.people.zero()) return std::nullopt;
  ExactSum missing = all.people, fifth;  // five times the people still to come; five times what they have
  for (const Step& step : all.steps) {
    const ExactSum rest = less(missing, times(step.people, 5));
    if (rest.wide().fraction < 0) {
      const double part = share(missing, times(step.people, 5));
      return (fifth.rounded() + 5 * part * step.provision.rounded()) / all.people.rounded();
    }
    fifth.add(times(step.provision, 5));
    missing = rest;
  }
  return fifth.rounded() / all.people.rounded();
}

std::vector<LorenzPoint> lorenz_curve(std::span<const ProvidedUnit> units) {
  const Steps all(units, &ProvidedUnit::per_person);
  if (all.nothing()) return {};
  std::vector<LorenzPoint> points{{0, 0}};
  ExactSum people, provision;
  for (const Step& step : all.steps) {
    people.add(step.people);
    provision.add(step.provision);
    points.push_back({share(people, all.people), share(provision, all.provision)});
  }
  return points;
}

std::optional<double> gini(std::span<const ProvidedUnit> units) {
  return index_of(Steps(units, &ProvidedUnit::per_person));
}

std::optional<double> gini_of_sample(std::span<const ProvidedUnit> units) {
  const auto count =
      static_cast<double>(std::ranges::count_if(units, [](const ProvidedUnit& unit) { return unit.people > 0; }));
  const std::optional<double> uncorrected = gini(units);
  if (!uncorrected || count < 2) return std::nullopt;
  return *uncorrected * (count / (count - 1));
}

std::optional<double> theil(std::span<const ProvidedUnit> units) {
  const Steps all(units, &ProvidedUnit::per_person);
  if (all.nothing()) return std::nullopt;
  if (all.steps.size() == 1) return 0;
  const double mean = share(all.provision, all.people);
  ExactSum sum;
  for (const Step& step : all.steps) {
    // r ln r - r + 1, whose terms are never below 0: the shares of r - 1 add up to 0.
    const double over = (step.per_person - mean) / mean;
    const double term = step.per_person == 0 ? 1 : (1 + over) * std::log1p(over) - over;
    add_product_of(sum, share(step.people, all.people), std::max(term, 0.0));
  }
  return sum.rounded();
}

std::optional<double> palma_ratio(std::span<const ProvidedUnit> units) {
  const Steps all(units, &ProvidedUnit::per_person);
  if (all.nothing()) return std::nullopt;
  const double worst = provision_of_first(all.steps.begin(), all.steps.end(), all.people, 4);
  const double best = provision_of_first(all.steps.rbegin(), all.steps.rend(), all.people, 1);
  if (worst < kLeastPart * all.provision.rounded()) return std::nullopt;
  return std::max(best / worst, 0.25);
}

std::optional<double> concentration_index(std::span<const ProvidedUnit> units) {
  return index_of(Steps(units, &ProvidedUnit::rank));
}

}  // namespace urbiome
