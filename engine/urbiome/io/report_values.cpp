#include "urbiome/io/report_values.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>

#include "urbiome/base/error.h"
#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

class RowReader {
 public:
  RowReader(const Table& table, const std::string& path) : table_(table), path_(path) {}

  std::string text(std::size_t row, const char* name) const {
    return without_escape(text_of(table_.rows[row][index(name)]));
  }

  std::optional<double> number(std::size_t row, const char* name) const {
    const std::string cell = text(row, name);
    if (cell.empty()) return std::nullopt;
    double value = 0;
    const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (problem != std::errc() || end != cell.data() + cell.size()) {
      throw Error(ErrorCode::unreadable, path_ + " has \"" + cell + "\" in column " + name, "a number",
                  "write the results again");
    }
    if (!std::isfinite(value)) return std::nullopt;
    return value;
  }

 private:
  std::size_t index(const char* name) const {
    const int column = table_.column(name);
    if (column >= 0) return static_cast<std::size_t>(column);
    throw Error(ErrorCode::unreadable, path_ + " has no column " + name, "the columns of urbiome's results",
                "write the results again");
  }

  const Table& table_;
  const std::string& path_;
};

std::string with_sign_of(double value, std::string text) { return value < 0 ? "\u2212" + text : text; }

// About four digits that matter, never more than needed.
int decimals_of(double size) { return size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4; }

std::string significant(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 1e15 || size < 1e-4) return fmt::format("{:.3g}", value);
  return grouped(value, decimals_of(size));
}

std::string share_text(double share) {
  if (share > 0 && share < 0.0005) return "<0.1%";
  return grouped(share * 100, 1) + "%";
}

std::string area_text(double m2) {
  const double size = std::abs(m2);
  if (size >= 1e7) return significant(m2 / 1e6) + " km²";
  if (size >= 1e4) return significant(m2 / 1e4) + " ha";
  return significant(m2) + " m²";
}

}  // namespace

std::vector<ReportCurve> read_lorenz_curves(const std::string& path) {
  const Table table = read_csv(path);
  const RowReader reader(table, path);
  std::vector<ReportCurve> curves;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    ReportCurve curve{reader.text(row, "date"),
                      reader.text(row, "zone_level"),
                      reader.text(row, "group"),
                      reader.text(row, "indicator"),
                      {}};
    const bool goes_on = !curves.empty() && curves.back().date == curve.date &&
                         curves.back().zone_level == curve.zone_level && curves.back().group == curve.group &&
                         curves.back().indicator == curve.indicator;
    if (!goes_on) curves.push_back(std::move(curve));
    curves.back().points.emplace_back(reader.number(row, "people_share").value_or(0),
                                      reader.number(row, "provision_share").value_or(0));
  }
  return curves;
}

std::string without_escape(const std::string& text) {
  const bool escaped =
      text.size() > 1 && text.front() == '\'' && std::string_view("=+-@\t\r").find(text[1]) != std::string_view::npos;
  return escaped ? text.substr(1) : text;
}

