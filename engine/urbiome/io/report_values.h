// Results for the report: rows of results.csv, and numbers and words as people read them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace urbiome {

struct ReportRow {
  std::string scenario, date, zone_level, zone_id, zone_name, framework, indicator, variant, class_code, unit, status,
      method, group, topic, label, evidence;
  std::optional<double> value, lower, upper, valid_share, score;

  std::string key() const { return indicator + "\n" + variant; }  // an indicator as it is mapped
  bool is_plain() const { return framework.empty() && class_code.empty() && group.empty(); }
};

// Rows of the file in their order. Error{unreadable} when a column of the contract is missing or a number is none.
std::vector<ReportRow> read_result_rows(const std::string& path);

// A curve of lorenz.csv: shares of residents and of their green so far, from the worst-served zones on.
struct ReportCurve {
  std::string date, zone_level, group, indicator;
  std::vector<std::pair<double, double>> points;
};
// In the order of the file. Error{unreadable} as above.
std::vector<ReportCurve> read_lorenz_curves(const std::string& path);

// Without the apostrophe that the csv puts before text that begins like a formula.
std::string without_escape(const std::string& text);

// How all values of a column are written: one unit and one number of decimals, chosen for the largest.
struct ColumnStyle {
  std::string unit;    // as in the results
  double divisor = 1;  // from that unit to the one shown
  int decimals = 0;
  std::string suffix;  // "%", " ha"
};
ColumnStyle style_of_column(double largest, const std::string& unit);
std::string value_text(double value, const ColumnStyle& style);

// "34.2%", "1,240 ha", "12.3 m² per person": rounded, with the unit in words.
std::string value_text(double value, const std::string& unit);
std::string range_text(double lower, double upper, const std::string& unit);  // "31.0% to 37.4%"
std::string full_text(double value, const std::string& unit);                 // every digit, for the title attribute
// A share of known ground in per cent: never 100% while some is unknown.
std::string known_text(double share);
// What a variant is called where its indicator's title says something else.
std::string title_of_variant(const std::string& indicator, const std::string& title, const std::string& variant);
std::string status_words(const std::string& status);
std::string words_of_id(const std::string& id);   // "green_share" -> "Green share"
std::string grouped(double value, int decimals);  // "1,234.5"

}  // namespace urbiome
