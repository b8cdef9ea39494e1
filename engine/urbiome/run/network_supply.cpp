#include "urbiome/run/network_supply.h"

#include <array>

#include <fmt/format.h>

#include "urbiome/io/tables.h"
#include "urbiome/kernel/exact_sum.h"

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

}  // namespace

SupplyJob::SupplyJob(const SupplyRequest& request, Executor& executor, AuditLog& audit)
    : method_(request.rule.method), kernel_(request.rule.kernel_or_default()) {
  const CatchmentRule rule = catchment_rule(request.rule, audit);
  data_ = request.layers ? read_supply_layers(*request.layers, request.rule, rule, executor, audit)
                         : read_supply_tables(request.tables, rule.decay, executor, audit);
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
  for (std::size_t place = 0; place < found_.access.size(); ++place) {
    if (found_.access[place] == 0) without.add(data_.people[place]);
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
  put(data_.places, method_, found_.access);
  put(data_.supplies, "supply_ratio", found_.ratio);
  file.write(records);
  file.close();
  return static_cast<std::int64_t>(data_.places.size() + data_.supplies.size());
}

}  // namespace urbiome
