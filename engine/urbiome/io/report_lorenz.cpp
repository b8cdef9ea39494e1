// The section of the report on fairness: Lorenz curves of green per resident, with their Gini in words.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "urbiome/io/report_sections.h"

namespace urbiome {
namespace {

using List = kainjow::mustache::list;

constexpr double kSide = 400;  // of the picture, in units of its viewBox
constexpr std::array<std::string_view, 6> kColours = {"#17603f", "#b3541e", "#3b6ea5", "#8e4585", "#7a6a00", "#4a4a4a"};

// Curves of one level and one kind of green: all residents and their groups.
struct Figure {
  std::string title;
  std::vector<const ReportCurve*> curves;
};

std::vector<Figure> figures_of(const std::vector<ReportCurve>& curves) {
  std::string latest;
  for (const ReportCurve& curve : curves) latest = std::max(latest, curve.date);
  std::vector<Figure> figures;
  for (const ReportCurve& curve : curves) {
    if (curve.date != latest || curve.points.size() < 2) continue;
    const bool mapped = curve.indicator.starts_with("public_");
    const std::string title =
        fmt::format("{} per resident, by {}", mapped ? "Public green space" : "Green", words_of_id(curve.zone_level));
    const auto known = std::ranges::find(figures, title, &Figure::title);
    if (known == figures.end())
      figures.push_back({title, {&curve}});
    else
      known->curves.push_back(&curve);
  }
  return figures;
}

// The share of green that falls to the worst-served `people`.
double share_of(const ReportCurve& curve, double people) {
  const auto after = std::ranges::find_if(curve.points, [&](const auto& point) { return point.first >= people; });
  if (after == curve.points.end()) return 1;
  if (after == curve.points.begin() || after->first == people) return after->second;
  const auto& [x0, y0] = *(after - 1);
  return y0 + (people - x0) / (after->first - x0) * (after->second - y0);
}

const ReportRow* gini_of(const ReportRows& rows, const ReportCurve& curve) {
  const bool mapped = curve.indicator.starts_with("public_");
  const std::string variant = mapped ? "public_green_spaces/" + curve.zone_level : curve.zone_level;
  const auto found = std::ranges::find_if(rows.all(), [&](const ReportRow& row) {
    return row.indicator == "green_per_resident_gini" && row.variant == variant && row.group == curve.group &&
           row.date == curve.date && row.scenario == rows.baseline() && row.value;
  });
  return found == rows.all().end() ? nullptr : &*found;
}

std::string words_of(const ReportRows& rows, const ReportCurve& curve) {
  const ReportRow* gini = gini_of(rows, curve);
  return fmt::format(
      "{}The half of residents whose zones have least has {} of the green, the tenth whose zones have "
      "most has {}.",
      gini == nullptr ? "" : fmt::format("Gini {:.2f}. ", *gini->value), value_text(share_of(curve, 0.5), "1"),
      value_text(1 - share_of(curve, 0.9), "1"));
}

std::string name_of(const ReportCurve& curve) { return curve.group.empty() ? "All residents" : curve.group; }

// Tenths of a unit of the picture; points that fall together are one.
std::vector<std::pair<double, double>> drawn(const ReportCurve& curve) {
  std::vector<std::pair<double, double>> points;
  for (const auto& [people, green] : curve.points) {
    const std::pair at{std::round(people * kSide * 10) / 10, std::round((1 - green) * kSide * 10) / 10};
    if (points.empty() || points.back() != at) points.push_back(at);
  }
  return points;
}

std::string path_of(const ReportCurve& curve) {
  std::string path;
  for (const auto& [x, y] : drawn(curve)) path += fmt::format("{}{:g} {:g}", path.empty() ? "M" : "L", x, y);
  return path;
}

List curves_of(const ReportRows& rows, const Figure& figure) {
  List list;
  for (std::size_t i = 0; i < figure.curves.size(); ++i) {
    TemplateData entry;
    entry.set("name", name_of(*figure.curves[i]));
    entry.set("colour", std::string(kColours[i % kColours.size()]));
    entry.set("path", path_of(*figure.curves[i]));
    entry.set("words", words_of(rows, *figure.curves[i]));
    list.emplace_back(entry);
  }
  return list;
}

// For the script: all figures.
Json figures_json(const ReportRows& rows, const std::vector<Figure>& figures) {
  Json list = Json::array();
  for (const Figure& figure : figures) {
    Json curves = Json::array();
    for (std::size_t i = 0; i < figure.curves.size(); ++i) {
      const ReportCurve& curve = *figure.curves[i];
      curves.push_back({{"name", name_of(curve)},
                        {"colour", kColours[i % kColours.size()]},
                        {"words", words_of(rows, curve)},
                        {"points", drawn(curve)}});
    }
    list.push_back({{"title", figure.title}, {"curves", std::move(curves)}});
  }
  return list;
}

}  // namespace

void add_lorenz(TemplateData& page, const ReportRows& rows, const std::vector<ReportCurve>& curves) {
  const std::vector<Figure> figures = figures_of(curves);
  page.set("has_lorenz", !figures.empty());
  if (figures.empty()) return;
  page.set("lorenz_title", figures.front().title);
  page.set("lorenz_curves", TemplateData(curves_of(rows, figures.front())));
  List ticks;
  for (int percent = 0; percent <= 100; percent += 25) {
    TemplateData tick;
    tick.set("percent", fmt::format("{}%", percent));
    tick.set("right", fmt::format("{:g}", kSide * percent / 100));
    tick.set("down", fmt::format("{:g}", kSide * (100 - percent) / 100));
    ticks.emplace_back(tick);
  }
  page.set("lorenz_ticks", TemplateData(std::move(ticks)));
  page.set("lorenz_data", script_json(figures_json(rows, figures)));
}

}  // namespace urbiome
