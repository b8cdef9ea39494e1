// One table of a recipe, read key by key: every type, range and spelling mistake names its place.
// For the recipe's readers only.
//
//   RecipeTable table(json, "parameters", source);
//   const double metres = table.number("near_distance_m", 300, 0, 100000);
//   table.finish();                                     // what nobody asked for is an unknown key
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "urbiome/base/error.h"
#include "urbiome/io/json.h"

namespace urbiome {

// A recipe as JSON, wherever it came from, and where its keys stand.
struct RecipeSource {
  Json root;
  std::string file, folder;          // relative paths start at the folder
  std::map<std::string, int> lines;  // "land_cover[1].legend" -> 12; empty for JSON
};

RecipeSource recipe_source_from_toml(const std::string& file);  // Error{unreadable} with line and column

class RecipeTable {
 public:
  // `place` is dotted, "" for the root. Error{contradiction} when `table` is no table.
  RecipeTable(const Json& table, std::string place, const RecipeSource& source);

  bool has(const std::string& key) const;
  const Json* raw(const std::string& key);   // nullptr when absent; the key counts as known
  std::string text(const std::string& key);  // empty when absent
  std::string required_text(const std::string& key, const std::string& what);
  std::string date(const std::string& key);  // a string, an integer year or a date
  std::string path(const std::string& key);  // resolved; empty when absent
  std::string required_path(const std::string& key);
  bool flag(const std::string& key, bool fallback);
  double number(const std::string& key, double fallback, double least, double most);
  std::optional<double> optional_number(const std::string& key, double least, double most);
  std::int64_t whole(const std::string& key, std::int64_t fallback, std::int64_t least, std::int64_t most);
  std::string choice(const std::string& key, const std::vector<std::string>& words);  // absent: the first word
  // Members of an array of tables; a single table may stand for an array of one.
  std::vector<RecipeTable> tables(const std::string& key);
  std::optional<RecipeTable> table(const std::string& key);
  std::vector<std::string> keys() const;

  void finish() const;  // Error{contradiction} for a key that was never asked for, with the nearest known one

  // An error about a key of this table, or about the table itself when `key` is empty.
  Error wrong(const std::string& key, const std::string& found, const std::string& expected = {},
              const std::string& remedy = {}) const;
  Error wrong_value(const std::string& key, const std::string& expected, const std::string& remedy = {}) const;
  std::string resolved(const std::string& path) const;  // against the recipe's folder; /vsi and URLs stay
  std::string place_of(const std::string& key) const;
  const RecipeSource& source() const { return *source_; }

 private:
  const Json* table_;
  std::string place_;
  const RecipeSource* source_;
  mutable std::vector<std::string> known_;
};

}  // namespace urbiome
