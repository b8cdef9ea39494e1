// The report's template data, section by section. The only header that shows the template library, for the report's
// sources.
#pragma once

#include <kainjow/mustache.hpp>

#include "urbiome/io/json.h"
#include "urbiome/io/report_views.h"

namespace urbiome {

using TemplateData = kainjow::mustache::data;

// Sections from results.csv and zones.gpkg: cards, city table, zone tables, frameworks.
void add_cards(TemplateData& page, const ReportRows& rows, const Json& run);
void add_city_table(TemplateData& page, const ReportRows& rows, const Json& run);
void add_zone_tables(TemplateData& page, const ReportRows& rows, const ZoneDrawing& drawing, const ReportViews& views);
// The map of zones, its legend, the bars, and all views as JSON for the script.
void add_zone_map(TemplateData& page, const ReportRows& rows, const ZoneDrawing& drawing, const ReportViews& views);
void add_classes(TemplateData& page, const ReportRows& rows, const Json& run, const ClassPicture& picture);
// The map of access and the shares of residents within reach.
void add_access(TemplateData& page, const ReportRows& rows, const Json& run, const ClassPicture& picture);
// Lorenz curves of the latest date with their Gini in words, and all of them as JSON for the script.
void add_lorenz(TemplateData& page, const ReportRows& rows, const std::vector<ReportCurve>& curves);

// Sections from run.json: title, audit, definitions, inputs, attributions, parameters, phases. What is absent is left
// out.
void add_run_sections(TemplateData& page, const Json& run);

// JSON as a script element may hold it: no name in it can end the element.
std::string script_json(const Json& json);
// "#rrggbb" or grey: nothing else may reach a style.
std::string safe_colour(const std::string& colour);
// The title of a standard in run.json's list by the framework and topic that a row names.
std::string title_of_standard(const Json& standards, const ReportRow& row, const std::string& otherwise);
// A field of an object as is, or null.
const Json& json_field(const Json& object, const char* name);

}  // namespace urbiome
