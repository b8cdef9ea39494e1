#include "urbiome/kernel/zonal_statistics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace urbiome {
namespace {

using Kind = Statistic::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 18> kNames = {
    {{"count", Kind::count},
     {"sum", Kind::sum},
     {"mean", Kind::mean},
     {"min", Kind::min},
     {"max", Kind::max},
     {"range", Kind::range},
     {"variance", Kind::variance},
     {"stdev", Kind::stdev},
     {"coefficient_of_variation", Kind::coefficient_of_variation},
     {"mode", Kind::mode},
     {"majority", Kind::mode},
     {"minority", Kind::minority},
     {"variety", Kind::variety},
     {"weight", Kind::weight},
     {"weighted_sum", Kind::weighted_sum},
     {"weighted_mean", Kind::weighted_mean},
     {"weighted_variance", Kind::weighted_variance},
     {"weighted_stdev", Kind::weighted_stdev}}};

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// "2.5" as 2500 of 100,000.
std::optional<std::int64_t> per_100000_from(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string decimals(point == std::string_view::npos ? std::string_view{} : text.substr(point + 1));
  if (decimals.size() > 3 || (point != std::string_view::npos && decimals.empty())) return {};
  decimals.resize(3, '0');
  std::int64_t high = 0, low = 0;
  const auto read = [](std::string_view digits, std::int64_t& number) {
    const bool only_digits =
        !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    return only_digits && std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc();
  };
  if (!read(whole, high) || !read(decimals, low) || high > 100 || high * 1000 + low > 100000) return {};
  return high * 1000 + low;
}

// Sums of one kind, weighted or not, and what is infinite among them.
struct Sums {
  ExactSum weight;
  const ExactSum *sum, *squares;
  bool up, down;
};

Sums plain(const ZonalSums& zone) {
  Sums sums{{}, &zone.sum, &zone.squares, zone.up, zone.down};
  sums.weight.add(zone.share, -kFractionBits);
  return sums;
}

Sums weighted(const ZonalSums& zone) {
  return {zone.weight, &zone.weighted_sum, &zone.weighted_squares, zone.weighted_up, zone.weighted_down};
}

std::optional<double> number(double value) {
  if (std::isnan(value)) return {};
  return value;
}

std::optional<double> sum_of(const Sums& sums) {
  if (sums.up && sums.down) return {};
  return sums.up ? kInfinity : sums.down ? -kInfinity : sums.sum->rounded();
}

std::optional<double> mean_of(const Sums& sums) {
  if (sums.weight.zero() || (sums.up && sums.down)) return {};
  const WideNumber weight = sums.weight.wide();
  if (sums.up || sums.down) return (sums.up ? kInfinity : -kInfinity) * weight.fraction;
  return narrowed(ratio(sums.sum->wide(), weight));
}

// (weight x squares - sum^2) / weight^2, the numerator exact: no digit is lost where values are large and alike.
std::optional<WideNumber> variance_of(const Sums& sums) {
  if (sums.weight.zero() || sums.up || sums.down) return {};
  ExactSum above = ExactSum::product(sums.weight, *sums.squares);
  above.subtract(ExactSum::product(*sums.sum, *sums.sum));
  const WideNumber weight = sums.weight.wide();
  const WideNumber top = above.wide();
  if (top.fraction == 0) return WideNumber{};
  return ratio(ratio(top, weight), weight);
}

std::optional<double> stdev_of(const Sums& sums) {
  const std::optional<WideNumber> variance = variance_of(sums);
  if (!variance || variance->fraction < 0) return {};  // negative weights
  return narrowed(square_root(*variance));
}

std::optional<double> variation_of(const Sums& sums) {
  const std::optional<WideNumber> variance = variance_of(sums);
  if (!variance || sums.sum->zero()) return {};
  return narrowed(ratio(square_root(*variance), ratio(sums.sum->wide(), sums.weight.wide())));
}

std::optional<double> quantile_of(const ValueShares& values, std::int64_t per_100000) {
  Int128 total = 0, size = 0;
  values.for_each([&](double, Int128 share) {
    total += share;
    ++size;
  });
  if (size == 0) return {};
  const Int128 sought = per_100000 * ((size - 1) * total);  // places in 100,000ths of 2^-40
  Int128 before = 0, left = 0, i = 0;
  double from = 0, found = 0;
  bool passed = false;
  values.for_each([&](double value, Int128 share) {
    if (passed) return;
    found = value;
    const Int128 place = 100000 * (i * share + (size - 1) * before);
    passed = place >= sought;
    if (place > sought && i > 0 && !std::isinf(from)) {
      const double part = static_cast<double>(sought - left) / static_cast<double>(place - left);
      found = std::isfinite(value - from) ? from + part * (value - from) : (1 - part) * from + part * value;
    }
    left = place;
    before += share;
    from = value;
    ++i;
  });
  return found;
}

// The value with the most or the least cover.
std::optional<double> by_cover(const ValueShares& values, bool most) {
  std::optional<double> best;
  Int128 best_share = 0;
  values.for_each([&](double value, Int128 share) {
    if (best && (most ? share < best_share : share >= best_share)) return;
    best = value;
    best_share = share;
  });
  return best;
}

double variety_of(const ValueShares& values) {
  std::int64_t count = 0;
  values.for_each([&](double, Int128) { ++count; });
  return static_cast<double>(count);
}

std::optional<double> weighted_value(const ZonalSums& zone, Kind kind) {
  if (zone.weight_missing) return {};
  const Sums sums = weighted(zone);
  switch (kind) {
    case Kind::weighted_sum:
      return sum_of(sums);
    case Kind::weighted_mean:
      return mean_of(sums);
    case Kind::weighted_variance:
      if (const auto variance = variance_of(sums)) return narrowed(*variance);
      return {};
    case Kind::weighted_stdev:
      return stdev_of(sums);
    default:
      return sums.weight.rounded();
  }
}

}  // namespace

