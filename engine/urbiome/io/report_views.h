// What the report's map and bars can show: one view for each level of zones and each indicator known there.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "urbiome/io/json.h"
#include "urbiome/io/report_pictures.h"
#include "urbiome/io/report_values.h"
#include "urbiome/io/value_classes.h"

namespace urbiome {

struct ReportMeasure {
  std::string indicator, variant, unit;
  std::string title;  // with the variant where the indicator has several
  std::string definition;
  ColumnStyle style;
};

struct ViewBar {
  std::size_t zone = 0;  // index into the drawing
  int value_class = 0;   // into View::classes
  double ratio = 0;      // 0 to 1, length of the bar
  std::string text, interval, full;
};

struct View {
  std::size_t level = 0, measure = 0;
  ValueClasses classes;
  std::vector<std::string> class_labels;
  std::vector<ViewBar> bars;  // largest first
};

struct ReportViews {
  std::vector<std::string> levels;      // "city" only where there is no other
  std::vector<ReportMeasure> measures;  // headline indicators first, then as in the file
  std::vector<View> views;              // level by level, in the order of measures
  std::size_t opening = 0;              // the view shown first: of the first level, one whose values differ
};

// Finds rows by scenario (the baseline), latest date, zone and indicator.
class ReportRows {
 public:
  explicit ReportRows(std::vector<ReportRow> rows);

  const std::vector<ReportRow>& all() const { return rows_; }
  const std::string& baseline() const { return baseline_; }
  // nullptr when there is none.
  const ReportRow* find(const std::string& level, const std::string& zone_id, const std::string& key) const;
  // The city's row of an indicator: the first variant that begins so.
  const ReportRow* city(const std::string& indicator, const std::string& variant_begin = {}) const;

 private:
  std::vector<ReportRow> rows_;
  std::string baseline_;
  std::map<std::pair<std::string, std::pair<std::string, std::string>>, std::size_t> index_;
};

// Ids of the indicators that lead every list.
const std::vector<std::string>& headline_indicators();

// `indicators` is the list in run.json (titles, definitions); it may be empty.
ReportViews make_views(const ReportRows& rows, const ZoneDrawing& drawing, const Json& indicators);

// A text field of an object, empty when absent or of another type; numbers as text.
std::string json_text(const Json& object, const char* name);
// The title of an indicator in run.json's list, or its id in words.
std::string title_of(const Json& indicators, const std::string& id);

}  // namespace urbiome
