// TOML as JSON, with the line of every key: the one place that names toml++.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "urbiome/io/recipe_table.h"

namespace urbiome {
namespace {

std::string date_text(const auto& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

class Converter {
 public:
  explicit Converter(RecipeSource& source) : source_(source) {}

  Json convert(const toml::node& node, const std::string& place) {
    source_.lines[place] = static_cast<int>(node.source().begin.line);
    if (const toml::table* table = node.as_table()) return convert_table(*table, place);
    if (const toml::array* array = node.as_array()) {
      Json result = Json::array();
      for (std::size_t i = 0; i < array->size(); ++i) {
        result.push_back(convert((*array)[i], fmt::format("{}[{}]", place, i + 1)));
      }
      return result;
    }
    if (const auto* value = node.as_string()) return value->get();
    if (const auto* value = node.as_integer()) return value->get();
    if (const auto* value = node.as_floating_point()) return value->get();
    if (const auto* value = node.as_boolean()) return value->get();
    if (const auto* value = node.as_date()) return date_text(value->get());
    if (const auto* value = node.as_time()) return date_text(value->get());
    if (const auto* value = node.as_date_time()) return date_text(value->get());
    return nullptr;
  }

 private:
  Json convert_table(const toml::table& table, const std::string& place) {
    Json result = Json::object();
    for (auto&& [key, value] : table) {
      const std::string name(key.str());
      const std::string inner = place.empty() ? name : place + "." + name;
      result[name] = convert(value, inner);
      if (!value.is_table() && !value.is_array_of_tables()) {
        source_.lines[inner] =
            static_cast<int>(key.source().begin.line);  // the key's line, also for values of many lines
      }
    }
    return result;
  }

  RecipeSource& source_;
};

}  // namespace

RecipeSource recipe_source_from_toml(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  std::error_code ignored;
  if (!stream || std::filesystem::is_directory(file, ignored)) {
    throw Error(ErrorCode::unreadable, file + " cannot be read", "a recipe such as city.toml", "check the path");
  }
  text << stream.rdbuf();
  RecipeSource source;
  source.file = file;
  source.folder = std::filesystem::absolute(file).parent_path().string();
  try {
    const toml::table root = toml::parse(text.str(), file);
    source.root = Converter(source).convert(root, "");
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw Error(ErrorCode::unreadable,
                fmt::format("{}:{}: {} (column {})", file, at.line, error.description(), at.column), "TOML");
  }
  source.lines.erase("");
  return source;
}

}  // namespace urbiome
