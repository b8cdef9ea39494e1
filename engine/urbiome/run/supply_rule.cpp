#include "urbiome/run/supply_rule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/csv_rows.h"
#include "urbiome/io/nearest_word.h"

namespace urbiome {
namespace {

struct NamedDecay {
  const char* name;
  Decay decay;
  bool needs_end;  // a finite max_cost above 0
};
constexpr std::array<NamedDecay, 6> kDecays{{{"dichotomy", Decay::dichotomy, false},
                                             {"exponential", Decay::exponential, true},
                                             {"gaussian", Decay::gaussian, true},
                                             {"density", Decay::density, true},
                                             {"power", Decay::power, false},
                                             {"inverse", Decay::inverse, false}}};

const NamedDecay* decay_named(const std::string& name) {
  const auto* found = std::ranges::find(kDecays, name, &NamedDecay::name);
  return found == kDecays.end() ? nullptr : found;
}

CatchmentMethod method_named(const std::string& name) {
  if (name == "3sfca") return CatchmentMethod::three_step;
  return name == "bfca" ? CatchmentMethod::balanced : CatchmentMethod::two_step;
}

void require(bool right, const std::string& found, const std::string& expected, const std::string& remedy) {
  if (!right) throw Error(ErrorCode::usage, found, expected, remedy);
}

std::vector<DecayStep> read_steps(const std::string& path, AuditLog& audit) {
  CsvRows rows(path);
  const std::size_t max_cost = rows.column("max_cost"), weight = rows.column("weight");
  std::vector<DecayStep> steps;
  while (rows.next()) {
    steps.push_back({rows.number(max_cost, "a cost"), rows.number(weight, "a weight")});
    if (steps.back().max_cost < 0) throw rows.wrong("has a negative max_cost", "0 or more", "correct it");
    if (steps.back().weight < 0 || steps.back().weight > kMostAmount) {
      throw rows.wrong(fmt::format("has the weight {:g}", steps.back().weight), fmt::format("0 to {:g}", kMostAmount),
                       "correct it");
    }
  }
  if (steps.empty()) {
    throw Error(ErrorCode::unreadable, path + " has no rows below its first line", "one for each step",
                "give max_cost and weight");
  }
  if (rows.ends_within_line()) warn_of_cut(path, audit);
  std::ranges::sort(steps, {}, &DecayStep::max_cost);
  const auto twice = std::ranges::adjacent_find(steps, {}, &DecayStep::max_cost);
  if (twice != steps.end()) {
    throw Error(ErrorCode::contradiction, fmt::format("{} has the max_cost {:g} twice", path, twice->max_cost),
                "each step once", "keep one of the rows");
  }
  return steps;
}

bool can_end(double cost) { return std::isfinite(cost) && cost > 0; }

// Where catchments end: for all alike, for each supply, or for each group.
void check_limits(const SupplyRule& asked, bool kernel_ends) {
  const bool own = !asked.radius_column.empty();
  require(!own || !asked.max_cost, "--max does not go with --radius-column", "one of them",
          "the column holds the limit of each supply");
  require(asked.needs_max() || own || !asked.max_cost, "--max is for nobody: each --group has its own limit",
          "a --group without one", "leave --max out");
  std::set<std::string> columns;
  for (const SupplyGroup& group : asked.groups) {
    require(!group.column.empty(), "--group names no column", "COLUMN or COLUMN=COST", "");
    require(columns.insert(group.column).second, fmt::format("--group {} is given twice", group.column),
            "each column once", "");
    if (!group.max_cost) continue;
    const std::string found = fmt::format("--group {}={}", group.column, *group.max_cost);
    require(!own, found + " does not go with --radius-column", "one of the two limits", "give the column alone");
    require(*group.max_cost >= 0, found + " is no cost", "0 or more", "");
    require(!kernel_ends || can_end(*group.max_cost), found + " is no end of the kernel's weights",
            "a finite cost above 0", "give one, or another --kernel");
  }
}

// What the options say, held against each other and against the kernel.
void check_options(const SupplyRule& asked) {
  const std::string kernel = asked.kernel_or_default();
  if (asked.max_cost) {
    require(*asked.max_cost >= 0, fmt::format("--max {} is no cost", *asked.max_cost), "0 or more",
            "leave it out for no limit");
  }
  require(asked.floor >= 0 && std::isfinite(asked.floor), fmt::format("--floor {} is no cost", asked.floor),
          "0 or more", "leave it out for none");
  const NamedDecay* named = asked.kernel_is_file() ? nullptr : decay_named(kernel);
  require(named != nullptr || asked.kernel_is_file(), fmt::format("--kernel {} is no kernel and no file", kernel),
          listed(SupplyRule::kernels()) + " or a csv of max_cost,weight", did_you_mean(kernel, SupplyRule::kernels()));
  check_limits(asked, named != nullptr && named->needs_end);
  if (named != nullptr && named->needs_end && asked.needs_max()) {
    const bool ends = asked.max_cost && can_end(*asked.max_cost);
    const bool chosen = !asked.kernel.empty();
    require(ends,
            fmt::format("--kernel {}{} has no end", kernel, chosen ? "" : ", the default of " + asked.method + ","),
            "--max, a finite cost above 0 where its weights end", "give --max, or another --kernel");
  }
  const bool power = named != nullptr && named->decay == Decay::power;
  const bool endless = power || (named != nullptr && named->decay == Decay::inverse);
  require(power == asked.power.has_value(),
          power ? "--kernel power has no exponent" : fmt::format("--power does not go with --kernel {}", kernel),
          power ? "--power B for weights of cost^-B" : "--kernel power", "");
  require(!power || (*asked.power > 0 && std::isfinite(*asked.power)),
          fmt::format("--power {} is no exponent", asked.power.value_or(0)), "a finite number above 0", "");
  require(endless || asked.floor == 0, fmt::format("--floor does not go with --kernel {}", kernel),
          "--kernel power or inverse", "");
}

}  // namespace

void warn_of_cut(const std::string& path, AuditLog& audit) {
  audit.warn(path, "ends without a line break: its last row is taken as it is; see whether the file was cut off");
}

const std::vector<std::string>& SupplyRule::methods() {
  static const std::vector<std::string> words{"2sfca", "e2sfca", "3sfca", "bfca"};
  return words;
}

const std::vector<std::string>& SupplyRule::kernels() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> names;
    for (const NamedDecay& named : kDecays) names.emplace_back(named.name);
    return names;
  }();
  return words;
}

