#include "urbiome/run/compare.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "urbiome/base/error.h"
#include "urbiome/base/table.h"
#include "urbiome/io/file_bytes.h"
#include "urbiome/io/json.h"
#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

// The columns that say which value a row is; the first two are printed but not matched on.
const std::vector<std::string> kKeys = {"city",      "scenario",  "date",      "zone_level", "zone_id",
                                        "zone_name", "framework", "indicator", "variant",    "class",
                                        "unit",      "group",     "topic"};

struct Outcome {
  std::string folder;
  Json run;
  std::vector<std::vector<std::string>> keys;              // in the order of the file
  std::map<std::vector<std::string>, std::size_t> row_of;  // matched keys -> row
  std::vector<std::optional<double>> values, lower, upper;
};

Error damaged(const std::string& path, const std::string& found) {
  return Error(ErrorCode::unreadable, path + " " + found, "a table as urbiome assess writes it",
               "run the assessment again");
}

std::optional<double> number(const Cell& cell) {
  const std::string text = text_of(cell);
  if (text.empty()) return std::nullopt;
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc() && end == text.data() + text.size()) return value;
  throw damaged("results.csv", fmt::format("holds \"{}\" where a number belongs", text));
}

// A member of an object, or null where there is none.
const Json& member(const Json& json, const std::string& name) {
  static const Json kNothing;
  if (!json.is_object()) return kNothing;
  const auto found = json.find(name);
  return found == json.end() ? kNothing : *found;
}

std::string read_text(const Table& table, const std::vector<Cell>& row, const std::string& column) {
  const int index = table.column(column);
  return index < 0 ? std::string{} : text_of(row[static_cast<std::size_t>(index)]);
}

Table read_results(const std::string& path) {
  std::string text = read_bytes(path);
  if (!text.empty() && text.back() != '\n') throw damaged(path, "ends within a line");
  Table table = table_of_csv(std::move(text), path);
  for (const char* column : {"zone_level", "zone_id", "indicator", "value"}) {
    if (table.column(column) < 0) throw damaged(path, fmt::format("has no column {}", column));
  }
  return table;
}

Outcome read_outcome(const std::string& folder, bool match_dates) {
  namespace fs = std::filesystem;
  for (const char* name : {"results.csv", "run.json"}) {
    std::error_code error;
    if (!fs::is_regular_file(fs::path(folder) / name, error)) {
      throw Error(ErrorCode::unreadable, fmt::format("{} holds no {}", folder, name),
                  "an output folder of urbiome assess", "give two such folders");
    }
  }
  Outcome outcome;
  outcome.folder = folder;
  outcome.run = read_json((fs::path(folder) / "run.json").string());
  const Table table = read_results((fs::path(folder) / "results.csv").string());
  for (const auto& row : table.rows) {
    std::vector<std::string> keys, matched;
    for (const std::string& key : kKeys) {
      keys.push_back(read_text(table, row, key));
      const bool counts = key != "city" && key != "scenario" && key != "zone_name" && (match_dates || key != "date") &&
                          !(key == "zone_id" && keys[3] == "city");
      matched.push_back(counts ? keys.back() : "");
    }
    if (!outcome.row_of.emplace(matched, outcome.keys.size()).second) {
      throw damaged((fs::path(folder) / "results.csv").string(),
                    fmt::format("holds {} of {} twice", keys[7], keys[4].empty() ? keys[3] : keys[4]));
    }
    outcome.keys.push_back(keys);
    const auto value_of = [&](const std::string& column) {
      const int index = table.column(column);
      return index < 0 ? std::nullopt : number(row[static_cast<std::size_t>(index)]);
    };
    outcome.values.push_back(value_of("value"));
    outcome.lower.push_back(value_of("lower"));
    outcome.upper.push_back(value_of("upper"));
  }
  return outcome;
}

std::size_t dates_in(const std::string& folder) {
  const Json run = read_json((std::filesystem::path(folder) / "run.json").string());
  return member(run, "grids").size();
}

