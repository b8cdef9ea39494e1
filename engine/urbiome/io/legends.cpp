#include "urbiome/io/legends.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "legend_files.h"
#include "urbiome/base/error.h"
#include "urbiome/io/delimited_text.h"
#include "urbiome/io/file_bytes.h"
#include "urbiome/io/nearest_word.h"
#include "urbiome/raster/tile_source.h"

namespace urbiome {
namespace {

const std::vector<std::string> kColumns = {"code",  "class_name", "green",     "blue",
                                           "built", "natural",    "vegetated", "missing"};

Error wrong(const std::string& file, int line, const std::string& found, const std::string& expected,
            const std::string& remedy = {}) {
  return Error(ErrorCode::contradiction, file + ":" + std::to_string(line) + ": " + found, expected, remedy);
}

bool parse_code(std::string_view text, std::int64_t& code) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), code);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

// The rows of a legend file by column name.
class LegendTable {
 public:
  LegendTable(std::string_view text, const std::string& file) : file_(file), rows_(parse_csv(text, file)) {
    if (rows_.empty()) throw Error(ErrorCode::contradiction, file + " is empty", "a legend with a header line");
    for (std::size_t i = 0; i < rows_.front().cells.size(); ++i) {
      columns_.emplace(trimmed(rows_.front().cells[i]), i);  // of two columns of one name the first counts
    }
    for (const std::string& column : kColumns) {
      if (columns_.count(column)) continue;
      const bool semicolons = rows_.front().cells.size() == 1 && rows_.front().cells[0].find(';') != std::string::npos;
      throw wrong(file, 1, "the column " + column + " is missing",
                  "code,class_name,green,blue,built,natural,vegetated,missing",
                  semicolons ? "separate the columns by commas" : "add the column");
    }
    rows_.erase(rows_.begin());
  }

  const std::vector<DelimitedRow>& rows() const { return rows_; }
  std::string cell(const DelimitedRow& row, const std::string& column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end() || found->second >= row.cells.size()) return {};
    return trimmed(row.cells[found->second]);
  }

  bool is_of(const DelimitedRow& row, const std::string& id) const {
    return id.empty() || cell(row, "legend_id") == id;
  }
  // Which classes are canopy may be left open, for all of them.
  bool tells_canopy(const std::string& id) const {
    return std::any_of(rows_.begin(), rows_.end(),
                       [&](const DelimitedRow& row) { return is_of(row, id) && !cell(row, "canopy").empty(); });
  }

  LegendClass entry(const DelimitedRow& row, bool tells_canopy) const {
    LegendClass result;
    result.code = cell(row, "code");
    const auto dots = result.code.find("..");
    const std::string first = result.code.substr(0, dots);
    const std::string last = dots == std::string::npos ? first : result.code.substr(dots + 2);
    if (!parse_code(first, result.first) || !parse_code(last, result.last) || result.last < result.first) {
      throw wrong(file_, row.line, "the code is '" + result.code + "'", "a whole number or a range such as 600..622");
    }
    if (dots == std::string::npos) result.code = std::to_string(result.first);  // "07" prints as the raster's 7
    result.name = cell(row, "class_name");
    if (result.name.empty()) throw wrong(file_, row.line, "class_name is empty", "a name");
    for (int i = 0; i < kRoleCount; ++i) {
      const Role role = static_cast<Role>(i);
      const std::string flag = cell(row, std::string(name_of(role)));
      if (role == Role::canopy && !tells_canopy) continue;
      if (flag != "0" && flag != "1") {
        throw wrong(file_, row.line, std::string(name_of(role)) + " is '" + flag + "'", "0 or 1");
      }
      result.roles.set(role, flag == "1");
    }
    const std::string missing = cell(row, "missing");
    if (missing == "nodata") {
      result.missing = Missing::nodata;
    } else if (missing == "unknown") {
      result.missing = Missing::unknown;
    } else if (!missing.empty()) {
      throw wrong(file_, row.line, "missing is '" + missing + "'", "nothing, nodata or unknown");
    }
    result.option_note = cell(row, "option_note");
    return result;
  }

 private:
  std::string file_;
  std::vector<DelimitedRow> rows_;
  std::map<std::string, std::size_t> columns_;
};

