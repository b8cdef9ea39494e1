// JSON values, keys in the order of writing: the one place that names the library.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace urbiome {

using Json = nlohmann::ordered_json;

// Throws Error{unreadable} naming the file, and the line where the text breaks.
Json read_json(const std::string& path);
void write_json(const std::string& path, const Json& json);  // two-space indent, UTF-8, final newline

}  // namespace urbiome
