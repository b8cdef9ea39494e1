#include "urbiome/io/feature_tags.h"

#include <optional>

#include "urbiome/io/json.h"

namespace urbiome {
namespace {

const std::vector<std::string> kTexts = {"other_tags", "all_tags"};

// A text in quotes from `at` on, where \ goes before a quote or another \; `at` is left behind it.
std::optional<std::string> quoted(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '"') return {};
  std::string content;
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      return content;
    }
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    content += text[at];
  }
  return {};
}

// "key"=>"value", or "key"=>NULL, each after a comma; blanks may stand between.
std::map<std::string, std::string> tags_of_hstore(std::string_view text) {
  std::map<std::string, std::string> tags;
  std::size_t at = 0;
  const auto skip = [&](std::string_view sign) {
    while (at < text.size() && text[at] == ' ') ++at;
    const bool there = text.substr(at, sign.size()) == sign;
    if (there) at += sign.size();
    while (at < text.size() && text[at] == ' ') ++at;
    return there;
  };
  skip("");
  while (std::optional<std::string> key = quoted(text, at)) {
    if (!skip("=>")) break;
    if (!skip("NULL")) {
      std::optional<std::string> value = quoted(text, at);
      if (!value) break;
      tags.emplace(std::move(*key), std::move(*value));
    }
    if (!skip(",")) break;
  }
  return tags;
}

std::map<std::string, std::string> tags_of_json(const std::string& text) {
  std::map<std::string, std::string> tags;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return tags;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_null()) tags[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return tags;
}

}  // namespace

std::vector<std::string> tag_columns(const std::vector<std::string>& keys) {
  std::vector<std::string> columns = keys;
  columns.insert(columns.end(), kTexts.begin(), kTexts.end());
  return columns;
}

std::map<std::string, std::string> tags_of_text(const std::string& text) {
  return text.starts_with('{') ? tags_of_json(text) : tags_of_hstore(text);
}

FeatureTags::FeatureTags(const std::vector<std::string>& columns, std::span<const Cell> cells) {
  const std::size_t keys = columns.size() - kTexts.size();
  for (std::size_t i = 0; i < keys; ++i) {
    std::string value = text_of(cells[i]);
    if (!value.empty()) tags_.emplace(columns[i], std::move(value));
  }
  for (std::size_t i = keys; i < columns.size(); ++i) tags_.merge(tags_of_text(text_of(cells[i])));
}

std::string_view FeatureTags::value(const std::string& key) const {
  const auto found = tags_.find(key);
  return found == tags_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace urbiome
