// Results for the report: rows of results.csv, and numbers and words as people read them.
#pragma once

#include <optional>
#include <string>
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

// Without the apostrophe that the csv puts before text that begins like a formula.
std::string without_escape(const std::string& text);

// "34.2%", "1,240 ha", "12.3 m² per person": rounded, with the unit in words.
std::string value_text(double value, const std::string& unit);
std::string range_text(double lower, double upper, const std::string& unit);  // "31.0% to 37.4%"
std::string full_text(double value, const std::string& unit);                 // every digit, for the title attribute
std::string status_words(const std::string& status);
std::string words_of_id(const std::string& id);   // "green_share" -> "Green share"
std::string grouped(double value, int decimals);  // "1,234.5"

}  // namespace urbiome