std::optional<Statistic> Statistic::parse(std::string_view name) {
  for (const auto& [known, kind] : kNames) {
    if (known == name) return Statistic{std::string(name), kind, 0};
  }
  if (name == "median") return Statistic{std::string(name), Kind::quantile, 50000};
  constexpr std::string_view kQuantile = "quantile_";
  if (!name.starts_with(kQuantile)) return {};
  const std::optional<std::int64_t> place = per_100000_from(name.substr(kQuantile.size()));
  if (!place) return {};
  return Statistic{std::string(name), Kind::quantile, *place};
}

ZonalNeeds needs_of(std::span<const Statistic> statistics) {
  ZonalNeeds needs;
  for (const Statistic& statistic : statistics) {
    switch (statistic.kind) {
      case Kind::variance:
      case Kind::stdev:
      case Kind::coefficient_of_variation:
      case Kind::weighted_variance:
      case Kind::weighted_stdev:
        needs.squares = true;
        break;
      case Kind::quantile:
      case Kind::mode:
      case Kind::minority:
      case Kind::variety:
        needs.distinct = true;
        break;
      default:
        break;
    }
    needs.weighted = needs.weighted || statistic.weighted();
  }
  return needs;
}

std::optional<double> value_of(const ZonalSums& zone, const Statistic& statistic) {
  const bool none = zone.share == 0;
  if (statistic.weighted()) return weighted_value(zone, statistic.kind);
  switch (statistic.kind) {
    case Kind::count:
      return from_fixed(zone.share);
    case Kind::sum:
      return sum_of(plain(zone));
    case Kind::mean:
      return mean_of(plain(zone));
    case Kind::min:
      return none ? std::nullopt : number(zone.least);
    case Kind::max:
      return none ? std::nullopt : number(zone.most);
    case Kind::range:
      return none ? std::nullopt : number(zone.most - zone.least);
    case Kind::variance:
      if (const auto variance = variance_of(plain(zone))) return narrowed(*variance);
      return {};
    case Kind::stdev:
      return stdev_of(plain(zone));
    case Kind::coefficient_of_variation:
      return variation_of(plain(zone));
    case Kind::quantile:
      return quantile_of(zone.values, statistic.per_100000);
    case Kind::mode:
      return by_cover(zone.values, true);
    case Kind::minority:
      return by_cover(zone.values, false);
    case Kind::variety:
      return variety_of(zone.values);
    default:
      return {};
  }
}

}  // namespace urbiome
