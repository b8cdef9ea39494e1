#include "urbiome/io/recipe_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "urbiome/io/nearest_word.h"

namespace urbiome {
namespace {

// A value as an error quotes it: its JSON, cut short.
std::string quoted(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

bool all_digits(const std::string& text, std::size_t from, std::size_t count) {
  if (text.size() < from + count) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                     text.begin() + static_cast<std::ptrdiff_t>(from + count),
                     [](char c) { return c >= '0' && c <= '9'; });
}

// 2020, 2020-06, 2020-06-30, and any of these followed by a time or the end of an interval.
bool looks_like_date(const std::string& text) {
  if (!all_digits(text, 0, 4)) return false;
  const auto ends = [&](std::size_t at) {
    return text.size() == at || text[at] == 'T' || text[at] == ' ' || text[at] == '/';
  };
  const auto between = [&](std::size_t at, int most) {
    const int number = (text[at] - '0') * 10 + (text[at + 1] - '0');
    return number >= 1 && number <= most;
  };
  if (ends(4)) return true;
  if (text[4] != '-' || !all_digits(text, 5, 2) || !between(5, 12)) return false;
  if (ends(7)) return true;
  return text[7] == '-' && all_digits(text, 8, 2) && between(8, 31) && ends(10);
}

// Names that GDAL takes and the file system does not: /vsi..., URLs, "NETCDF:..." and the like.
bool is_remote(const std::string& path) {
  if (path.starts_with("/vsi") || path.find("://") != std::string::npos) return true;
  const auto colon = path.find(':');
  return colon != std::string::npos && colon >= 2 &&
         std::all_of(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

RecipeTable::RecipeTable(const Json& table, std::string place, const RecipeSource& source)
    : table_(&table), place_(std::move(place)), source_(&source) {
  if (!table.is_object()) throw wrong("", "is " + quoted(table), "a table");
}

std::string RecipeTable::place_of(const std::string& key) const {
  if (key.empty()) return place_;
  return place_.empty() ? key : place_ + "." + key;
}

Error RecipeTable::wrong(const std::string& key, const std::string& found, const std::string& expected,
                         const std::string& remedy) const {
  auto line = source_->lines.find(place_of(key));
  if (line == source_->lines.end()) line = source_->lines.find(place_);
  std::string place = source_->file;
  if (line != source_->lines.end()) place += fmt::format(":{}", line->second);
  return Error(ErrorCode::contradiction, place + ": " + place_of(key) + " " + found, expected, remedy);
}

Error RecipeTable::wrong_value(const std::string& key, const std::string& expected, const std::string& remedy) const {
  return wrong(key, "is " + quoted(table_->at(key)), expected, remedy);
}

bool RecipeTable::has(const std::string& key) const { return table_->contains(key); }

const Json* RecipeTable::raw(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  const auto found = table_->find(key);
  return found == table_->end() ? nullptr : &*found;
}

std::string RecipeTable::text(const std::string& key) {
  const Json* value = raw(key);
  if (value == nullptr) return {};
  if (!value->is_string()) throw wrong_value(key, "a text");
  const std::string& result = value->get_ref<const std::string&>();
  if (result.find('\0') != std::string::npos) throw wrong_value(key, "a text without a NUL character");
  return result;
}

std::string RecipeTable::required_text(const std::string& key, const std::string& what) {
  std::string result = text(key);
  if (!result.empty()) return result;
  for (const std::string& other : keys()) {  // a misspelt key is the likelier reason than a missing one
    const bool known = std::find(known_.begin(), known_.end(), other) != known_.end();
    const std::string hint = known || other.size() + 2 < key.size() ? std::string() : did_you_mean(other, {key});
    if (!hint.empty() && other.front() == key.front()) throw wrong(other, "is not a key of " + place_, key, hint);
  }
  throw wrong(key, "is missing", what, "add " + key + " = \"...\"");
}

std::string RecipeTable::date(const std::string& key) {
  const Json* value = raw(key);
  if (value == nullptr) return {};
  std::string result;
  if (value->is_number_integer()) result = value->dump();
  if (value->is_string()) result = value->get<std::string>();
  if (!looks_like_date(result)) throw wrong_value(key, "a year or an ISO 8601 date such as 2020-06-30");
  return result;
}

std::string RecipeTable::resolved(const std::string& given) const {
  if (given.empty()) return given;
  namespace fs = std::filesystem;
  const fs::path local = (fs::path(source_->folder) / given).lexically_normal();
  std::error_code ignored;
  if (is_remote(given) && !fs::exists(local, ignored)) return given;
  return local.string();
}

std::string RecipeTable::path(const std::string& key) { return resolved(text(key)); }

std::string RecipeTable::required_path(const std::string& key) { return resolved(required_text(key, "a path")); }

bool RecipeTable::flag(const std::string& key, bool fallback) {
  const Json* value = raw(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) throw wrong_value(key, "true or false");
  return value->get<bool>();
}

std::optional<double> RecipeTable::optional_number(const std::string& key, double least, double most) {
  const Json* value = raw(key);
  if (value == nullptr) return std::nullopt;
  const double result = value->is_number() ? value->get<double>() : std::nan("");
  if (!(result >= least && result <= most)) throw wrong_value(key, fmt::format("a number from {} to {}", least, most));
  return result;
}

double RecipeTable::number(const std::string& key, double fallback, double least, double most) {
  return optional_number(key, least, most).value_or(fallback);
}

std::int64_t RecipeTable::whole(const std::string& key, std::int64_t fallback, std::int64_t least, std::int64_t most) {
  const Json* value = raw(key);
  if (value == nullptr) return fallback;
  const bool huge = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(most);
  if (!value->is_number_integer() || huge || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most) {
    throw wrong_value(key, fmt::format("a whole number from {} to {}", least, most));
  }
  return value->get<std::int64_t>();
}

std::string RecipeTable::choice(const std::string& key, const std::vector<std::string>& words) {
  const Json* value = raw(key);
  if (value == nullptr) return words.front();
  if (value->is_string()) {
    const std::string word = value->get<std::string>();
    if (std::find(words.begin(), words.end(), word) != words.end()) return word;
    throw wrong_value(key, "one of " + listed(words), did_you_mean(word, words));
  }
  throw wrong_value(key, "one of " + listed(words));
}

std::vector<RecipeTable> RecipeTable::tables(const std::string& key) {
  std::vector<RecipeTable> result;
  const Json* value = raw(key);
  if (value == nullptr) return result;
  if (!value->is_array()) {
    result.emplace_back(*value, place_of(key), *source_);
    return result;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    result.emplace_back((*value)[i], fmt::format("{}[{}]", place_of(key), i + 1), *source_);
  }
  return result;
}

std::optional<RecipeTable> RecipeTable::table(const std::string& key) {
  const Json* value = raw(key);
  if (value == nullptr) return std::nullopt;
  return RecipeTable(*value, place_of(key), *source_);
}

std::vector<std::string> RecipeTable::keys() const {
  std::vector<std::string> result;
  for (const auto& item : table_->items()) result.push_back(item.key());
  return result;
}

void RecipeTable::finish() const {
  for (const std::string& key : keys()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const std::string where = place_.empty() ? "a table of the recipe" : "a key of " + place_;
    throw wrong(key, "is not " + where, listed(known_), did_you_mean(key, known_));
  }
}

}  // namespace urbiome
