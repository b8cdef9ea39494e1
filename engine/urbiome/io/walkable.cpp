#include "urbiome/io/walkable.h"

#include <algorithm>

#include <fmt/format.h>

#include "street_files.h"
#include "urbiome/base/error.h"
#include "urbiome/io/delimited_text.h"
#include "urbiome/io/file_bytes.h"

namespace urbiome {

WalkableTable WalkableTable::shipped() {
  const EmbeddedFile& file = street_files().front();
  return {file.content, std::string(file.path)};
}

WalkableTable WalkableTable::read(const std::string& path) { return {read_bytes(path), path}; }

WalkableTable::WalkableTable(std::string_view text, const std::string& file) {
  const std::vector<DelimitedRow> rows = parse_csv(text, file);
  const std::vector<std::string> header{"key", "value", "walkable"};
  if (rows.empty() || rows.front().cells != header) {
    throw Error(ErrorCode::contradiction, file + " does not begin with its columns", "key,value,walkable",
                "copy datasets/streets/walkable.csv and change it");
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::vector<std::string>& cells = rows[i].cells;
    if (cells.size() != 3 || cells[0].empty() || (cells[2] != "yes" && cells[2] != "no")) {
      throw Error(ErrorCode::contradiction, fmt::format("{}:{}: {}", file, rows[i].line, fmt::join(cells, ",")),
                  "a key, a value (* for any, empty for none) and yes or no");
    }
    rows_.push_back({cells[0], cells[1], cells[2] == "yes"});
  }
}

bool WalkableTable::walkable(const std::function<std::string_view(const std::string& key)>& value_of) const {
  for (const Row& row : rows_) {
    const std::string_view value = value_of(row.key);
    if (row.value == "*" ? !value.empty() : value == row.value) return row.walkable;
  }
  return false;
}

std::vector<std::string> WalkableTable::keys() const {
  std::vector<std::string> keys;
  for (const Row& row : rows_) {
    if (std::ranges::find(keys, row.key) == keys.end()) keys.push_back(row.key);
  }
  return keys;
}

}  // namespace urbiome
