// Statistics of zones by name, from exact sums.
//
// Names and definitions are those of exactextract, so that tables can be compared: count (sum of covered shares), sum,
// mean, min, max, range, variance, stdev, coefficient_of_variation (population forms, stdev / mean), median,
// quantile_NN (percent, up to three decimals), mode or majority (the value with most cover, of equals the larger),
// minority (least cover, of equals the smaller), variety; with weights weighted_sum, weighted_mean, weighted_variance,
// weighted_stdev, and weight (sum of share x weight over cells with a value).
// Quantiles weigh the n distinct values x_i in ascending order by their cover w_i: x_i stands at
// i * w_i + (n - 1) * (w_0 + ... + w_(i-1)), counted from i = 0, and the quantile q is read at q * (n - 1) * (sum of
// w), linearly between neighbours.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "urbiome/kernel/zonal.h"

namespace urbiome {

struct Statistic {
  enum class Kind {
    count,
    sum,
    mean,
    min,
    max,
    range,
    variance,
    stdev,
    coefficient_of_variation,
    quantile,
    mode,
    minority,
    variety,
    weight,
    weighted_sum,
    weighted_mean,
    weighted_variance,
    weighted_stdev
  };
  std::string name;  // as asked for
  Kind kind = Kind::count;
  std::int64_t per_100000 = 0;  // of a quantile

  static std::optional<Statistic> parse(std::string_view name);
  bool weighted() const { return kind >= Kind::weight; }
};

ZonalNeeds needs_of(std::span<const Statistic> statistics);

// Empty where the statistic is not defined: no covered cell has a value (count, sum, variety and the sums of weights
// are 0 then), a division by zero, infinities of both signs, a missing weight. Infinite where values are or where a
// double cannot hold it. Needs settled values (ZonalTally::settle). Within two units in the last place; sums are
// correctly rounded.
std::optional<double> value_of(const ZonalSums& sums, const Statistic& statistic);

}  // namespace urbiome
