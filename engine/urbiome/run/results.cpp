#include "urbiome/run/results.h"

namespace urbiome {
namespace {

Cell cell_of(const std::optional<double>& value) { return value ? Cell{*value} : Cell{}; }
Cell cell_of(const std::string& text) { return text.empty() ? Cell{} : Cell{text}; }

}  // namespace

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