// The members of both objects by name, those of `a` first.
std::vector<std::string> names_in(const Json& a, const Json& b) {
  std::vector<std::string> names;
  for (const Json* object : {&a, &b}) {
    if (!object->is_object()) continue;
    for (const auto& [name, value] : object->items()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

const Json& item(const Json& list, std::size_t i) {
  static const Json kNothing;
  return list.is_array() && i < list.size() ? list[i] : kNothing;
}

// What a recipe sets outside of its parameters that decides what counts as green, public or inhabited.
const std::map<std::string, std::vector<std::string>> kSettings = {
    {"land_cover", {"ndvi_min", "ndwi_min", "unlisted", "resolution_m"}},
    {"green_spaces", {"tags", "role", "public", "private"}},
    {"population", {"spread"}}};

void compare_definitions(const Outcome& base, const Outcome& other, AuditLog& audit) {
  const auto differ = [&](const std::string& what, const Json& a, const Json& b) {
    if (a != b)
      audit.warn(other.folder, fmt::format("{} differs: {} there, {} in the base", what,
                                           b.is_null() ? "nothing" : b.dump(), a.is_null() ? "nothing" : a.dump()));
  };
  differ("the version of urbiome", member(member(base.run, "urbiome"), "version"),
         member(member(other.run, "urbiome"), "version"));
  differ("the city's name", member(member(base.run, "city"), "name"), member(member(other.run, "city"), "name"));
  const Json& a = member(base.run, "parameters");
  const Json& b = member(other.run, "parameters");
  for (const std::string& name : names_in(a, b)) differ("parameter " + name, member(a, name), member(b, name));
  for (const auto& [table, names] : kSettings) {
    const Json& my = member(member(base.run, "recipe"), table);
    const Json& their = member(member(other.run, "recipe"), table);
    if (my.size() != their.size()) {
      differ(fmt::format("the number of {} tables", table), my.size(), their.size());
      continue;
    }
    for (std::size_t i = 0; i < my.size(); ++i) {
      for (const std::string& name : names) {
        differ(fmt::format("{} of {}{}", name, table, my.size() > 1 ? fmt::format(" {}", i + 1) : ""),
               member(item(my, i), name), member(item(their, i), name));
      }
    }
  }
  const Json& mine = member(base.run, "grids");
  const Json& theirs = member(other.run, "grids");
  if (!mine.is_array() || !theirs.is_array() || mine.empty() || theirs.empty()) return;
  for (const char* field : {"legend", "crs", "cell_width", "cell_height"}) {
    differ(fmt::format("the land cover's {}", field), member(mine.back(), field), member(theirs.back(), field));
  }
}

Cell cell(const std::optional<double>& value) { return value ? Cell{*value} : Cell{}; }

void append_rows(const Outcome& base, const Outcome& other, bool several, Comparison& result) {
  const auto add = [&](const std::vector<std::string>& keys, std::optional<std::size_t> b,
                       std::optional<std::size_t> o) {
    std::vector<Cell> row;
    for (std::size_t i = 0; i < kKeys.size(); ++i) {
      const std::string text =
          several && kKeys[i] == "scenario" ? std::filesystem::path(other.folder).filename().string() : keys[i];
      row.push_back(text.empty() ? Cell{} : Cell{text});
    }
    const auto base_value = b ? base.values[*b] : std::nullopt;
    const auto value = o ? other.values[*o] : std::nullopt;
    std::optional<double> difference, lower, upper;
    if (base_value && value) difference = *value - *base_value;
    if (base_value != value) ++result.differing;
    // Of two intervals the difference lies between the extremes.
    if (b && o && base.lower[*b] && base.upper[*b] && other.lower[*o] && other.upper[*o]) {
      lower = *other.lower[*o] - *base.upper[*b];
      upper = *other.upper[*o] - *base.lower[*b];
    }
    row.insert(row.end(), {cell(base_value), cell(value), cell(difference), cell(lower), cell(upper),
                           lower && upper ? Cell{std::string(*lower > 0 || *upper < 0 ? "yes" : "no")} : Cell{}});
    result.table.rows.push_back(std::move(row));
  };
  std::vector<bool> seen(other.keys.size(), false);
  std::map<std::size_t, std::vector<std::string>> by_row;
  for (const auto& [matched, row] : base.row_of) by_row[row] = matched;
  for (const auto& [row, matched] : by_row) {
    const auto found = other.row_of.find(matched);
    if (found == other.row_of.end()) {
      add(base.keys[row], row, std::nullopt);
    } else {
      seen[found->second] = true;
      add(base.keys[row], row, found->second);
    }
  }
  for (std::size_t row = 0; row < other.keys.size(); ++row) {
    if (!seen[row]) add(other.keys[row], std::nullopt, row);
  }
}

}  // namespace

Comparison compare(const std::vector<std::string>& folders) {
  Comparison result;
  result.table.name = "compare";
  result.table.columns = kKeys;
  result.table.columns.insert(result.table.columns.end(),
                              {"base", "value", "difference", "lower", "upper", "clears_error"});
  bool match_dates = false;  // one date each: a before and an after are meant to differ in date
  for (const std::string& folder : folders) {
    std::error_code error;
    if (std::filesystem::is_regular_file(std::filesystem::path(folder) / "run.json", error))
      match_dates = match_dates || dates_in(folder) > 1;
  }
  const Outcome base = read_outcome(folders.at(0), match_dates);
  for (std::size_t i = 1; i < folders.size(); ++i) {
    const Outcome other = read_outcome(folders[i], match_dates);
    compare_definitions(base, other, result.audit);
    append_rows(base, other, folders.size() > 2, result);
  }
  return result;
}

}  // namespace urbiome
