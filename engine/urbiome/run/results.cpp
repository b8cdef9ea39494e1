#include "urbiome/run/results.h"

#include <fmt/format.h>

namespace urbiome {
namespace {

Cell cell_of(const std::optional<double>& value) { return value ? Cell{*value} : Cell{}; }
Cell cell_of(const std::string& text) { return text.empty() ? Cell{} : Cell{text}; }

}  // namespace

void ResultRow::name_place(const std::string& of_city, const std::string& of_date, const Zone& zone) {
  city = of_city;
  date = of_date;
  zone_level = zone.level;
  zone_id = zone.id;
  zone_name = zone.name;
}

void hide(ResultRow& row, Status status, const std::string& why) {
  row.value = row.lower = row.upper = row.valid_share = std::nullopt;
  row.label.clear();
  row.status = status;
  row.method = why;
}

std::string fewer_than(std::int64_t people) { return fmt::format("fewer than {} people", people); }

void show_as_group(const FactStore& store, std::size_t population, std::size_t zone, ResultRow& row) {
  const ZonePeople& people = store.people[population];
  row.group = people.group;
  const bool enough = people.zones[zone].residents >= Int128{store.min_group_size} * kOne;
  if (!enough && row.status != Status::no_data) hide(row, Status::suppressed, fewer_than(store.min_group_size));
}

Table results_table(const Results& results) {
  Table table;
  table.name = "results";
  table.columns = {"city",    "scenario", "date",  "zone_level", "zone_id", "zone_name", "framework",   "indicator",
                   "variant", "class",    "value", "unit",       "lower",   "upper",     "valid_share", "status",
                   "method",  "group",    "topic", "score",      "label",   "evidence"};
  for (const ResultRow& r : results.rows) {
    table.rows.push_back({cell_of(r.city),        cell_of(r.scenario),
                          cell_of(r.date),        cell_of(r.zone_level),
                          cell_of(r.zone_id),     cell_of(r.zone_name),
                          cell_of(r.framework),   cell_of(r.indicator),
                          cell_of(r.variant),     cell_of(r.class_code),
                          cell_of(r.value),       cell_of(r.unit),
                          cell_of(r.lower),       cell_of(r.upper),
                          cell_of(r.valid_share), Cell{std::string(name_of(r.status))},
                          cell_of(r.method),      cell_of(r.group),
                          cell_of(r.topic),       r.score ? Cell{std::int64_t{*r.score}} : Cell{},
                          cell_of(r.label),       cell_of(r.evidence)});
  }
  return table;
}

}  // namespace urbiome
