#include "urbiome/kernel/floating_catchment.h"

#include "urbiome/kernel/exact_sum.h"

namespace urbiome {
namespace {

std::vector<double> rounded(const std::vector<ExactSum>& sums) {
  std::vector<double> values;
  values.reserve(sums.size());
  for (const ExactSum& sum : sums) values.push_back(sum.rounded());
  return values;
}

// Calls body(place, its pairs) for each place that has some.
template <class Body>
void for_each_place(std::span<const CatchmentPairs> blocks, Body body) {
  for (const std::span<const CatchmentPair> pairs : blocks) {
    for (std::size_t first = 0, end = 0; first < pairs.size(); first = end) {
      while (end < pairs.size() && pairs[end].place == pairs[first].place) ++end;
      body(pairs[first].place, pairs.subspan(first, end - first));
    }
  }
}

// The weights a and b of the two steps for one group of people, both 0 outside a catchment.
class StepWeights {
 public:
  StepWeights(std::size_t places, std::size_t supplies, std::span<const CatchmentPairs> blocks,
              const CatchmentRule& rule)
      : rule_(rule) {
    if (rule.method == CatchmentMethod::two_step) return;
    const bool balanced = rule.method == CatchmentMethod::balanced;
    of_place_.assign(places * rule.groups, 0);
    std::vector<ExactSum> of_supply(balanced ? supplies * rule.groups : 0);
    for_each_place(blocks, [&](std::uint32_t place, std::span<const CatchmentPair> from_here) {
      for (std::size_t group = 0; group < rule.groups; ++group) {
        ExactSum sum;
        for (const CatchmentPair& pair : from_here) {
          const double weight = rule.weight(pair, group, balanced);
          sum.add(weight);
          if (balanced) of_supply[pair.supply * rule.groups + group].add(weight);
        }
        of_place_[place * rule.groups + group] = sum.rounded();
      }
    });
    of_supply_ = rounded(of_supply);
  }

  double first(const CatchmentPair& pair, std::size_t group) const {
    const double weight = rule_.weight(pair, group, true);
    if (weight == 0 || rule_.method == CatchmentMethod::two_step) return weight;
    const double chosen = weight / of_place_[pair.place * rule_.groups + group];
    return rule_.method == CatchmentMethod::three_step ? chosen * weight : chosen;
  }

  double second(const CatchmentPair& pair, std::size_t group) const {
    if (rule_.method != CatchmentMethod::balanced) return first(pair, group);
    const double weight = rule_.weight(pair, group, true);
    return weight == 0 ? 0 : weight / of_supply_[pair.supply * rule_.groups + group];
  }

 private:
  const CatchmentRule& rule_;
  std::vector<double> of_place_, of_supply_;  // sums of weights, within each by group
};

}  // namespace

SupplyAccess share_supply(std::span<const double> people, std::span<const double> amounts,
                          std::span<const CatchmentPairs> blocks, const CatchmentRule& rule) {
  const std::size_t groups = rule.groups;
  const StepWeights weights(people.size() / groups, amounts.size(), blocks, rule);
  SupplyAccess found;
  {
    std::vector<ExactSum> reached(amounts.size());
    for (const CatchmentPairs& pairs : blocks) {
      for (const CatchmentPair& pair : pairs) {
        for (std::size_t group = 0; group < groups; ++group)
          reached[pair.supply].add_product(weights.first(pair, group), people[pair.place * groups + group]);
      }
    }
    found.people = rounded(reached);
  }
  found.ratio.assign(amounts.size(), 0);
  for (std::size_t supply = 0; supply < amounts.size(); ++supply) {
    if (found.used(supply)) found.ratio[supply] = amounts[supply] / found.people[supply];
  }
  found.access.assign(people.size(), 0);
  for_each_place(blocks, [&](std::uint32_t place, std::span<const CatchmentPair> from_here) {
    for (std::size_t group = 0; group < groups; ++group) {
      ExactSum sum;
      for (const CatchmentPair& pair : from_here)
        sum.add_product(weights.second(pair, group), found.ratio[pair.supply]);
      found.access[place * groups + group] = sum.rounded();
    }
  });
  return found;
}

SupplyAccess share_supply(std::span<const double> people, std::span<const double> amounts,
                          std::span<const CatchmentPair> pairs, const CatchmentRule& rule) {
  const CatchmentPairs block(pairs);
  return share_supply(people, amounts, {&block, 1}, rule);
}

}  // namespace urbiome
