// The section of the report on access: the map of distances with its legend, and who lives within reach.
#include <algorithm>

#include <fmt/format.h>

#include "urbiome/io/report_sections.h"

namespace urbiome {
namespace {

using List = kainjow::mustache::list;

List legend_of(const ClassPicture& picture) {
  List legend;
  for (const auto& [value, name] : picture.names) {
    const auto colour = picture.colours.find(value);
    if (colour == picture.colours.end()) continue;
    const auto& [red, green, blue] = colour->second;
    TemplateData entry;
    entry.set("name", name);
    entry.set("colour", fmt::format("#{:02x}{:02x}{:02x}", red, green, blue));
    legend.emplace_back(entry);
  }
  return legend;
}

// Of the city and all its residents, at the latest date.
std::vector<const ReportRow*> rows_within_reach(const ReportRows& rows) {
  std::string latest;
  std::vector<const ReportRow*> found;
  for (const ReportRow& row : rows.all()) {
    const bool wanted = row.indicator == "people_within_reach" && row.zone_level == "city" && row.group.empty() &&
                        row.scenario == rows.baseline() && row.value;
    if (!wanted || row.date < latest) continue;
    if (row.date > latest) found.clear();
    latest = row.date;
    found.push_back(&row);
  }
  return found;
}

List people_within_reach(const ReportRows& rows, const Json& standards) {
  List list;
  for (const ReportRow* row : rows_within_reach(rows)) {
    TemplateData entry;
    entry.set("title", title_of_standard(standards, *row, row->indicator));
    entry.set("detail", fmt::format("{} {}, {}", row->framework, row->topic, row->variant));
    entry.set("value", value_text(*row->value, row->unit));
    entry.set("full", full_text(*row->value, row->unit));
    const bool bounds = row->lower && row->upper && *row->lower != *row->upper;
    entry.set("interval", bounds ? range_text(*row->lower, *row->upper, row->unit) : "");
    list.emplace_back(entry);
  }
  return list;
}

}  // namespace

void add_access(TemplateData& page, const ReportRows& rows, const Json& run, const ClassPicture& picture) {
  const Json& map = json_field(json_field(run, "maps"), "access");
  page.set("has_access", !picture.data_uri.empty());
  if (picture.data_uri.empty()) return;
  page.set("access_picture", picture.data_uri);
  page.set("access_width", std::to_string(picture.width));
  page.set("access_height", std::to_string(picture.height));
  page.set("access_title", json_text(map, "title"));
  page.set("access_route",
           json_text(map, "route") == "street" ? "on foot along streets" : "in a straight line to the outline");
  page.set("access_legend", TemplateData(legend_of(picture)));
  List people = people_within_reach(rows, json_field(run, "standards"));
  page.set("has_reached", !people.empty());
  page.set("reached", TemplateData(std::move(people)));
}

}  // namespace urbiome
