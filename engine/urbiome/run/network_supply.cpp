#include "urbiome/run/network_supply.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "urbiome/io/csv_rows.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/io/tables.h"
#include "urbiome/kernel/exact_sum.h"
#include "urbiome/run/place_table.h"

namespace urbiome {
namespace {

constexpr std::size_t kRowsAtOnce = 1 << 16;  // between two looks at the clock and the memory

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

void warn_if_cut(const std::string& path, bool ends_within_line, AuditLog& audit) {
  if (ends_within_line) {
    audit.warn(path, "ends without a line break: its last row is taken as it is; see whether the file was cut off");
  }
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
  warn_if_cut(path, rows.ends_within_line(), audit);
  std::ranges::sort(steps, {}, &DecayStep::max_cost);
  const auto twice = std::ranges::adjacent_find(steps, {}, &DecayStep::max_cost);
  if (twice != steps.end()) {
    throw Error(ErrorCode::contradiction, fmt::format("{} has the max_cost {:g} twice", path, twice->max_cost),
                "each step once", "keep one of the rows");
  }
  return steps;
}

// What the options say, held against each other and against the kernel.
void check_options(const SupplyRequest& request) {
  const std::string kernel = request.kernel_or_default();
  if (request.max_cost) {
    require(*request.max_cost >= 0, fmt::format("--max {} is no cost", *request.max_cost), "0 or more",
            "leave it out for no limit");
  }
  require(request.floor >= 0 && std::isfinite(request.floor), fmt::format("--floor {} is no cost", request.floor),
          "0 or more", "leave it out for none");
  const NamedDecay* named = request.kernel_is_file() ? nullptr : decay_named(kernel);
  require(named != nullptr || request.kernel_is_file(), fmt::format("--kernel {} is no kernel and no file", kernel),
          listed(SupplyRequest::kernels()) + " or a csv of max_cost,weight",
          did_you_mean(kernel, SupplyRequest::kernels()));
  if (named != nullptr && named->needs_end) {
    const bool ends = request.max_cost && std::isfinite(*request.max_cost) && *request.max_cost > 0;
    const bool chosen = !request.kernel.empty();
    require(ends,
            fmt::format("--kernel {}{} has no end", kernel, chosen ? "" : ", the default of " + request.method + ","),
            "--max, a finite cost above 0 where its weights end", "give --max, or another --kernel");
  }
  const bool power = named != nullptr && named->decay == Decay::power;
  const bool endless = power || (named != nullptr && named->decay == Decay::inverse);
  require(power == request.power.has_value(),
          power ? "--kernel power has no exponent" : fmt::format("--power does not go with --kernel {}", kernel),
          power ? "--power B for weights of cost^-B" : "--kernel power", "");
  require(!power || (*request.power > 0 && std::isfinite(*request.power)),
          fmt::format("--power {} is no exponent", request.power.value_or(0)), "a finite number above 0", "");
  require(endless || request.floor == 0, fmt::format("--floor does not go with --kernel {}", kernel),
          "--kernel power or inverse", "");
}

CatchmentRule rule_of(const SupplyRequest& request, AuditLog& audit) {
  check_options(request);
  CatchmentRule rule;
  rule.method = method_named(request.method);
  rule.max_cost = request.max_cost.value_or(std::numeric_limits<double>::infinity());
  rule.decay.catchment = rule.max_cost;
  rule.decay.power = request.power.value_or(1);
  rule.decay.floor = request.floor;
  if (request.kernel_is_file()) {
    rule.decay.kind = Decay::steps;
    rule.decay.steps = read_steps(request.kernel, audit);
  } else {
    rule.decay.kind = decay_named(request.kernel_or_default())->decay;
  }
  return rule;
}

// The table of costs on its way into memory, 16 bytes a pair.
class PairReader {
 public:
  PairReader(const std::string& path, const PlaceTable& demand, const PlaceTable& supply, const DistanceDecay& decay)
      : path_(path), demand_(demand), supply_(supply), decay_(decay), places_(demand), supplies_(supply) {}

