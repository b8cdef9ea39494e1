// TOML as JSON, with the line of every key: the one place that names toml++.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "urbiome/io/file_bytes.h"
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

// toml++ and the walk over its tree go down a level for every dot of a key, so a key of many dots would overflow the
// stack. Finds the line of the first key with more than kMostDots dots in a row; 0 when there is none.
int line_of_too_deep_key(const std::string& text) {
  constexpr int kMostDots = 16;
  int line = 1, dots = 0;
  std::string quote;  // what ends the string we are in
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (!quote.empty()) {
      if (c == '\\' && quote.front() == '"') {
        ++i;
      } else if (text.compare(i, quote.size(), quote) == 0) {
        i += quote.size() - 1;
        quote.clear();
      } else if (c == '\n' && quote.size() == 1) {
        quote.clear();  // not closed: the parser will say so
      }
      continue;
    }
    if (c == '#') {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (c == '"' || c == '\'') {
      quote = text.compare(i, 3, std::string(3, c)) == 0 ? std::string(3, c) : std::string(1, c);
      i += quote.size() - 1;
    } else if (c == '.') {
      if (++dots > kMostDots) return line;
    } else if (c == '=' || c == ',' || c == '\n' || c == '[' || c == '{') {
      dots = 0;
    }
  }
  return 0;
}

}  // namespace

RecipeSource recipe_source_from_toml(const std::string& file) {
  refuse_special_file(file, "a recipe");
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  std::error_code ignored;
  if (!stream || std::filesystem::is_directory(file, ignored)) {
    throw Error(ErrorCode::unreadable, file + " cannot be read", "a recipe such as city.toml", "check the path");
  }
  text << stream.rdbuf();
  if (const int line = line_of_too_deep_key(text.str()); line > 0) {
    throw Error(ErrorCode::unreadable, fmt::format("{}:{}: a key has too many dots", file, line),
                "TOML such as city.name = \"...\"");
  }
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
