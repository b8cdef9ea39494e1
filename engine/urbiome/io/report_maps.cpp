// Sections of the report that are maps: zones with legend and bars, classes with legend and areas.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "urbiome/io/report_sections.h"

namespace urbiome {
namespace {

using List = kainjow::mustache::list;

constexpr std::size_t kMostBars = 40;

std::string name_of_zone(const DrawnZone& zone) { return zone.name.empty() ? zone.id : zone.name; }

// Why zones have no value, for the script: the words of their status.
std::string missing_words(const ReportRows& rows, const DrawnZone& zone, const ReportMeasure& measure) {
  const ReportRow* row = rows.find(zone.level, zone.id, measure.indicator + "\n" + measure.variant);
  return row == nullptr || row->status == "ok" ? "No value" : status_words(row->status);
}

Json view_json(const ReportRows& rows, const ZoneDrawing& drawing, const ReportViews& all, const View& view) {
  const ReportMeasure& measure = all.measures[view.measure];
  Json json = {{"level", view.level},
               {"measure", view.measure},
               {"colours", view.classes.colours},
               {"labels", view.class_labels}};
  Json bars = Json::array(), missing = Json::array();
  std::vector<bool> known(drawing.zones.size(), false);
  for (const ViewBar& bar : view.bars) {
    known[bar.zone] = true;
    bars.push_back({bar.zone, bar.value_class, bar.text, std::round(bar.ratio * 1000) / 1000, bar.interval, bar.full});
  }
  for (std::size_t i = 0; i < drawing.zones.size(); ++i) {
    if (known[i] || drawing.zones[i].level != all.levels[view.level]) continue;
    missing.push_back({i, missing_words(rows, drawing.zones[i], measure)});
  }
  json["bars"] = std::move(bars);
  json["missing"] = std::move(missing);
  return json;
}

// All that the script shows.
Json script_data(const ReportRows& rows, const ZoneDrawing& drawing, const ReportViews& views) {
  Json json;
  json["most_bars"] = kMostBars;
  json["opening"] = views.views.empty() ? 0 : views.views[views.opening].measure;
  json["levels"] = Json::array();
  for (const std::string& level : views.levels) json["levels"].push_back(words_of_id(level));
  json["measures"] = Json::array();
  for (const ReportMeasure& measure : views.measures) {
    json["measures"].push_back({{"title", measure.title}, {"definition", measure.definition}});
  }
  json["zones"] = Json::array();
  for (const DrawnZone& zone : drawing.zones) json["zones"].push_back(name_of_zone(zone));
  json["views"] = Json::array();
  for (const View& view : views.views) json["views"].push_back(view_json(rows, drawing, views, view));
  return json;
}

void add_shapes(TemplateData& page, const ZoneDrawing& drawing, const ReportViews& views, const View& first) {
  std::vector<const ViewBar*> bar_of(drawing.zones.size(), nullptr);
  for (const ViewBar& bar : first.bars) bar_of[bar.zone] = &bar;
  List shapes;
  for (std::size_t i = 0; i < drawing.zones.size(); ++i) {
    const DrawnZone& zone = drawing.zones[i];
    const auto level = std::find(views.levels.begin(), views.levels.end(), zone.level);
    if (zone.path.empty() || level == views.levels.end()) continue;
    TemplateData shape;
    const ViewBar* bar = bar_of[i];
    shape.set("zone", std::to_string(i));
    shape.set("level", std::to_string(level - views.levels.begin()));
    shape.set("hidden", zone.level != views.levels[first.level]);
    shape.set("path", zone.path);
    shape.set("fill", bar == nullptr ? "url(#hatch)"
                                     : first.classes.colours[static_cast<std::size_t>(std::max(0, bar->value_class))]);
    shape.set("label", name_of_zone(zone) + ": " + (bar == nullptr ? "no value" : bar->text));
    shapes.emplace_back(shape);
  }
  page.set("has_shapes", !shapes.empty());
  page.set("shapes", TemplateData(std::move(shapes)));
}

void add_legend_and_bars(TemplateData& page, const ZoneDrawing& drawing, const View& first) {
  List legend, bars;
  for (std::size_t i = 0; i < first.class_labels.size(); ++i) {
    TemplateData entry;
    entry.set("colour", first.classes.colours[i]);
    entry.set("label", first.class_labels[i]);
    legend.emplace_back(entry);
  }
  for (std::size_t i = 0; i < std::min(kMostBars, first.bars.size()); ++i) {
    const ViewBar& bar = first.bars[i];
    TemplateData entry;
    entry.set("name", name_of_zone(drawing.zones[bar.zone]));
    entry.set("colour", first.classes.colours[static_cast<std::size_t>(std::max(0, bar.value_class))]);
    entry.set("width", fmt::format("{:.1f}", bar.ratio * 100));
    entry.set("text", bar.text);
    entry.set("full", bar.full);
    bars.emplace_back(entry);
  }
  page.set("legend", TemplateData(std::move(legend)));
  page.set("bars", TemplateData(std::move(bars)));
  const std::size_t hidden = first.bars.size() - std::min(kMostBars, first.bars.size());
  page.set("bars_note", hidden == 0 ? ""
                                    : fmt::format("The {} largest of {} zones; the table below has all.", kMostBars,
                                                  first.bars.size()));
}

struct ClassShare {
  std::string code, name, colour;
  double area_m2 = 0;
};

std::vector<ClassShare> class_shares(const ReportRows& rows, const Json& classes, const ClassPicture& picture) {
  std::string latest;
  for (const ReportRow& row : rows.all()) {
    if (row.indicator == "class_area_m2" && row.zone_level == "city") latest = std::max(latest, row.date);
  }
  std::vector<ClassShare> shares;
  for (const ReportRow& row : rows.all()) {
    const bool wanted = row.indicator == "class_area_m2" && row.zone_level == "city" && row.framework.empty() &&
                        row.date == latest && row.scenario == rows.baseline() && !row.class_code.empty() &&
                        row.class_code != "total";
    if (!wanted || !row.value || *row.value <= 0) continue;
    ClassShare share{row.class_code, "Class " + row.class_code, "", *row.value};
    if (classes.is_array()) {
      for (const Json& entry : classes) {
        if (json_text(entry, "code") != row.class_code) continue;
        if (const std::string name = json_text(entry, "name"); !name.empty()) share.name = name;
        share.colour = json_text(entry, "colour");
      }
    }
    for (const auto& [value, colour] : picture.colours) {
      const auto name = picture.names.find(value);
      if (!share.colour.empty() || name == picture.names.end() || name->second != share.name) continue;
      share.colour = fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
    }
    shares.push_back(std::move(share));
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const ClassShare& a, const ClassShare& b) { return a.area_m2 > b.area_m2; });
  return shares;
}

}  // namespace