  std::vector<CatchmentPair> read(Executor& executor, AuditLog& audit) {
    CsvRows rows(path_);
    origin_ = rows.column("origin"), dest_ = rows.column("dest"), cost_ = rows.column("cost");
    while (rows.next()) {
      if (pairs_.size() == pairs_.capacity()) grow(rows, executor);
      pairs_.push_back(pair_of(rows));
      if (pairs_.size() % kRowsAtOnce == 0) executor.tell("reading costs", rows.share_read());
    }
    executor.tell("reading costs", 1);
    if (pairs_.empty()) {
      throw Error(ErrorCode::unreadable, path_ + " has no rows below its first line", "one for each pair",
                  "check the file");
    }
    warn_if_cut(path_, rows.ends_within_line(), audit);
    order();
    return std::move(pairs_);
  }

 private:
  // By as many rows as the file seems to hold: doubling would need half as much again.
  void grow(const CsvRows& rows, const Executor& executor) {
    const double expected = static_cast<double>(pairs_.size()) / std::max(rows.share_read(), 1e-3) * 1.02;
    const std::size_t size =
        std::max({kRowsAtOnce, pairs_.size() + pairs_.size() / 8, static_cast<std::size_t>(std::min(expected, 1e12))});
    executor.memory().check("the table of costs", static_cast<std::int64_t>(size * sizeof(CatchmentPair)));
    pairs_.reserve(size);
  }

  CatchmentPair pair_of(const CsvRows& rows) {
    const std::string_view origin = rows.text(origin_), dest = rows.text(dest_);
    const std::optional<std::uint32_t> place = places_.find(origin), supply = supplies_.find(dest);
    if (!place) throw unknown(rows, "origin", origin, demand_);
    if (!supply) throw unknown(rows, "dest", dest, supply_);
    const double cost = rows.number(cost_, "a cost");
    if (cost < 0) throw rows.wrong(fmt::format("has the cost {:g}", cost), "0 or more", "correct it");
    if (cost < 1 && !(decay_(cost) <= kMostDecay)) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{} line {} has the cost {:g}, which weighs without limit", path_, rows.line(), cost),
                  "costs above 0 with the kernels power and inverse",
                  "give --floor, the cost up to which all weigh alike");
    }
    return {*place, *supply, cost};
  }

  static Error unknown(const CsvRows& rows, const char* column, std::string_view id, const PlaceTable& table) {
    return rows.wrong(fmt::format("has the {} {}", column, id), fmt::format("an id of {}", table.path()),
                      "add it there or leave the row out");
  }

  void order() {
    const auto key = [](const CatchmentPair& pair) {
      return static_cast<std::uint64_t>(pair.place) << 32 | pair.supply;
    };
    if (!std::ranges::is_sorted(pairs_, {}, key)) std::ranges::sort(pairs_, {}, key);
    const auto twice = std::ranges::adjacent_find(pairs_, {}, key);
    if (twice == pairs_.end()) return;
    throw Error(
        ErrorCode::contradiction,
        fmt::format("{} has two costs from {} to {}", path_, demand_.ids()[twice->place], supply_.ids()[twice->supply]),
        "one cost for each pair", "keep one of the rows");
  }

  std::string path_;
  const PlaceTable& demand_;
  const PlaceTable& supply_;
  const DistanceDecay& decay_;
  PlaceFinder places_, supplies_;
  std::size_t origin_ = 0, dest_ = 0, cost_ = 0;
  std::vector<CatchmentPair> pairs_;
};

// What some places or supplies come to.
struct Part {
  std::size_t count = 0;
  ExactSum amount;

  void add(double value) {
    const BinaryParts parts = parts_of(value);
    ++count;
    amount.add(parts.mantissa, parts.exponent);
  }
};

}  // namespace

