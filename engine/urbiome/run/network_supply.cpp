#include "urbiome/run/network_supply.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/tables.h"
#include "urbiome/kernel/exact_sum.h"
#include "urbiome/kernel/supply_balance.h"

namespace urbiome {
namespace {

// What some places or supplies come to.
struct Part {
  std::size_t count = 0;
  ExactSum amount;

  void add(double value) {
    ++count;
    amount.add(value);
  }
};

// Rows of id,metric,value on their way into a file, with a column of groups where there are some.
class MetricTable {
 public:
  MetricTable(const std::string& path, bool grouped) : grouped_(grouped), file_(path, columns(grouped)) {}

  void add(const std::string& id, const std::string& group, const std::string& metric, std::optional<double> value) {
    constexpr std::size_t kFlushAt = 1 << 20;
    const Cell number = value ? Cell(*value) : Cell();
    if (grouped_)
      append_csv_row(records_, std::array<Cell, 4>{id, group.empty() ? Cell() : Cell(group), metric, number});
    else
      append_csv_row(records_, std::array<Cell, 3>{id, metric, number});
    ++rows_;
    if (records_.size() < kFlushAt) return;
    file_.write(records_);
    records_.clear();
  }

  // Returns the number of rows.
  std::int64_t close() {
    file_.write(records_);
    file_.close();
    return rows_;
  }

 private:
  static std::vector<std::string> columns(bool grouped) {
    return grouped ? std::vector<std::string>{"id", "group", "metric", "value"}
                   : std::vector<std::string>{"id", "metric", "value"};
  }