std::string script_json(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";
    } else if (c == '>') {
      text += "\\u003e";
    } else {
      text += c;
    }
  }
  return text;
}

void add_zone_map(TemplateData& page, const ReportRows& rows, const ZoneDrawing& drawing, const ReportViews& views) {
  page.set("has_map", !views.views.empty());
  if (views.views.empty()) return;
  const View& first = views.views[views.opening];
  const ReportMeasure& measure = views.measures[first.measure];
  page.set("view_width", std::to_string(drawing.width));
  page.set("view_height", std::to_string(drawing.height));
  page.set("map_title", measure.title);
  page.set("map_level", words_of_id(views.levels[first.level]));
  page.set("map_definition", measure.definition);
  add_shapes(page, drawing, views, first);
  add_legend_and_bars(page, drawing, first);
  page.set("script_data", script_json(script_data(rows, drawing, views)));
}

void add_classes(TemplateData& page, const ReportRows& rows, const Json& run, const ClassPicture& picture) {
  const std::vector<ClassShare> shares = class_shares(rows, json_field(run, "classes"), picture);
  const double total = std::accumulate(shares.begin(), shares.end(), 0.0,
                                       [](double sum, const ClassShare& s) { return sum + s.area_m2; });
  const ColumnStyle style = style_of_column(shares.empty() ? 0 : shares.front().area_m2, "m2");
  List list;
  std::string words;
  for (const ClassShare& share : shares) {
    TemplateData entry;
    entry.set("code", share.code);
    entry.set("name", share.name);
    entry.set("colour", safe_colour(share.colour));
    entry.set("area", value_text(share.area_m2, style));
    entry.set("full", full_text(share.area_m2, "m2"));
    entry.set("share", value_text(share.area_m2 / total, "1"));
    entry.set("width", fmt::format("{:.2f}", share.area_m2 / total * 100));
    if (list.size() < 4)
      words += (words.empty() ? "" : ", ") + share.name + " " + value_text(share.area_m2 / total, "1");
    list.emplace_back(entry);
  }
  page.set("has_classes", !list.empty());
  page.set("classes", TemplateData(std::move(list)));
  page.set("class_words", words);
  page.set("has_picture", !picture.data_uri.empty());
  page.set("picture", picture.data_uri);
  page.set("picture_width", std::to_string(picture.width));
  page.set("picture_height", std::to_string(picture.height));
  page.set("has_class_section", !shares.empty() || !picture.data_uri.empty());
}

}  // namespace urbiome
