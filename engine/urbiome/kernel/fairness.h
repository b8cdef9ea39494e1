// How evenly people are provided for: Lorenz curve, Gini, Theil, Palma ratio, concentration index.
//
// Units (districts, tracts, cells) hold P_i people, each with x_i of something, such as m2 of green. N = sum P_i,
// T = sum x_i P_i. Units are ordered from the worst served to the best (or by a rank); F_k is the share of all people
// in the first k units, L_k their share of T. Both begin at 0.
//   Lorenz curve   the points (F_k, L_k)                                                  Lorenz 1905
//   Gini           1 - sum (F_k - F_(k-1)) (L_k + L_(k-1))                 0 .. 1 (not 1)  Gini 1912
//   Theil T        sum (P_i / N) r_i ln r_i, r_i = x_i N / T               0 .. ln(N / least P_i)   Theil 1967
//   Palma ratio    what the best-served tenth of people has / what the worst-served four tenths have; a unit at the cut
//                  is split by people                                      0.25 ..        Palma 2011; Cobham, Sumner
//                  2013
//   concentration  Gini's sum in the order of a rank, lowest first         -1 .. 1        Kakwani, Wagstaff and
//                  van Doorslaer 1997; positive: the higher ranks have more
//   lowest fifth   mean of what the fifth of people with the lowest ranks has; a rank at the cut is split by people
// Lorenz, Publications of the American Statistical Association 9, 209-219. Gini, Variabilita e mutabilita. Theil,
// Economics and Information Theory. Palma, Development and Change 42, 87-153. Cobham and Sumner, IARIW 2013; Kakwani et
// al., Journal of Econometrics 77, 87-103.
//
// Guarantees: units of one x (or one rank) are merged and sums are exact before they are rounded, so figures depend
// neither on the order of units nor on how a unit is cut into several with its x, to the last bit. Where all x are
// equal, Gini, Theil and concentration are exactly 0. Empty: nobody lives there, or nobody has anything (T = 0).
//
//   const std::vector<ProvidedUnit> districts{{0, 400}, {10, 300}, {20, 200}, {50, 100}};   // m2 per person, people
//   double unequal = *gini(districts);   // 0.6
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace urbiome {

struct ProvidedUnit {
  double per_person;  // x_i: finite, >= 0
  double people;      // P_i: finite, >= 0; a unit without people does not count
  double rank = 0;    // for the concentration index: finite; income, or another number that is lowest for the poorest
};

struct LorenzPoint {
  double people_share, provision_share;
};

// Each sorts a copy of the units and keeps about 150 bytes for every different x (or rank).

// (0, 0), then a point for each different x, the last (1, 1); empty where there is no figure.
std::vector<LorenzPoint> lorenz_curve(std::span<const ProvidedUnit> units);
std::optional<double> gini(std::span<const ProvidedUnit> units);
// Gini n / (n - 1), n = units with people: the correction for a small sample of units. Empty for one unit.
std::optional<double> gini_of_sample(std::span<const ProvidedUnit> units);
std::optional<double> theil(std::span<const ProvidedUnit> units);
// Empty too where the worst-served have less than kLeastPart of all: nothing but the rounding of people.
std::optional<double> palma_ratio(std::span<const ProvidedUnit> units);
std::optional<double> concentration_index(std::span<const ProvidedUnit> units);
// Where nobody has anything it is 0. Empty: nobody lives there.
std::optional<double> mean_of_lowest_fifth(std::span<const ProvidedUnit> units);

inline constexpr double kLeastPart = 1e-9;

}  // namespace urbiome