std::vector<ReportRow> read_result_rows(const std::string& path) {
  const Table table = read_csv(path);
  const RowReader reader(table, path);
  std::vector<ReportRow> rows;
  rows.reserve(table.rows.size());
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    ReportRow row;
    const std::pair<const char*, std::string ReportRow::*> texts[] = {
        {"scenario", &ReportRow::scenario},     {"date", &ReportRow::date},
        {"zone_level", &ReportRow::zone_level}, {"zone_id", &ReportRow::zone_id},
        {"zone_name", &ReportRow::zone_name},   {"framework", &ReportRow::framework},
        {"indicator", &ReportRow::indicator},   {"variant", &ReportRow::variant},
        {"class", &ReportRow::class_code},      {"unit", &ReportRow::unit},
        {"status", &ReportRow::status},         {"method", &ReportRow::method},
        {"group", &ReportRow::group},           {"topic", &ReportRow::topic},
        {"label", &ReportRow::label},           {"evidence", &ReportRow::evidence}};
    for (const auto& [name, member] : texts) row.*member = reader.text(i, name);
    row.value = reader.number(i, "value");
    row.lower = reader.number(i, "lower");
    row.upper = reader.number(i, "upper");
    row.valid_share = reader.number(i, "valid_share");
    row.score = reader.number(i, "score");
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string grouped(double value, int decimals) {
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  std::size_t point = digits.find('.');
  if (point == std::string::npos) point = digits.size();
  for (std::size_t at = point; at > 3; at -= 3) digits.insert(at - 3, ",");
  const bool is_zero = digits.find_first_not_of("0.,") == std::string::npos;
  return is_zero ? digits : with_sign_of(value, digits);
}

// A number that needs no word beside it.
bool has_no_name(const std::string& unit) { return unit.empty() || unit == "index" || unit == "ratio"; }

std::string value_text(double value, const std::string& unit) {
  if (unit == "1" || unit == "share") return share_text(value);
  if (unit == "m2") return area_text(value);
  if (unit == "people" || unit == "count") {
    const bool small_part = std::abs(value) < 10 && std::abs(value - std::round(value)) > 0.05;
    return grouped(value, small_part ? 1 : 0);
  }
  if (has_no_name(unit)) return significant(value);
  if (unit == "%") return grouped(value, 1) + "%";
  if (unit == "m2 per person") return significant(value) + " m² per person";
  return significant(value) + " " + unit;
}

ColumnStyle style_of_column(double largest, const std::string& unit) {
  const double size = std::abs(largest);
  if (unit == "1" || unit == "share") return {unit, 0.01, 1, "%"};
  if (unit == "%") return {unit, 1, 1, "%"};
  if (unit == "people" || unit == "count") return {unit, 1, size < 10 && size != std::round(size) ? 1 : 0, ""};
  if (unit == "m2" && size >= 1e9) return {unit, 1e6, decimals_of(size / 1e6), " km²"};
  if (unit == "m2" && size >= 1e4) return {unit, 1e4, 1, " ha"};
  if (unit == "m2" || unit == "m2 per person") return {unit, 1, decimals_of(size), " m²"};
  return {unit, 1, decimals_of(size), has_no_name(unit) ? "" : " " + unit};
}

std::string value_text(double value, const ColumnStyle& style) {
  if (style.suffix == "%" || std::abs(value) >= 1e15) return value_text(value, style.unit);
  return grouped(value / style.divisor, style.decimals) + style.suffix;
}

std::string known_text(double share) {
  const std::string text = grouped(share * 100, 1) + "%";
  return share >= 1 ? "100%" : text == "100.0%" ? ">99.9%" : text;
}

std::string title_of_variant(const std::string& indicator, const std::string& title, const std::string& variant) {
  if (indicator != "public_green_blue_share") return title;
  if (variant.starts_with("all_green_blue/")) return "Green or blue share, whoever owns it";
  return variant == "cif" ? "Share of built-up cells in mapped green spaces" : title;
}

std::string range_text(double lower, double upper, const std::string& unit) {
  return value_text(lower, unit) + " to " + value_text(upper, unit);
}

std::string full_text(double value, const std::string& unit) {
  return number_text(value) + (unit.empty() ? "" : unit == "1" ? " (share, 0 to 1)" : " " + unit);
}

std::string status_words(const std::string& status) {
  static const std::map<std::string, std::string> words = {{"ok", "Computed"},
                                                           {"no_data", "No data given"},
                                                           {"not_applicable", "Does not apply"},
                                                           {"undefined", "Undefined: division by zero"},
                                                           {"unreached", "Nothing within reach"},
                                                           {"supplied", "Supplied by the city"},
                                                           {"suppressed", "Group too small to show"},
                                                           {"failed", "Could not be computed"}};
  const auto found = words.find(status);
  return found == words.end() ? status : found->second;
}

std::string words_of_id(const std::string& id) {
  std::string words = id;
  for (char& c : words) c = c == '_' ? ' ' : c;
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words;
}

}  // namespace urbiome
