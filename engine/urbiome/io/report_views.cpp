#include "urbiome/io/report_views.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "urbiome/io/tables.h"

namespace urbiome {
namespace {

const Json* indicator_entry(const Json& indicators, const std::string& id) {
  if (!indicators.is_array()) return nullptr;
  for (const Json& entry : indicators) {
    if (entry.is_object() && json_text(entry, "id") == id) return &entry;
  }
  return nullptr;
}

std::vector<std::string> levels_of(const ZoneDrawing& drawing) {
  std::vector<std::string> levels;
  for (const DrawnZone& zone : drawing.zones) {
    if (zone.level != "city" && std::find(levels.begin(), levels.end(), zone.level) == levels.end())
      levels.push_back(zone.level);
  }
  if (levels.empty() && !drawing.zones.empty()) levels.push_back(drawing.zones.front().level);
  return levels;
}

std::vector<ReportMeasure> measures_of(const ReportRows& rows, const std::vector<std::string>& levels,
                                       const Json& indicators) {
  std::vector<ReportMeasure> measures;
  std::set<std::string> seen;
  std::map<std::string, double> largest;
  std::map<std::string, std::set<std::string>>
      variants;  // also those without a value: a reader must know which one this is
  for (const ReportRow& row : rows.all()) {
    variants[row.indicator].insert(row.variant);
    const bool on_map = std::find(levels.begin(), levels.end(), row.zone_level) != levels.end();
    if (!on_map || !row.is_plain() || !row.value || row.scenario != rows.baseline()) continue;
    largest[row.key()] = std::max(largest[row.key()], std::abs(*row.value));
    if (!seen.insert(row.key()).second) continue;
    const std::string title = title_of(indicators, row.indicator);
    measures.push_back(
        {row.indicator, row.variant, row.unit, title_of_variant(row.indicator, title, row.variant), {}, {}});
  }
  for (ReportMeasure& measure : measures) {
    measure.style = style_of_column(largest[measure.indicator + "\n" + measure.variant], measure.unit);
    if (variants[measure.indicator].size() > 1 && !measure.variant.empty())
      measure.title += " (" + measure.variant + ")";
    if (const Json* entry = indicator_entry(indicators, measure.indicator))
      measure.definition = json_text(*entry, "definition");
  }
  const auto rank = [](const ReportMeasure& measure) {
    const std::vector<std::string>& first = headline_indicators();
    const bool other_share = measure.indicator == first[0] && !measure.variant.starts_with("gb_public/");
    if (other_share) return static_cast<std::ptrdiff_t>(first.size());
    return std::find(first.begin(), first.end(), measure.indicator) - first.begin();
  };
  std::stable_sort(measures.begin(), measures.end(),
                   [&](const ReportMeasure& a, const ReportMeasure& b) { return rank(a) < rank(b); });
  return measures;
}

// "10% to 20%": whole percentages without their zero, for limits are round.
std::vector<std::string> class_labels(const std::vector<double>& limits, const std::string& unit) {
  constexpr std::string_view kWhole = ".0%";
  std::vector<std::string> texts;
  bool whole = true;
  for (const double limit : limits) {
    texts.push_back(value_text(limit, unit));
    const std::string& text = texts.back();
    whole = whole && text.size() > kWhole.size() && text.substr(text.size() - kWhole.size()) == kWhole;
  }
  if (whole) {
    for (std::string& text : texts) text.replace(text.size() - kWhole.size(), kWhole.size(), "%");
  }
  std::vector<std::string> labels;
  for (std::size_t i = 1; i < texts.size(); ++i) labels.push_back(texts[i - 1] + " to " + texts[i]);
  return labels;
}

View make_view(const ReportRows& rows, const ZoneDrawing& drawing, const std::string& level,
               const ReportMeasure& measure) {
  View view;
  double least = std::numeric_limits<double>::infinity(), most = -least;
  std::vector<std::pair<double, ViewBar>> bars;
  for (std::size_t i = 0; i < drawing.zones.size(); ++i) {
    const DrawnZone& zone = drawing.zones[i];
    if (zone.level != level) continue;
    const ReportRow* row = rows.find(level, zone.id, measure.indicator + "\n" + measure.variant);
    if (row == nullptr || !row->value) continue;
    ViewBar bar;
    bar.zone = i;
    bar.text = value_text(*row->value, measure.style);
    bar.full = full_text(*row->value, row->unit);
    if (row->lower && row->upper) bar.interval = range_text(*row->lower, *row->upper, row->unit);
    least = std::min(least, *row->value);
    most = std::max(most, *row->value);
    bars.emplace_back(*row->value, std::move(bar));
  }
  if (bars.empty()) return view;
  view.classes = classes_of(least, most);
  view.class_labels = class_labels(view.classes.limits, measure.unit);
  std::stable_sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  const double longest = std::max(std::abs(least), std::abs(most));
  for (auto& [value, bar] : bars) {
    bar.value_class = view.classes.index(value);
    bar.ratio = longest > 0 ? std::abs(value) / longest : 0;
    view.bars.push_back(std::move(bar));
  }
  return view;
}

}  // namespace

ReportRows::ReportRows(std::vector<ReportRow> rows) : rows_(std::move(rows)) {
  if (!rows_.empty()) baseline_ = rows_.front().scenario;
  for (const ReportRow& row : rows_) {
    if (row.scenario.empty()) baseline_.clear();
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const ReportRow& row = rows_[i];
    if (!row.is_plain() || row.scenario != baseline_) continue;
    const auto [place, fresh] = index_.try_emplace({row.zone_level, {row.zone_id, row.key()}}, i);
    if (!fresh && row.date > rows_[place->second].date) place->second = i;
  }
}

const ReportRow* ReportRows::find(const std::string& level, const std::string& zone_id, const std::string& key) const {
  const auto found = index_.find({level, {zone_id, key}});
  return found == index_.end() ? nullptr : &rows_[found->second];
}

const ReportRow* ReportRows::city(const std::string& indicator, const std::string& variant_begin) const {
  for (const ReportRow& row : rows_) {
    if (row.zone_level != "city" || row.indicator != indicator || row.variant.rfind(variant_begin, 0) != 0 ||
        !row.is_plain())
      continue;
    if (const ReportRow* latest = find("city", row.zone_id, row.key())) return latest;
  }
  return nullptr;
}

const std::vector<std::string>& headline_indicators() {
  static const std::vector<std::string> ids = {"public_green_blue_share", "green_share", "people_near_green_share",
                                               "green_per_resident_m2",   "residents",   "effective_mesh_size_ha"};
  return ids;
}

ReportViews make_views(const ReportRows& rows, const ZoneDrawing& drawing, const Json& indicators) {
  ReportViews result;
  result.levels = levels_of(drawing);
  result.measures = measures_of(rows, result.levels, indicators);
  for (std::size_t level = 0; level < result.levels.size(); ++level) {
    for (std::size_t measure = 0; measure < result.measures.size(); ++measure) {
      View view = make_view(rows, drawing, result.levels[level], result.measures[measure]);
      if (view.bars.empty()) continue;
      view.level = level;
      view.measure = measure;
      result.views.push_back(std::move(view));
    }
  }
  const auto differs = [](const View& view) {
    return view.level == 0 && view.bars.front().text != view.bars.back().text;
  };
  const auto opening = std::find_if(result.views.begin(), result.views.end(), differs);
  if (opening != result.views.end()) result.opening = static_cast<std::size_t>(opening - result.views.begin());
  return result;
}

std::string json_text(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_number_integer()) return std::to_string(found->get<std::int64_t>());
  if (found->is_number()) return number_text(found->get<double>());
  if (found->is_boolean()) return found->get<bool>() ? "true" : "false";
  return {};
}

std::string title_of(const Json& indicators, const std::string& id) {
  const Json* entry = indicator_entry(indicators, id);
  const std::string title = entry == nullptr ? std::string() : json_text(*entry, "title");
  return title.empty() ? words_of_id(id) : title;
}

}  // namespace urbiome