std::string SupplyRule::kernel_or_default() const {
  if (!kernel.empty()) return kernel;
  return method == "2sfca" ? "dichotomy" : "gaussian";
}

bool SupplyRule::kernel_is_file() const {
  if (kernel.empty() || decay_named(kernel) != nullptr) return false;
  std::error_code problem;
  return kernel.find_first_of("./") != std::string::npos || std::filesystem::exists(kernel, problem);
}

bool SupplyRule::needs_max() const {
  return radius_column.empty() &&
         (groups.empty() || std::ranges::any_of(groups, [](const SupplyGroup& group) { return !group.max_cost; }));
}

void set_radii(std::vector<double> radii, const std::vector<std::string>& ids, const std::string& path,
               const SupplyRule& asked, CatchmentRule& rule) {
  const NamedDecay* named = asked.kernel_is_file() ? nullptr : decay_named(asked.kernel_or_default());
  const auto zero = std::ranges::find(radii, 0.0);
  if (named != nullptr && named->needs_end && zero != radii.end()) {
    throw Error(ErrorCode::contradiction,
                fmt::format("{}: {} of {} is 0, where weights of the kernel {} cannot end", path, asked.radius_column,
                            ids[static_cast<std::size_t>(zero - radii.begin())], named->name),
                "more than 0", "correct it, or give another --kernel");
  }
  rule.max_of_supply = std::move(radii);
}

CatchmentRule catchment_rule(const SupplyRule& asked, AuditLog& audit) {
  check_options(asked);
  CatchmentRule rule;
  rule.method = method_named(asked.method);
  rule.max_cost = asked.max_cost.value_or(std::numeric_limits<double>::infinity());
  rule.groups = std::max<std::size_t>(asked.groups.size(), 1);
  for (const SupplyGroup& group : asked.groups) rule.max_of_group.push_back(group.max_cost.value_or(rule.max_cost));
  rule.decay.catchment = rule.max_cost;
  rule.decay.power = asked.power.value_or(1);
  rule.decay.floor = asked.floor;
  if (asked.kernel_is_file()) {
    rule.decay.kind = Decay::steps;
    rule.decay.steps = read_steps(asked.kernel, audit);
  } else {
    rule.decay.kind = decay_named(asked.kernel_or_default())->decay;
  }
  return rule;
}

}  // namespace urbiome