const std::vector<std::string>& SupplyRequest::methods() {
  static const std::vector<std::string> words{"2sfca", "e2sfca", "3sfca", "bfca"};
  return words;
}

const std::vector<std::string>& SupplyRequest::kernels() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> names;
    for (const NamedDecay& named : kDecays) names.emplace_back(named.name);
    return names;
  }();
  return words;
}

std::string SupplyRequest::kernel_or_default() const {
  if (!kernel.empty()) return kernel;
  return method == "2sfca" ? "dichotomy" : "gaussian";
}

bool SupplyRequest::kernel_is_file() const {
  if (kernel.empty() || decay_named(kernel) != nullptr) return false;
  std::error_code problem;
  return kernel.find_first_of("./") != std::string::npos || std::filesystem::exists(kernel, problem);
}

SupplyJob::SupplyJob(const SupplyRequest& request, Executor& executor, AuditLog& audit)
    : method_(request.method), kernel_(request.kernel_or_default()) {
  const CatchmentRule rule = rule_of(request, audit);
  demand_ = std::make_unique<PlaceTable>(request.demand, PlaceColumns{"people", "a number of people", kMostAmount},
                                         executor.memory());
  supply_ =
      std::make_unique<PlaceTable>(request.supply, PlaceColumns{"amount", "an amount", kMostAmount}, executor.memory());
  for (const PlaceTable* table : {demand_.get(), supply_.get()}) {
    warn_if_cut(table->path(), table->ends_within_line(), audit);
  }
  const std::vector<CatchmentPair> pairs =
      PairReader(request.costs, *demand_, *supply_, rule.decay).read(executor, audit);
  pairs_ = static_cast<std::int64_t>(pairs.size());
  constexpr std::int64_t kBytesOfSum = 160;
  executor.memory().check("sums by supply", static_cast<std::int64_t>(supply_->ids().size()) * kBytesOfSum);
  found_ = share_supply(demand_->amounts(), supply_->amounts(), pairs, rule);
}

SupplyJob::~SupplyJob() = default;

std::string SupplyJob::in_words() const {
  return fmt::format("network supply {}, kernel {}: {} places, {} supplies, {} costs", method_, kernel_,
                     demand_->ids().size(), supply_->ids().size(), pairs_);
}

std::vector<std::string> SupplyJob::unreached() const {
  std::vector<std::string> sentences;
  Part unused, without;
  for (std::size_t supply = 0; supply < found_.ratio.size(); ++supply) {
    if (!found_.used(supply)) unused.add(supply_->amounts()[supply]);
  }
  for (std::size_t place = 0; place < found_.access.size(); ++place) {
    if (found_.access[place] == 0) without.add(demand_->amounts()[place]);
  }
  if (unused.count > 0) {
    sentences.push_back(fmt::format("{} of {} supplies are in nobody's reach, {} in all: unused, their ratio is 0",
                                    unused.count, found_.ratio.size(), number_text(unused.amount.rounded())));
  }
  if (without.count > 0) {
    sentences.push_back(fmt::format("{} of {} places reach no supply, {} people in all: their value is 0",
                                    without.count, found_.access.size(), number_text(without.amount.rounded())));
  }
  return sentences;
}

std::int64_t SupplyJob::write(const std::string& path) const {
  constexpr std::size_t kFlushAt = 1 << 20;
  CsvWriter file(path, {"id", "metric", "value"});
  std::string records;
  const auto put = [&](const std::vector<std::string>& ids, const std::string& metric,
                       const std::vector<double>& values) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      append_csv_row(records, std::array<Cell, 3>{ids[i], metric, values[i]});
      if (records.size() < kFlushAt) continue;
      file.write(records);
      records.clear();
    }
  };
  put(demand_->ids(), method_, found_.access);
  put(supply_->ids(), "supply_ratio", found_.ratio);
  file.write(records);
  file.close();
  return static_cast<std::int64_t>(demand_->ids().size() + supply_->ids().size());
}

}  // namespace urbiome
