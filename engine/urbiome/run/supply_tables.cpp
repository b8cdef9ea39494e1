#include "urbiome/run/supply_tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/io/csv_rows.h"
#include "urbiome/run/place_table.h"

namespace urbiome {
namespace {

constexpr const char* kPeople = "a number of people";
constexpr double kMostCost = 1e15;
constexpr std::size_t kRowsAtOnce = 1 << 16;  // between two looks at the clock and the memory

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
    if (rows.ends_within_line()) warn_of_cut(path_, audit);
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

// By place, and within it by column.
std::vector<double> people_of(PlaceTable& demand, std::size_t columns) {
  if (columns == 1) return demand.take_numbers(0);
  std::vector<double> people;
  for (std::size_t place = 0; place < demand.numbers(0).size(); ++place) {
    for (std::size_t column = 0; column < columns; ++column) people.push_back(demand.numbers(column)[place]);
  }
  return people;
}

}  // namespace

SupplyData read_supply_tables(const SupplyTables& tables, const SupplyRule& asked, const DistanceDecay& decay,
                              Executor& executor, AuditLog& audit) {
  PlaceColumns of_demand{{}, tables.zone}, of_supply{{{"amount", "an amount", kMostAmount}}};
  for (const SupplyGroup& group : asked.groups) of_demand.numbers.push_back({group.column, kPeople, kMostAmount});
  if (asked.groups.empty()) of_demand.numbers.push_back({"people", kPeople, kMostAmount});
  if (!asked.radius_column.empty()) of_supply.numbers.push_back({asked.radius_column, "a cost", kMostCost});
  PlaceTable demand(tables.demand, of_demand, executor.memory()), supply(tables.supply, of_supply, executor.memory());
  for (const PlaceTable* table : {&demand, &supply}) {
    if (table->ends_within_line()) warn_of_cut(table->path(), audit);
  }
  SupplyData data;
  data.costs.push_back(PairReader(tables.costs, demand, supply, decay).read(executor, audit));
  data.ways = "costs";
  if (!tables.zone.empty()) data.zones = SupplyZones::by_name(demand.labels());
  data.places = demand.take_ids();
  data.people = people_of(demand, of_demand.numbers.size());
  data.supplies = supply.take_ids();
  data.amounts = supply.take_numbers(0);
  if (!asked.radius_column.empty()) data.radii = supply.take_numbers(1);
  return data;
}

}  // namespace urbiome
