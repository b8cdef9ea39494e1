// Accessibility by floating catchments: supply shared among the people who reach it, then summed by who reaches what.
//
// P_i people live at place i, S_j is what supply j offers, d_ij the cost from i to j, w_ij = f(d_ij) its weight by a
// distance decay where d_ij <= max_cost, else 0. In two steps, each with its own weights a_ij and b_ij:
//   R_j = S_j / sum_i a_ij P_i          what supply j has for each person in its catchment
//   A_i = sum_j b_ij R_j                what a person at place i reaches, in the unit of S per person
// two_step    a = b = w. With f = 1 it is 2SFCA (Luo & Wang 2003, Environment and Planning B 30, 865-884), with weights
//             by zones or a kernel E2SFCA (Luo & Qi 2009, Health & Place 15, 1100-1107).
// three_step  a = b = G_ij w_ij, G_ij = f(d_ij) / sum_k f(d_ik): 3SFCA (Wan, Zou & Sternberg 2012, International
//             Journal of GIS 26, 1073-1089), where people choose among supplies. The sum goes over all supplies that
//             have a cost from i, also one above max_cost, as in PySAL's access; Wan sums within the catchment. Both
//             are the same for a decay that ends there by itself.
// balanced    a_ij = w_ij / sum_k w_ik, b_ij = w_ij / sum_k w_kj: BFCA (Paez, Higgins & Vivona 2019, PLoS ONE 14(6)
//             e0218773). Each person counts once: what supplies get of the people in reach adds up to them; and levels
//             of service are kept: sum_i A_i = sum_j R_j.
// For two_step and three_step sum_i P_i A_i = sum of S_j over used supplies.
//
// Where catchments end may differ, d0 of the decay with them (Urban Nature Access of InVEST): by supply, d_ij <= max_j,
// or by group of people, d_ij <= max_g. Groups g of a place, who are all its people, share each supply with everybody:
//   R_j = S_j / sum_g sum_i a_ijg P_ig,  A_ig = sum_j b_ijg R_j
// The sums within weights of three_step and balanced are taken for each group by itself, so groups with one limit have
// one value.
//
// Guarantees: sums are exact before they are rounded, so values depend on the pairs alone, not on the order of places
// or supplies. A supply that nobody reaches (fewer than kFewestPeople) has ratio 0 and is unused: no A holds any of it.
//
//   const std::vector<CatchmentPair> pairs{{0, 0, 100}, {0, 1, 400}, {1, 0, 450}};   // place, supply, cost
//   SupplyAccess found = share_supply(people, amounts, pairs, {CatchmentMethod::two_step, 500, decay});
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "urbiome/kernel/distance_decay.h"

namespace urbiome {

enum class CatchmentMethod { two_step, three_step, balanced };

struct CatchmentPair {
  std::uint32_t place, supply;
  double cost;  // >= 0, in the unit of max_cost
};

// Pairs of some places; all pairs of a place follow each other.
using CatchmentPairs = std::span<const CatchmentPair>;

struct CatchmentRule {
  CatchmentMethod method = CatchmentMethod::two_step;
  double max_cost = 0;  // may be infinite
  DistanceDecay decay;
  std::vector<double> max_of_supply = {};  // instead of max_cost; empty: one for all
  std::size_t groups = 1;                  // of people at each place
  std::vector<double> max_of_group = {};   // instead of max_cost, unless supplies have their own; empty: one for all

  // 0 or the weight of a cost for a group; `within` the catchment, or (for sums of three_step) beyond it too.
  double weight(const CatchmentPair& pair, std::size_t group, bool within) const {
    const std::vector<double>& ends = max_of_supply.empty() ? max_of_group : max_of_supply;
    if (ends.empty()) return within && pair.cost > max_cost ? 0 : decay(pair.cost);
    const double end = ends[max_of_supply.empty() ? group : pair.supply];
    return within && pair.cost > end ? 0 : decay(pair.cost, end);
  }
};

// Weighted people by which a supply is not divided any more: a billion places could not make one person of them.
inline constexpr double kFewestPeople = 1e-100;
inline constexpr double kMostAmount = 1e15;  // of people or supply at one place; with kMostDecay no value overflows

struct SupplyAccess {
  std::vector<double> people;  // by supply: the weighted people in its catchment, sum_i a_ij P_i
  std::vector<double> ratio;   // by supply: R_j; 0 where it is unused
  std::vector<double> access;  // by place, and within it by group: A_ig; 0 where nothing is reached

  bool used(std::size_t supply) const { return people[supply] >= kFewestPeople; }
};

// `people` by place, and within it by group, and `amounts` by supply, from 0 to kMostAmount; pairs in any order of
// places, those of one place side by side in one block, each at most once, with weights of at most kMostDecay. Time: a
// few sums and two or three decays per pair and group. Memory: about 100 bytes per supply (and for balanced per group
// of it) besides what is returned.
SupplyAccess share_supply(std::span<const double> people, std::span<const double> amounts,
                          std::span<const CatchmentPairs> blocks, const CatchmentRule& rule);
SupplyAccess share_supply(std::span<const double> people, std::span<const double> amounts,
                          std::span<const CatchmentPair> pairs, const CatchmentRule& rule);

}  // namespace urbiome