  bool grouped_;
  CsvWriter file_;
  std::string records_;
  std::int64_t rows_ = 0;
};

}  // namespace

SupplyJob::SupplyJob(const SupplyRequest& request, Executor& executor, AuditLog& audit)
    : method_(request.rule.method), kernel_(request.rule.kernel_or_default()), demand_(request.demand) {
  if (demand_ && !(*demand_ >= 0 && *demand_ <= kMostAmount)) {
    throw Error(ErrorCode::usage, fmt::format("--demand is {:g}", *demand_),
                fmt::format("what each person needs, from 0 to {:g}", kMostAmount));
  }
  for (const SupplyGroup& group : request.rule.groups) group_names_.push_back(group.column);
  CatchmentRule rule = catchment_rule(request.rule, audit);
  data_ = request.layers ? read_supply_layers(*request.layers, request.rule, rule, executor, audit)
                         : read_supply_tables(request.tables, request.rule, rule.decay, executor, audit);
  set_radii(data_.radii, data_.supplies, request.layers ? request.layers->targets.path : request.tables.supply,
            request.rule, rule);
  std::vector<CatchmentPairs> blocks;
  for (const std::vector<CatchmentPair>& pairs : data_.costs) {
    blocks.emplace_back(pairs);
    pairs_ += static_cast<std::int64_t>(pairs.size());
  }
  constexpr std::int64_t kBytesOfSum = 160;
  executor.memory().check("sums by supply", static_cast<std::int64_t>(data_.supplies.size()) * kBytesOfSum);
  found_ = share_supply(data_.people, data_.amounts, blocks, rule);
  data_.costs = {};
}

std::string SupplyJob::in_words() const {
  return fmt::format("network supply {}, kernel {}: {} places, {} supplies, {} {}", method_, kernel_,
                     data_.places.size(), data_.supplies.size(), pairs_, data_.ways);
}

std::vector<std::string> SupplyJob::unreached() const {
  std::vector<std::string> sentences;
  Part unused, without;
  for (std::size_t supply = 0; supply < found_.ratio.size(); ++supply) {
    if (!found_.used(supply)) unused.add(data_.amounts[supply]);
  }
  for (std::size_t i = 0; i < found_.access.size(); ++i) {
    if (found_.access[i] == 0) without.add(data_.people[i]);
  }
  if (unused.count > 0) {
    sentences.push_back(fmt::format("{} of {} supplies are in nobody's reach, {} in all: unused, their ratio is 0",
                                    unused.count, found_.ratio.size(), number_text(unused.amount.rounded())));
  }
  if (without.count > 0) {
    sentences.push_back(fmt::format("{} of {} {} reach no supply, {} people in all: their value is 0", without.count,
                                    found_.access.size(), group_names_.empty() ? "places" : "groups of places",
                                    number_text(without.amount.rounded())));
  }
  return sentences;
}

std::vector<std::string> SupplyJob::undersupplied() const {
  std::vector<std::string> sentences;
  if (demand_) {
    SupplyBalance all(*demand_);
    for (std::size_t i = 0; i < found_.access.size(); ++i) all.add(data_.people[i], found_.access[i]);
    sentences.push_back(fmt::format("{} of {} people reach less than {} each, {} reach more",
                                    number_text(all.undersupplied()), number_text(all.people()), number_text(*demand_),
                                    number_text(all.oversupplied())));
  }
  if (data_.zones.outside > 0)
    sentences.push_back(fmt::format("{} of {} places lie in no zone", data_.zones.outside, data_.places.size()));
  return sentences;
}

SupplyBalance SupplyJob::balance_of(std::span<const std::uint32_t> places, std::optional<std::size_t> group) const {
  SupplyBalance sum(demand_.value_or(0));
  for (const std::uint32_t place : places) {
    for (std::size_t g = group.value_or(0); g < (group ? *group + 1 : groups()); ++g) {
      const std::size_t i = place * groups() + g;
      sum.add(data_.people[i], found_.access[i]);
    }
  }
  return sum;
}

SupplyJob::PlaceValues SupplyJob::values_of(std::uint32_t place, std::optional<std::size_t> group) const {
  if (!group && groups() > 1) {  // of an average person
    const SupplyBalance all = balance_of({&place, 1}, {});
    return {all.supply_per_person(), all.balance_per_person(), all.balance()};
  }
  const std::size_t i = place * groups() + group.value_or(0);
  const double people = data_.people[i], access = found_.access[i], balance = access - demand_.value_or(0);
  return {access, balance, people == 0 ? 0 : people * balance};  // not -0
}

std::int64_t SupplyJob::write(const std::string& path) const {
  MetricTable table(path, !group_names_.empty());
  const auto put = [&](const std::string& metric, std::optional<double> PlaceValues::*value) {
    for (std::uint32_t place = 0; place < data_.places.size(); ++place) {
      table.add(data_.places[place], "", metric, values_of(place, {}).*value);
      for (std::size_t group = 0; group < group_names_.size(); ++group)
        table.add(data_.places[place], group_names_[group], metric, values_of(place, group).*value);
    }
  };
  put(method_, &PlaceValues::access);
  if (demand_) {
    put("balance_per_person", &PlaceValues::balance_per_person);
    put("balance", &PlaceValues::balance);
  }
  for (std::size_t supply = 0; supply < data_.supplies.size(); ++supply)
    table.add(data_.supplies[supply], "", "supply_ratio", found_.ratio[supply]);
  return table.close();
}

std::int64_t SupplyJob::write_zones(const std::string& path) const {
  MetricTable table(path, !group_names_.empty());
  for (std::size_t zone = 0; zone < data_.zones.ids.size(); ++zone) {
    const auto put = [&](const std::string& group, const SupplyBalance& sum) {
      const auto add = [&](const char* metric, std::optional<double> value) {
        table.add(data_.zones.ids[zone], group, metric, value);
      };
      add("people", sum.people());
      add("supply", sum.supply());
      add("supply_per_person", sum.supply_per_person());
      if (!demand_) return;
      add("demand", sum.demand());
      add("balance", sum.balance());
      add("balance_per_person", sum.balance_per_person());
      add("people_undersupplied", sum.undersupplied());
      add("people_oversupplied", sum.oversupplied());
    };
    put("", balance_of(data_.zones.places[zone], {}));
    for (std::size_t group = 0; group < group_names_.size(); ++group)
      put(group_names_[group], balance_of(data_.zones.places[zone], group));
  }
  return table.close();
}

}  // namespace urbiome
