// Sections of the report that are cards and tables of results.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <vector>

#include "urbiome/io/report_sections.h"

namespace urbiome {
namespace {

using List = kainjow::mustache::list;

bool is_bounds(const ReportRow& row) { return row.method.find("bound") != std::string::npos; }

// What stands below a card's number.
std::string card_note(const ReportRow& row) {
  if (!row.value) return status_words(row.status);
  if (!row.lower || !row.upper) return {};
  const std::string range = range_text(*row.lower, *row.upper, row.unit);
  if (!is_bounds(row)) return "95% interval: " + range;
  return "Between " + value_text(*row.lower, row.unit) + " and " + value_text(*row.upper, row.unit) +
         ", depending on places whose access is not known";
}

void set_value(TemplateData& data, const ReportRow& row) {
  data.set("value", row.value ? value_text(*row.value, row.unit) : "\u2013");
  data.set("full", row.value ? full_text(*row.value, row.unit) : status_words(row.status));
  data.set("interval", row.lower && row.upper ? range_text(*row.lower, *row.upper, row.unit) : "");
  data.set("status", status_words(row.status));
  data.set("is_ok", row.status == "ok");
}

TemplateData city_row(const ReportRow& row, const Json& indicators) {
  TemplateData entry;
  entry.set("title", title_of_variant(row.indicator, title_of(indicators, row.indicator), row.variant));
  entry.set("id", row.indicator);
  std::string detail = row.variant;
  if (!row.class_code.empty()) detail += (detail.empty() ? "class " : ", class ") + row.class_code;
  entry.set("detail", detail);
  entry.set("date", row.date);
  entry.set("group", row.group.empty() ? "all residents" : row.group);
  set_value(entry, row);
  entry.set("kind", row.lower && row.upper ? (is_bounds(row) ? "bounds" : "95%") : "");
  entry.set("valid", row.valid_share ? known_text(*row.valid_share) : "");
  entry.set("evidence", row.evidence);
  entry.set("method", row.method);
  return entry;
}

TemplateData framework_row(const ReportRow& row, const Json& run) {
  TemplateData entry = city_row(row, json_field(run, "indicators"));
  entry.set("title", title_of_standard(json_field(run, "standards"), row, row.indicator));
  entry.set("detail", row.group.empty() ? row.variant : row.variant + ", " + row.group);
  entry.set("framework", row.framework);
  entry.set("topic", row.topic);
  entry.set("score", row.score ? grouped(*row.score, 0) : "");
  entry.set("label", row.label);
  return entry;
}

// The row of a card: of the public share the variant of the guideline, else the first.
const ReportRow* headline_row(const ReportRows& rows, const std::string& id) {
  if (id != "public_green_blue_share") return rows.city(id);
  for (const char* variant : {"gb_public/admin", "gb_public/"}) {
    if (const ReportRow* row = rows.city(id, variant)) return row;
  }
  return rows.city(id);
}

using Measures = std::span<const ReportMeasure>;

TemplateData zone_row(const ReportRows& rows, Measures measures, const DrawnZone& zone) {
  TemplateData entry;
  entry.set("name", zone.name.empty() ? zone.id : zone.name);
  entry.set("id", zone.id);
  List cells;
  for (const ReportMeasure& measure : measures) {
    TemplateData cell;
    if (const ReportRow* row = rows.find(zone.level, zone.id, measure.indicator + "\n" + measure.variant)) {
      set_value(cell, *row);
      if (row->value) cell.set("value", value_text(*row->value, measure.style));
    } else {
      cell.set("value", "\u2013");
      cell.set("full", "No row for this zone");
    }
    cells.emplace_back(cell);
  }
  entry.set("cells", TemplateData(std::move(cells)));
  return entry;
}

// A heading may go on in a new line after the marks that join words in a variant.
std::string breakable(const std::string& title) {
  std::string text;
  for (const char c : title) {
    text += c;
    if (c == '/' || c == '_') text += "\u200B";
  }
  return text;
}

// As many columns as a page of paper takes, all groups alike.
std::vector<Measures> column_groups(Measures measures) {
  constexpr std::size_t kMostColumns = 8;
  const std::size_t groups = (measures.size() + kMostColumns - 1) / kMostColumns;
  std::vector<Measures> list;
  for (std::size_t i = 0, begin = 0; i < groups; ++i) {
    const std::size_t size = (measures.size() - begin + groups - i - 1) / (groups - i);
    list.push_back(measures.subspan(begin, size));
    begin += size;
  }
  return list;
}

// Of bounds no single number leads: "0.0–30.7%".
std::string bounds_text(const ReportRow& row) {
  const std::string lower = value_text(*row.lower, row.unit), upper = value_text(*row.upper, row.unit);
  if (lower == upper) return upper;
  return fmt::format("{}\u2013{}", lower.ends_with('%') ? lower.substr(0, lower.size() - 1) : lower, upper);
}

}  // namespace

std::string title_of_standard(const Json& standards, const ReportRow& row, const std::string& otherwise) {
  for (const Json& standard : standards) {
    if (json_text(standard, "framework") == row.framework && json_text(standard, "topic") == row.topic)
      return json_text(standard, "title");
  }
  return otherwise;
}

void add_cards(TemplateData& page, const ReportRows& rows, const Json& run) {
  const Json& indicators = json_field(run, "indicators");
  List cards;
  for (const std::string& id : headline_indicators()) {
    const ReportRow* row = headline_row(rows, id);
    if (row == nullptr) continue;
    TemplateData card;
    card.set("title", title_of(indicators, id));
    set_value(card, *row);
    // The title says for whom; a card's number stays on one line.
    if (row->value && row->unit == "m2 per person") card.set("value", value_text(*row->value, "m2"));
    if (row->value && row->lower && row->upper && is_bounds(*row)) card.set("value", bounds_text(*row));
    const std::string note = card_note(*row);
    card.set("note", note);
    card.set("has_note", !note.empty());
    cards.emplace_back(card);
  }
  page.set("has_cards", !cards.empty());
  page.set("cards", TemplateData(std::move(cards)));
}

void add_city_table(TemplateData& page, const ReportRows& rows, const Json& run) {
  const Json& indicators = json_field(run, "indicators");
  List city, frameworks;
  std::set<std::string> dates, groups;
  bool any_scenario = false;
  for (const ReportRow& row : rows.all()) {
    any_scenario = any_scenario || row.scenario != rows.baseline();
    if (row.zone_level != "city" || row.scenario != rows.baseline()) continue;
    if (!row.framework.empty()) {
      frameworks.emplace_back(framework_row(row, run));
      continue;
    }
    if (row.indicator == "class_area_m2") continue;  // beside the map of classes
    dates.insert(row.date);
    groups.insert(row.group);
    city.emplace_back(city_row(row, indicators));
  }
  page.set("has_city_rows", !city.empty());
  page.set("city_rows", TemplateData(std::move(city)));
  page.set("has_frameworks", !frameworks.empty());
  page.set("frameworks", TemplateData(std::move(frameworks)));
  page.set("has_dates", dates.size() > 1);
  page.set("has_groups", groups.size() > 1);
  page.set("has_scenarios", any_scenario);
}

void add_zone_tables(TemplateData& page, const ReportRows& rows, const ZoneDrawing& drawing, const ReportViews& views) {
  List tables;
  for (const std::string& level : views.levels) {
    for (const Measures& measures : column_groups(views.measures)) {
      List columns, zones;
      for (const ReportMeasure& measure : measures) {
        TemplateData column;
        column.set("title", breakable(measure.title));
        columns.emplace_back(column);
      }
      for (const DrawnZone& zone : drawing.zones) {
        if (zone.level == level) zones.emplace_back(zone_row(rows, measures, zone));
      }
      const auto first = measures.data() - views.measures.data() + 1;
      const std::string part =
          measures.size() == views.measures.size()
              ? std::string()
              : fmt::format(", figures {} to {} of {}", first, first + static_cast<std::ptrdiff_t>(measures.size()) - 1,
                            views.measures.size());
      TemplateData table;
      table.set("level", words_of_id(level) + part);
      table.set("columns", TemplateData(std::move(columns)));
      table.set("zones", TemplateData(std::move(zones)));
      tables.emplace_back(table);
    }
  }
  page.set("has_zone_tables", !tables.empty());
  page.set("zone_tables", TemplateData(std::move(tables)));
}

}  // namespace urbiome
