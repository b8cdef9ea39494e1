#include "urbiome/frameworks/standards.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

const std::vector<std::string> kColumns = {"id",     "framework",   "topic",      "title", "measure",
                                           "places", "min_area_ha", "distance_m", "route", "unit",
                                           "target", "evidence",    "source"};
const std::string kResidents = "residents";  // a column that may be missing
constexpr double kMostMetres = 100000;
constexpr std::size_t kMostStandards = 500;  // a column of zones.gpkg for each, and for each group

// One row, column by column.
class Row {
 public:
  Row(const Table& table, std::size_t row, const std::string& file)
      : columns_(table.columns), cells_(table.rows[row]), file_(file) {}

  std::string text(const std::string& column) const {
    const auto at = std::ranges::find(columns_, column);
    return at == columns_.end() ? "" : text_of(cells_[static_cast<std::size_t>(at - columns_.begin())]);
  }
  std::string required(const std::string& column) const {
    std::string found = text(column);
    if (found.find_first_not_of(' ') == std::string::npos) throw wrong(column, "is missing", "a text");
    return found;
  }
  template <class T>
  T word(const std::string& column, const std::map<std::string, T>& words) const {
    const auto found = words.find(text(column));
    if (found != words.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [word, value] : words) {
      if (!word.empty()) known.push_back(word);
    }
    throw wrong(column, fmt::format("is '{}'", text(column)), fmt::format("one of {}", fmt::join(known, ", ")));
  }
  std::optional<double> number(const std::string& column, double most) const {
    const std::string found = text(column);
    if (found.empty()) return {};
    double value = -1;
    const auto [end, error] = std::from_chars(found.data(), found.data() + found.size(), value);
    if (error == std::errc() && end == found.data() + found.size() && value >= 0 && value <= most)
      return std::abs(value);  // -0 is 0
    throw wrong(column, fmt::format("is '{}'", found), fmt::format("a number from 0 to {:g}", most));
  }
  Error wrong(const std::string& column, const std::string& found, const std::string& expected) const {
    return {ErrorCode::contradiction, fmt::format("{}: {} of standard '{}' {}", file_, column, text("id"), found),
            expected, "the shipped table is datasets/standards/standards.csv"};
  }

 private:
  const std::vector<std::string>& columns_;
  const std::vector<Cell>& cells_;
  const std::string& file_;
};

Standard standard_of(const Row& row) {
  using Measure = Standard::Measure;
  Standard s;
  s.id = row.required("id");
  s.framework = row.required("framework");
  s.topic = row.required("topic");
  s.title = row.required("title");
  s.measure = row.word<Measure>(
      "measure", {{"people_within", Measure::people_within}, {"area_per_person", Measure::area_per_person}});
  const auto places = row.word<std::array<bool, 2>>("places", {{"green", {false, false}},
                                                               {"green_blue", {false, true}},
                                                               {"public_green", {true, false}},
                                                               {"public_green_blue", {true, true}}});
  s.only_public = places[0];
  s.blue_too = places[1];
  s.min_area_ha = row.number("min_area_ha", 1e9).value_or(0);
  s.unit = row.required("unit");
  if (s.measure == Measure::people_within) {
    const std::optional<double> distance = row.number("distance_m", kMostMetres);
    if (!distance) throw row.wrong("distance_m", "is missing", "metres");
    s.distance_m = *distance;
    s.route = row.word<Standard::Route>("route",
                                        {{"straight", Standard::Route::straight}, {"street", Standard::Route::street}});
    s.per_unit = row.word<double>("unit", {{"%", 100}});
    s.residents =
        row.word<Standard::Residents>(kResidents, {{"", Standard::Residents::all},
                                                   {"all", Standard::Residents::all},
                                                   {"lowest_income_fifth", Standard::Residents::lowest_income_fifth}});
  } else {
    for (const std::string& column : {std::string("distance_m"), std::string("route"), kResidents}) {
      if (!row.text(column).empty())
        throw row.wrong(column, fmt::format("is '{}'", row.text(column)), "nothing: area_per_person does not ask that");
    }
    s.per_unit = row.word<double>("unit", {{"m2 per person", 1}, {"ha per 1000 people", 0.1}});
  }
  s.target = row.number("target", 1e12);
  s.evidence = row.word<Evidence>("evidence", {{"official", Evidence::official},
                                               {"implementation", Evidence::implementation},
                                               {"unverified", Evidence::unverified}});
  s.source = row.text("source");
  return s;
}

// What a row of results says of it besides its value.
auto key_of(const Standard& s) { return std::tuple(s.framework, s.topic, s.measure, s.residents, variant_of(s)); }

}  // namespace

std::string variant_of(const Standard& s) {
  const std::string size = fmt::format("{:g}ha", s.min_area_ha);
  if (s.measure == Standard::Measure::area_per_person) return size;
  return fmt::format("{:g}m_{}_{}", s.distance_m, size, s.route == Standard::Route::street ? "street" : "straight");
}

std::vector<Standard> standards_of(const Table& table, const std::string& file) {
  for (const std::string& column : kColumns) {
    if (std::ranges::find(table.columns, column) == table.columns.end()) {
      throw Error(ErrorCode::contradiction, fmt::format("{} has no column {}", file, column),
                  fmt::format("the columns {}", fmt::join(kColumns, ",")),
                  "the shipped table is datasets/standards/standards.csv");
    }
  }
  if (table.rows.empty() || table.rows.size() > kMostStandards) {
    throw Error(ErrorCode::contradiction, fmt::format("{} holds {} standards", file, table.rows.size()),
                fmt::format("1 to {}", kMostStandards), "[frameworks] run = [] computes none");
  }
  std::vector<Standard> standards;
  std::set<std::string> ids;
  std::map<decltype(key_of(std::declval<Standard>())), std::string> keys;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const Row row(table, i, file);
    standards.push_back(standard_of(row));
    if (!ids.insert(standards.back().id).second) throw row.wrong("id", "stands twice", "each id once");
    const auto [same, is_new] = keys.emplace(key_of(standards.back()), standards.back().id);
    if (!is_new) {
      throw Error(ErrorCode::contradiction,
                  fmt::format("{}: results cannot tell the standards '{}' and '{}' apart", file, same->second,
                              standards.back().id),
                  "another framework, topic, measure, size, distance or route", "give one of them another topic");
    }
  }
  return standards;
}

}  // namespace urbiome
