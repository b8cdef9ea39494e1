#include "urbiome/frameworks/standards.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

const std::vector<std::string> kColumns = {"id",     "framework",   "topic",      "title", "measure",
                                           "places", "min_area_ha", "distance_m", "route", "unit",
                                           "target", "evidence",    "source"};
constexpr double kMostMetres = 100000;

// One row, column by column.
class Row {
 public:
  Row(const Table& table, std::size_t row, const std::string& file, std::span<const std::size_t> places)
      : cells_(table.rows[row]), file_(file), places_(places) {}

  std::string text(const std::string& column) const {
    const auto at = static_cast<std::size_t>(std::ranges::find(kColumns, column) - kColumns.begin());
    return text_of(cells_[places_[at]]);
  }
  std::string required(const std::string& column) const {
    std::string found = text(column);
    if (found.empty()) throw wrong(column, "is missing", "a text");
    return found;
  }
  template <class T>
  T word(const std::string& column, const std::map<std::string, T>& words) const {
    const auto found = words.find(text(column));
    if (found != words.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [word, value] : words) known.push_back(word);
    throw wrong(column, fmt::format("is '{}'", text(column)), fmt::format("one of {}", fmt::join(known, ", ")));
  }
  std::optional<double> number(const std::string& column, double most) const {
    const std::string found = text(column);
    if (found.empty()) return {};
    double value = -1;
    const auto [end, error] = std::from_chars(found.data(), found.data() + found.size(), value);
    if (error == std::errc() && end == found.data() + found.size() && value >= 0 && value <= most) return value;
    throw wrong(column, fmt::format("is '{}'", found), fmt::format("a number from 0 to {:g}", most));
  }
  Error wrong(const std::string& column, const std::string& found, const std::string& expected) const {
    return {ErrorCode::contradiction, fmt::format("{}: {} of standard '{}' {}", file_, column, text("id"), found),
            expected, "the shipped table is datasets/standards/standards.csv"};
  }

 private:
  const std::vector<Cell>& cells_;
  const std::string& file_;
  std::span<const std::size_t> places_;
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
  } else {
    s.per_unit = row.word<double>("unit", {{"m2 per person", 1}, {"ha per 1000 people", 0.1}});
  }
  s.target = row.number("target", 1e12);
  s.evidence = row.word<Evidence>("evidence", {{"official", Evidence::official},
                                               {"implementation", Evidence::implementation},
                                               {"unverified", Evidence::unverified}});
  s.source = row.text("source");
  return s;
}

}  // namespace

std::vector<Standard> standards_of(const Table& table, const std::string& file) {
  std::vector<std::size_t> places;
  for (const std::string& column : kColumns) {
    const auto found = std::ranges::find(table.columns, column);
    if (found == table.columns.end()) {
      throw Error(ErrorCode::contradiction, fmt::format("{} has no column {}", file, column),
                  fmt::format("the columns {}", fmt::join(kColumns, ",")),
                  "the shipped table is datasets/standards/standards.csv");
    }
    places.push_back(static_cast<std::size_t>(found - table.columns.begin()));
  }
  std::vector<Standard> standards;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const Row row(table, i, file, places);
    standards.push_back(standard_of(row));
    if (!ids.insert(standards.back().id).second) throw row.wrong("id", "stands twice", "each id once");
  }
  return standards;
}

}  // namespace urbiome