void refuse_overlaps(const std::vector<LegendClass>& classes, const std::vector<int>& lines, const std::string& file) {
  std::vector<std::size_t> order(classes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return classes[a].first < classes[b].first; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::size_t a = order[i - 1], b = order[i];  // neighbours suffice: the first overlap found stops
    if (classes[b].first <= classes[a].last) {
      throw wrong(file, std::max(lines[a], lines[b]),
                  "the codes " + classes[a].code + " and " + classes[b].code + " overlap (line " +
                      std::to_string(std::min(lines[a], lines[b])) + ")",
                  "each code once", "keep one of the two lines");
    }
  }
}

// The classes of a table, of one legend_id when `id` is not empty.
void add_classes(const LegendTable& table, const std::string& file, const std::string& id, Legend& legend) {
  std::vector<LegendClass>& classes = legend.classes;
  std::vector<int> lines;
  const bool tells_canopy = table.tells_canopy(id);
  if (!tells_canopy) legend.unknowable.set(Role::canopy);
  for (const DelimitedRow& row : table.rows()) {
    if (!table.is_of(row, id)) continue;
    classes.push_back(table.entry(row, tells_canopy));
    lines.push_back(row.line);
  }
  if (classes.empty()) throw Error(ErrorCode::contradiction, file + " holds no class", "one line for each class");
  if (classes.size() > kMaxClasses) {
    throw wrong(file, lines[kMaxClasses], "the legend has " + std::to_string(classes.size()) + " classes",
                "at most " + std::to_string(kMaxClasses), "merge neighbouring codes into ranges such as 600..622");
  }
  refuse_overlaps(classes, lines, file);
}

const LegendTable& shipped_table() {
  static const LegendTable table(find_embedded(legend_files(), "legends/legends.csv")->content, "legends.csv");
  return table;
}

}  // namespace

std::vector<std::string> shipped_legends() {
  std::vector<std::string> ids;
  const LegendTable& table = shipped_table();
  for (const DelimitedRow& row : table.rows()) {
    const std::string id = table.cell(row, "legend_id");
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

Legend load_legend(const std::string& id_or_path) {
  Legend legend;
  legend.id = id_or_path;
  const LegendTable& shipped = shipped_table();
  for (const DelimitedRow& row : shipped.rows()) {
    if (shipped.cell(row, "legend_id") != id_or_path) continue;
    legend.name = shipped.cell(row, "legend_name");
    add_classes(shipped, "legends.csv", id_or_path, legend);
    return legend;
  }

  refuse_special_file(id_or_path, "a legend");
  std::ifstream file(id_or_path, std::ios::binary);
  std::stringstream text;
  std::error_code ignored;
  if (id_or_path.empty() || !file || std::filesystem::is_directory(id_or_path, ignored)) {
    const std::string name = id_or_path.substr(id_or_path.find_last_of('/') + 1);
    throw Error(ErrorCode::unreadable,
                "the legend '" + id_or_path + "' is neither shipped nor a csv file that can be read",
                "a path, or one of " + listed(shipped_legends()), did_you_mean(name, shipped_legends()));
  }
  text << file.rdbuf();
  add_classes(LegendTable(text.str(), id_or_path), id_or_path, {}, legend);
  const auto slash = id_or_path.find_last_of('/');
  legend.name = id_or_path.substr(slash == std::string::npos ? 0 : slash + 1);
  return legend;
}

void make_water_natural(Legend& legend) {
  for (LegendClass& entry : legend.classes) {
    if (entry.option_note.find("water option") != std::string::npos) entry.roles.set(Role::natural);
  }
}

}  // namespace urbiome
